Blobs of every wrong kind: exit code 3 and one line, never a signal, a success or an internal error.

$ pvm asm sum.s && pvm asm sum.s -f standard -o sum.std && pvm asm sum.s -f raw -o sum.raw || pvm asm inner.s -f raw -o sum.raw; pvm asm sum.s -o sum.jam; ls sum.jam sum.std sum.raw
! ...
> sum.jam
> sum.raw
> sum.std

Empty.

$ : >empty; sh sweep.sh 3 empty

Cut at every octet.

$ size=$(stat -c %s sum.jam); for n in $(seq 1 $((size - 1))); do head -c "$n" sum.jam >cut.$n; done; sh sweep.sh 3 cut.*; rm cut.*

$ size=$(stat -c %s sum.std); for n in $(seq 1 3 $((size - 1))); do head -c "$n" sum.std >cut.$n; done; sh sweep.sh 3 cut.*; rm cut.*

$ size=$(stat -c %s sum.raw); for n in $(seq 1 $((size - 1))); do head -c "$n" sum.raw >cut.$n; done; sh sweep.sh 3 cut.*; rm cut.*

One octet too many.

$ for f in sum.jam sum.std sum.raw; do { cat $f; printf '\0'; } >long.$f; done; sh sweep.sh 3 long.*

Lengths of 5 GiB, as compact naturals (f1 00 00 00 40 is 5 * 2^30) and at their full width: of the
metadata or the jump table, of the jump table's entries, of the code, of each part of a standard
program.

$ printf '\361\0\0\0\100' >len.1; printf '\361\0\0\0\100\4\1' >len.2; printf '\0\0\361\0\0\0\100' >len.3; printf '\361\0\0\0\100\0\0' >len.4; printf '\1\377\1\0\1' >len.5; sh sweep.sh 3 len.*

$ printf '\377\377\377\377\377\377\377\377\377' >len.6; printf '\377\377\377\377\377\377\377\377\377\0\0\0\0' >len.7; printf '\0\0\377\377\377\377\377\377\377\377\377' >len.8; sh sweep.sh 3 len.6 len.7 len.8

$ printf '\0\377\377\377\0\0\0\0\0\0\0\0\0\0\0' >len.9; printf '\0\0\0\0\377\377\377\0\0\0\0\0\0\0\0' >len.a; printf '\0\0\0\0\0\0\0\0\0\0\0\0\377\377\377\377' >len.b; sh sweep.sh 3 len.9 len.a len.b

The largest regions a standard program can ask for cost nothing until they are touched.

$ printf '\0\0\0\0\0\0\0\377\377\377\377\377\5\0\0\0\0\0\1\0\1' >wide.jam; pvm inspect wide.jam | grep -E 'rwdata  |stack  '; pvm run wide.jam --max-memory 65536 | grep outcome
>   rwdata       0x00020000   268431360 octets  rw
>   stack        0xfdfe0000    16777216 octets  rw
>   outcome      panic

Octets at random: the same ones every time, from a counter that is hashed.

$ for n in $(seq 60); do printf '%s' "$n" | md5sum | cut -c 1-32 | sed 's/../\\x&/g' >h; for k in $(seq $((n % 7 + 1))); do printf "$(cat h)"; done >random.$n; done; sh sweep.sh "0 1 3" random.*

A PolkaVM container is named, with what to do about it.

$ printf 'PVM\0\1\0\0' >container.pvm; sh sweep.sh 3 container.pvm; pvm run container.pvm 2>&1 | grep -c -i polkavm
> 1

A source file is no blob.

$ sh sweep.sh 3 sum.s

Symbol files that are none.

$ printf '0x5 a\nnonsense\n' >bad.sym; pvm run sum.jam --symbols bad.sym >/dev/null 2>err; echo $?; cut -d: -f1-2 err
> 3
> pvm: bad.sym

Assembler errors: all of them, with file, line, column and caret, then one line of ours.

$ printf '    load_imm a0, 1\n    load_imn a0\n    jump nowhere\n' >bad.s; pvm asm bad.s >out 2>err; echo $?; ls -s out | cut -c 1; grep -c ': error: ' err; grep -c '\^' err; tail -n 1 err; ls bad.pvm
> 3
> 0
> 2
> 2
> pvm: bad.s: not assembled
! ls: cannot access 'bad.pvm': No such file or directory
? 2
