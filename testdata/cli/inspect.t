What pvm inspect says, worked out by hand from inspect.s.

Metadata: octet 0; 1 + 4, 1 + 5 and 1 + 10 octets of texts; 1 for the number of authors, 1 + 3 for
each: 32. Code: two stubs of 5, three ecalli of 2, a load_imm of 3, two jump_ind of 2: 23 octets, 8
instructions, blocks at 0, 5, 10 and 21. Program blob: 1 + 1 + 1, 1 for the table's entry, 23 and 3 of
mask: 30. Standard program: 11 of header, 5, 16, 4 and 30: 66. With a length of 1 and the metadata: 99.
The 5000 zeros begin 16 octets behind the start of a page and end in the next. Deposit: 2 items,
81 + 99 octets; 100 + 2 * 10 + 180.

$ pvm asm inspect.s -o inspect.jam; pvm inspect inspect.jam | sed 's/0x[0-9a-f]\{64\}/HASH/'
> inspect.jam: code preimage: metadata, then a standard program (GP 0.7.2 9.1)
>   format       jam
>   size         99 octets
>   code hash    HASH
>
> metadata
>   size         32 octets
>   name         demo
>   version      1.2.3
>   licence      Apache-2.0
>   author       Ann
>   author       Bob
>
> memory
>   rodata       0x00010000        4096 octets  r
>   rwdata       0x00030000        8192 octets  rw
>   stack        0xfefde000        8192 octets  rw
>   args         0xfeff0000           0 octets  r
>   in the blob: 5 octets of rodata, 16 of rwdata, 1 zero page, 8192 octets of stack
>
> code
>   size         23 octets
>   instructions 8
>   blocks       4
>   jump table   1 entry of 1 octet
>
> entry points
>   0    refine, is_authorized      jump main
>   5    accumulate                 jump later
>   10   on_transfer (to GP 0.7.0)  ecalli fetch
>
> host calls (GP 0.7.2)
>   1    fetch              2 instructions
>   77   unknown            1 instruction
>
> deposit of a service whose only request is this code
>   2 items, 180 octets: threshold balance 300

The hash is BLAKE2b-256 of the file.

$ test "$(pvm inspect inspect.jam | sed -n 's/.*code hash *0x//p')" = "$(b2sum -l 256 inspect.jam | cut -d ' ' -f 1)"

Numbers mean other calls in other versions.

$ pvm inspect inspect.jam --gp 0.8.0 | grep -A 2 '^host calls'
> host calls (GP 0.8.0)
>   1    grow_heap          2 instructions
>   77   unknown            1 instruction

A standard program has no metadata and pays for the octet that says so.

$ pvm asm inspect.s -f standard -o inspect.std; pvm inspect inspect.std | grep -E 'format|size|hash|metadata|items'
>   format       standard
>   size         66 octets
> ...
>   size         23 octets
> deposit of a service whose only request is this code, behind empty metadata
>   2 items, 148 octets: threshold balance 268

A raw program has code and nothing else, and one place to start.

$ pvm asm inner.s -f raw; pvm inspect inner.pvm | sed 's/0x[0-9a-f]\{64\}/HASH/'
> inner.pvm: program blob: jump table, code and opcode mask (GP 0.7.2 A.1)
>   format       raw
>   size         15 octets
>   hash         HASH
>
> code
>   size         10 octets
>   instructions 4
>   blocks       2
>   jump table   0 entries of 0 octets
>
> entry points
>   0    start                      load_imm t0, 5
>
> host calls (GP 0.7.2)
>   none

The same as JSON.

$ pvm inspect inspect.jam --json | tr -d ' \n' | sed -e 's/"0x[0-9a-f]\{64\}"/HASH/' -e 's/,"\(memory\|code\|entries\|host_calls\|deposit\)"/\n&/g'
> {"file":"inspect.jam","gp":"0.7.2","format":"jam","size":99,"hash":HASH,"metadata":{"size":32,"structured":true,"name":"demo","version":"1.2.3","licence":"Apache-2.0","authors":["Ann","Bob"],"octets":"0x000464656d6f05312e322e330a4170616368652d322e300203416e6e03426f62"}
> ,"memory":{"fits":true,"rodata":5,"rwdata":16,"heap_pages":1,"stack":8192,"regions":[{"name":"rodata","start":"0x10000","size":4096,"access":"r"},{"name":"rwdata","start":"0x30000","size":8192,"access":"rw"},{"name":"stack","start":"0xfefde000","size":8192,"access":"rw"},{"name":"args","start":"0xfeff0000","size":0,"access":"r"}]}
> ,"code":{"size":23,"instructions":8,"blocks":4,"jump_entries":1,"jump_width":1}
> ,"entries":[{"pc":0,"instruction":true,"text":"jumpmain"},{"pc":5,"instruction":true,"text":"jumplater"},{"pc":10,"instruction":true,"text":"ecallifetch"}]
> ,"host_calls":[{"number":1,"name":"fetch","instructions":2},{"number":77,"name":null,"instructions":1}],"host_calls_unlisted":0
> ,"deposit":{"items":2,"octets":180,"threshold":300}}

A format that does not fit is refused with the one that does.

$ pvm inspect inspect.jam -f raw
! pvm: inspect.jam: program blob: opcode mask needs 1 octets, 92 are left after the code; its content is code preimage: metadata, then a standard program (GP 0.7.2 9.1)
? 3
