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
? 4

$ pvm run /dev/zero
! pvm: /dev/zero: larger than 256 MiB
? 4

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
