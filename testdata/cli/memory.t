Memory used grows with what guests touch. In 64 machines that map 1 GiB and touch 8 KiB each, the
touched pages are 512 KiB, and 4 MB is enough for everything around them.

$ pvm asm toucher.s -f raw && pvm asm crowd.s -o crowd.jam; pvm run crowd.jam --max-memory 4000000 >report; grep -E 'outcome|invoke ' report; grep -c 'invoked 1 time, halt, gas left 0' report
>   outcome      halt
>   invoke                 12           64          640
> 64

All of pvm then fits into 64 MiB of address space; not with the sanitizers, which need terabytes.

$ (ulimit -v 65536; exec pvm version) >/dev/null 2>&1 && ulimit -v 65536; pvm run crowd.jam | grep outcome; pvm run toucher.pvm --page 0x40000000:0x40000000:rw | grep outcome
! ...
>   outcome      halt
>   outcome      halt

Without room for it the run ends, with one line.

$ pvm run crowd.jam --max-memory 1000000 >report 2>err; echo $?; grep -c '^pvm: .*limit' err
> 5
> 1
