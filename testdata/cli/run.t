What pvm run and its kin print. Every expected figure is worked out by hand from the sources beside
this file: an instruction and an implicit step cost 1, a host call 10.

$ for f in sum log fault child; do [ $f = child ] && pvm asm inner.s -f raw; pvm asm $f.s -o $f.jam || exit; done; ls *.jam *.pvm *.sym
> child.jam
> child.jam.sym
> fault.jam
> fault.jam.sym
> inner.pvm
> inner.pvm.sym
> log.jam
> log.jam.sym
> sum.jam
> sum.jam.sym

55 is 10 + 9 + ... + 1. Gas: jump, load, fallthrough, ten rounds of three, store, two loads, jump.

$ pvm run sum.jam --gas 1000
> refine of sum.jam, GP 0.7.2
>   outcome      halt
>   output       0x3700000000000000 (8 octets)
>   gas          37 used of 1000, 963 left
>   exports      none

Without --gas the limit is the most a work item may have, one less than G_R.

$ pvm run sum.jam | grep gas
>   gas          37 used of 4999999999, 4999999962 left

Input by pipe, options before and after, a version by environment.

$ cat sum.jam | PVM_GP=0.7.2 pvm run --gas=37 - --refine --entry refine
> refine of standard input, GP 0.7.2
>   outcome      halt
>   output       0x3700000000000000 (8 octets)
>   gas          37 used of 37, 0 left
>   exports      none

One unit less, and where it stopped, with the names from sum.jam.sym.

$ pvm run sum.jam --gas 36
> refine of sum.jam, GP 0.7.2
>   outcome      out-of-gas
>   gas          36 used of 36, 0 left
>   exports      none
>
> where it stopped
>   exit         out-of-gas: no gas left for this instruction
> ...
>   > 0x00001f  jump_ind ra, 0
>
> ...
? 1

--entry takes symbols and numbers; without them each way in is a different sum: from `again` on t0
starts at 0 and counts down for ever.

$ pvm run sum.jam --entry again --gas 4 | grep -E 'outcome|pc'
>   outcome      out-of-gas
>   pc           12 = 0xc (again+3)

$ pvm run sum.jam --entry 5 --gas 1000 | grep gas
>   gas          36 used of 1000, 964 left

$ pvm run sum.jam --entry nowhere
! pvm: run: --entry: "nowhere" is no number and no symbol
? 2

$ pvm run sum.jam --reg a0=1
! pvm: run: --reg means nothing for a service
? 2

$ pvm run sum.jam --raw 2>&1 | cut -c 1-14
> pvm: sum.jam: 

$ pvm run inner.pvm --payload 0x00
! pvm: run: --payload means nothing for a raw program
? 2

$ pvm run inner.pvm --refine
! pvm: inner.pvm: a raw program blob, no service: run it without --refine
? 3

Host calls, exports, and a log line in JIP-1's format on standard error.

$ pvm run log.jam --gas 1000 2>err; sed 's/^[0-9]\{4\}-[0-9][0-9]-[0-9][0-9] [0-9][0-9]-[0-9][0-9]-[0-9][0-9] /TIME /' err
> refine of log.jam, GP 0.7.2
>   outcome      halt
>   output       0x68656c6c6f (5 octets) "hello"
>   gas          55 used of 1000, 945 left
> ...
>   log          1 line, on standard error
>
> host calls
>   name               number        calls          gas
>   gas                     0            1           10
>   export                  7            1           10
>   log                   100            1           10
>   unknown                              1           10
> TIME INFO@0#0 test hello

A page fault: where, why, what is mapped around it.

$ pvm run fault.jam --gas 1000
> refine of fault.jam, GP 0.7.2
>   outcome      panic: from a page fault
>   gas          4 used of 1000, 996 left
>   exports      none
>
> where it stopped
>   exit         page-fault: store of 4 octets at 0x00010002: page 0x00010000 is read-only
>   pc           13 = 0xd (writes)
>   gas left     996
>
>              start:
>     0x000005  load_imm t0, 0x10000
>     0x00000a  load_imm t1, 7
>              writes:
>   > 0x00000d  store_ind_u32 t1, [t0+2]
>     0x000010  jump_ind ra, 0
>
>   ra r0  0x00000000ffff0000   sp r1  0x00000000fefe0000   t0 r2  0x0000000000010000
>   t1 r3  0x0000000000000007   t2 r4  0x0000000000000000   s0 r5  0x0000000000000000
>   s1 r6  0x0000000000000000   a0 r7  0x00000000feff0000   a1 r8  0x0000000000000024
>   a2 r9  0x0000000000000000   a3 r10 0x0000000000000000   a4 r11 0x0000000000000000
>   a5 r12 0x0000000000000000
>
>   memory around 0x00010000
>     0x00010000 to 0x00010fff  r
> ...
? 1

The child's failure is reported beside its parent's; each takes its names from its own symbols.

$ pvm run child.jam --symbols child.jam.sym --symbols inner.pvm.sym
> ...
>                3 used by inner machines
> ...
> inner machines at the end
>   0    invoked 1 time, page-fault at 0x50000, gas left 97, pc 4
>
> where it stopped
>   exit         panic: trap
>   pc           41 = 0x29 (failed)
> ...
> where inner machine 0 stopped
>   exit         page-fault: load of 4 octets at 0x00050004: page 0x00050000 is not accessible
>   pc           4 = 0x4 (reads)
>   gas left     97
>
>              begin:
>     0x000000  load_imm t0, 5
>     0x000003  fallthrough
>              reads:
>   > 0x000004  load_u32 t1, [0x50004]
>     0x000009  trap
> ...
>   memory around 0x00050000
>     nothing is mapped
? 1

The trace: a line an instruction in every machine, a line a host call.

$ pvm run child.jam --symbols child.jam.sym --symbols inner.pvm.sym --gas 1000 --trace - | grep -v '^#' | sed -n '9,13p'
>          8 -      0x000019  load_imm a1, 0x30000                          983 a1=0x30000
>          9 -      0x00001e  ecalli invoke                                 982
>         10 0      0x000000  load_imm t0, 5                                100 t0=0x5
>         11 0      0x000003  fallthrough                                    99
>         12 0      0x000004  load_u32 t1, [0x50004]                         98 r4[0x50004]!

$ pvm run child.jam --gas 1000 --trace - | grep -v '^#' | sed -n '14s,#0x[0-9a-f]*,#SUM,gp'
>            -                host call 12 invoke, gas 981 -> 971 a0=0x2 a1=0x50000 r112[0x30000]#SUM w112[0x30000]#SUM

$ pvm run child.jam --trace - --json 2>&1 >/dev/null | grep -vc '^#'
> 16

Who reads only its beginning does not wait for a loop of 5000000000 instructions.

$ { timeout 20 pvm run sum.jam --entry again --trace -; echo "code $?" >&2; } | head -n 4 | tail -n 1
>          1 -      0x000009  add_64 t1, t1, t0                      4999999999
! pvm: standard output: Broken pipe
! code 4

More gas than a chain gives is given, and said so: G_R, G_I and what a block has, the larger of G_T and
G_A for each core (GP 0.7.2 14.3, B.2, 12.3), are the most.

$ pvm run sum.jam --gas 5000000000 | grep 'gas  '; pvm run sum.jam --gas 4999999999 | grep 'gas  '
>   gas          37 used of 5000000000, 4999999963 left
>   gas          37 used of 4999999999, 4999999962 left
! pvm: note: on a chain refine has at most 4999999999 gas (less than G_R), here it has 5000000000

$ for gas in 3500000000 3500000001; do pvm run sum.jam --entry 0 --accumulate --gas $gas | grep 'gas  '; pvm run sum.jam --is-authorized --gas $((gas - 3450000000)) | grep 'gas  '; done
>   gas          37 used of 3500000000, 3499999963 left
>   gas          37 used of 50000000, 49999963 left
>   gas          37 used of 3500000001, 3499999964 left
>   gas          37 used of 50000001, 49999964 left
! pvm: note: on a chain accumulate has at most 3500000000 gas (a block's), here it has 3500000001
! pvm: note: on a chain is_authorized has at most 50000000 gas (G_I), here it has 50000001

JSON is exact and parses; numbers are numbers.

$ pvm run sum.jam --json --gas 18446744073709551615 2>note | grep -E '"(outcome|gas_limit|gas_used|output|count)"'
>   "outcome": "halt",
>   "gas_limit": 18446744073709551615,
>   "gas_used": 37,
>   "output": "0x3700000000000000",
>     "count": 0,

A strict reader takes it: what is wrong with it as a fixture is a key, not its syntax.

$ for c in 'run log.jam' 'run child.jam' 'run inner.pvm' 'inspect child.jam' 'inspect inner.pvm'; do pvm $c --json >o.json 2>/dev/null; pvm run sum.jam --fixture o.json 2>&1 | grep -o '\$.file: unknown key'; done
> $.file: unknown key
> $.file: unknown key
> $.file: unknown key
> $.file: unknown key
> $.file: unknown key

Symbols of another program are not used by themselves.

$ cp fault.jam.sym sum.jam.sym; pvm run sum.jam --gas 4 | grep pc; pvm asm sum.s -o sum.jam; pvm run sum.jam --gas 4 | grep pc
>   pc           12 = 0xc
>   pc           12 = 0xc (again+3)

Raw programs: registers, pages and memory from options.

$ pvm run inner.pvm --page 0x50000:4096:ro --mem 0x50004:0x2a000000 --reg r12=7 --dump 0x50000:8
> raw of inner.pvm, GP 0.7.2
>   outcome      panic
>   gas          4 used of 1000000000, 999999996 left
>
> memory
>   0x00050000  00 00 00 00 2a 00 00 00                          ....*...
>
> where it stopped
>   exit         panic: trap
>   pc           9 = 0x9 (reads+5)
>   gas left     999999996
>
>     0x000003  fallthrough
>              reads:
>     0x000004  load_u32 t1, [0x50004]
>   > 0x000009  trap
>
>   ra r0  0x00000000ffff0000   sp r1  0x0000000000000000   t0 r2  0x0000000000000005
>   t1 r3  0x000000000000002a   t2 r4  0x0000000000000000   s0 r5  0x0000000000000000
>   s1 r6  0x0000000000000000   a0 r7  0x0000000000000000   a1 r8  0x0000000000000000
>   a2 r9  0x0000000000000000   a3 r10 0x0000000000000000   a4 r11 0x0000000000000000
>   a5 r12 0x0000000000000007
? 1

The same from a file with the public vectors' names, the program in it or beside it.

$ pvm run inner.pvm --fixture raw.json --symbols inner.pvm.sym --json >a; pvm run --raw --fixture raw.json --symbols inner.pvm.sym --json >b; grep -v '"file"' a >a2; grep -v '"file"' b | diff a2 - && grep -E '"(outcome|gas_used)"' a
>   "outcome": "panic",
>   "gas_used": 4,

A host call ends a raw run; so does a jump to where no block starts.

$ printf '\0\0\2\12\7\1' >call.pvm; pvm run call.pvm | grep -E 'outcome|exit'; pvm run call.pvm --json | grep -E '"(outcome|exit|host_call)"'
>   outcome      host-call
>   exit         host-call: host call 7 (export)
>   "outcome": "host-call",
>       "exit": "host-call",
>       "host_call": 7,

$ printf '\0\0\2\50\7\1' >jump.pvm; pvm run jump.pvm | grep exit
>   exit         panic: jump to 7, which is no start of a block

$ printf '\0\0\2\62\0\1' >djump.pvm; pvm run djump.pvm --reg ra=6 | grep exit; pvm run djump.pvm | grep outcome
>   exit         panic: dynamic jump to 0x00000006: no entry of the jump table that leads to a block
>   outcome      halt

load_imm_jump_ind t0, [t0+0], 4: the register is loaded all the same, so nobody knows where it led.

$ printf '\0\0\4\264\42\1\4\1' >over.pvm; pvm run over.pvm --reg t0=9 | grep -E 'exit|t0'
>   exit         panic: dynamic jump: no entry of the jump table that leads to a block
>   > 0x000000  load_imm_jump_ind t0, t0, 4, 0
>   ra r0  0x00000000ffff0000   sp r1  0x0000000000000000   t0 r2  0x0000000000000004

From 0.8.0 on both sides of a branch must start blocks, and what falls through must lead to one.

$ printf '\0\0\1\1\1' >falls.pvm; pvm run falls.pvm --gp 0.8.0 | grep exit
>   exit         panic: what follows, at 1, is no start of a block

$ printf '\0\0\3\122\0\0\1' >side.pvm; pvm run side.pvm --gp 0.8.0 | grep exit; pvm run side.pvm --gas 5 | grep -E 'exit|pc'
>   exit         panic: what follows, at 3, is no start of a block
>   exit         out-of-gas: no gas left for this instruction
>   pc           0 = 0x0

$ printf '\0\0\1\377\1' >octet.pvm; pvm run octet.pvm | grep exit; printf '\0\0\1\1\1' >end.pvm; pvm run end.pvm | grep exit
>   exit         panic: octet 0xff is no instruction
>   exit         panic: position 1 is beyond the code

$ printf '\0\0\6\70\2\64\22\0\0\41' >low.pvm; pvm run low.pvm | grep exit
>   exit         panic: load of 4 octets at 0x00001234: nothing below 0x00010000 is accessible

$ pvm run call.pvm --entry 1 | grep exit
>   exit         panic: no instruction starts at 1

$ pvm run inner.pvm --reg r13=1
! pvm: run: --reg: expected a register, = and a number below 2^64, got "r13=1"
? 2

$ pvm run inner.pvm --page 0x50001:4096:ro
! pvm: run: --page: 0x50001:4096:ro is no range of whole pages of 4096 octets in 2^32
? 2

$ pvm run inner.pvm --page 0x50000:4096:rx
! pvm: run: --page: expected ADDR:LEN:ro or ADDR:LEN:rw, got "0x50000:4096:rx"
? 2

$ pvm run inner.pvm --page 0xfffff000:8192:ro
! pvm: run: --page: 0xfffff000:8192:ro is no range of whole pages of 4096 octets in 2^32
? 2

$ pvm run inner.pvm --mem 0xffffffff:0x0102
! pvm: run: --mem: 2 octets at 0xffffffff do not fit into 2^32
? 2

$ pvm run inner.pvm --dump 0x10000000000:1
! pvm: run: --dump: expected an address below 2^32 and a colon, got "0x10000000000:1"
? 2

$ echo '{"initial-regs": [1]}' >short.json; pvm run inner.pvm --fixture short.json
! pvm: short.json: $.initial-regs: expected 13 registers, got 1
? 3

$ echo '{"initial-ram": []}' >unknown.json; pvm run inner.pvm --fixture unknown.json 2>&1 | cut -d: -f1-2
> pvm: unknown.json

$ sed 's/"program": \[0, 0, 10/"program": [0, 0, 9/' raw.json >bad.json; pvm run --raw --fixture bad.json
! pvm: bad.json: $.program: program blob: opcode mask needs 2 octets, 3 are left after the code
? 3
