Files and streams that can't be read or written: exit code 4 and one line.

$ pvm inspect none.jam
! pvm: none.jam: No such file or directory
? 4

$ pvm run .
! pvm: .: Is a directory
? 4

$ pvm disasm sum.s/x
! pvm: sum.s/x: Not a directory
? 4

$ truncate -s 5G huge.jam; pvm run huge.jam; c=$?; rm huge.jam; exit $c
! pvm: huge.jam: larger than 256 MiB
? 3

$ pvm run /dev/zero
! pvm: /dev/zero: larger than 256 MiB
? 3

$ echo x >secret && chmod 000 secret && chmod 755 . && as-user pvm inspect "$PWD/secret" 2>&1 | sed 's|/.*/||'
> pvm: secret: Permission denied

$ pvm inspect - <&-
! pvm: standard input: Bad file descriptor
? 4

$ pvm version >&-
! pvm: standard output: Bad file descriptor
? 4

$ pvm tables isa >/dev/full
! pvm: standard output: No space left on device
? 4

$ { sleep 0.3; pvm tables isa; echo "code $?" >&2; } | true
! pvm: standard output: Broken pipe
! code 4

$ pvm version 2>&-
> pvm 0.1.0

A standard stream that is closed is not taken over by the next file opened.

$ pvm asm sum.s -o open.jam && pvm asm sum.s -o closed.jam >&- 2>&- <&-; cmp open.jam closed.jam

$ pvm asm sum.s -o none/sum.jam
! pvm: none/sum.jam: No such file or directory
? 4

$ pvm asm sum.s -o .
! pvm: .: Is a directory
? 4

$ pvm asm sum.s --no-symbols -o /dev/full
! pvm: /dev/full: No space left on device
? 4

$ pvm asm sum.s -o ""
! pvm: "": No such file or directory
? 4

$ pvm run open.jam --args @
! pvm: "": No such file or directory
? 4

A limit on the size of files is an error, not a signal.

$ (ulimit -f 1; pvm tables isa >isa.md)
! pvm: standard output: File too large
? 4

$ yes trap | head -n 10000 >many.s; (ulimit -f 1; pvm asm many.s --no-symbols); ls many*
> many.s
! pvm: many.pvm: File too large
Beside a pipe or a device there are no symbols.

$ mkfifo pipe; pvm asm sum.s -o pipe & cat pipe | wc -c; wait; ls pipe*
> 56
> pipe

No file is overwritten by what is made from it.

$ cp sum.s same.s; ln same.s link.s; pvm asm same.s -o link.s
! pvm: asm: same.s: would be overwritten by its own output
? 2

$ pvm asm same.s -o same.pvm --symbols ./same.s
! pvm: asm: same.s: would be overwritten by its own output
? 2

$ pvm asm same.s -o same.pvm --symbols same.pvm
! pvm: asm: same.pvm: blob and symbols in one file
? 2

$ cmp sum.s same.s; ls same.pvm 2>&1 | sed 's/.*: //'
> No such file or directory

$ cp open.jam kept.jam; pvm disasm kept.jam -o ./kept.jam
! pvm: disasm: ./kept.jam: would be overwritten by its own output
? 2

What was there before a failed write is there afterwards, and no temporary file.

$ mkdir full && echo old >full/out && chmod 555 full && as-user pvm asm "$PWD/sum.s" -o "$PWD/full/out" --no-symbols 2>&1 | sed 's|/.*/||'; cat full/out; ls full; chmod 755 full
> pvm: out: Permission denied
> old
> out

$ pvm asm none.s
! pvm: none.s: No such file or directory
? 4

$ pvm run open.jam --payload @none
! pvm: none: No such file or directory
? 4

$ pvm run /dev/null
! pvm: /dev/null: empty: no program of any format
? 3
