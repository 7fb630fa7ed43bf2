pvm trace diff with logs of other implementations, in the styles that docs/traces.md lists: it says where they part
from a run of ours and from each other, whichever side they are on.

$ for f in sum log foreign; do pvm asm $f.s -o $f.jam && pvm run $f.jam --gas 1000 --args 0x --trace $f.bin >/dev/null 2>&1; pvm run $f.jam --gas 1000 --args 0x --trace $f.full --trace-full >/dev/null 2>&1; done; wc -l <foreign.full
> 15

foreign.txt is what polkavm would write of foreign.s, whose every register and block's gas is worked out by hand: a
jump comes twice where it has to be resolved, sbrk has no number, load_imm_jump is two steps.

$ pvm trace diff foreign.bin foreign.txt; pvm trace diff foreign.txt foreign.full; sed 's/^.TRACE \(polkavm[a-z_:]*\). /2025-08-04 12:01:48 [T] [s=2] \1  /; s/^.DEBUG \(polkavm[a-z_:]*\). /2025-08-04 12:01:48 [D] [s=2] \1  /' foreign.txt >dated.log; grep -c '\[T\]' dated.log; pvm trace diff dated.log foreign.bin
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
> 40
> no difference in 15 instructions and 0 host calls
$ pvm trace show foreign.txt --blob foreign.jam --count 6 | grep -v program | sed '$d'
> # trace 1 gp 0.7.2 log
> # filter part
>          - -      0x000000  jump start                                   1000
>          - -      0x000005  load_imm t0, 2                                999 t0=0x2
>          - -      0x000008  load_imm a0, 0                                  - a0=0x0
>          - -      0x00000a  sbrk a0, a0                                     - a0=0x20000
>          - -      0x00000c  fallthrough                                     -
>          - -      0x00000d  add_imm_64 t0, t0, -1                         995 t0=0x1

A value, a block's gas, a position; a log that stops early; one of two programs, the second of which begins anew.

$ sed 's/ a2 = u32 .0xfefdfff8. = 0x3d3/ a2 = u32 [0xfefdfff8] = 0x3d4/' foreign.txt >value.log; pvm trace diff foreign.bin value.log -c 1
> the traces part at step 14
>   a2 after   0x3d3 in A, 0x3d4 in B
>
> A: foreign.bin
>           13 -      0x00001b  store_ind_u64 a1, [sp-8]                      978 w8[0xfefdfff8]=0x3d3
> >         14 -      0x00001e  load_ind_u32 a2, [sp-8]                       977 a2=0x3d3 r4[0xfefdfff8]=0x3d3
>           15 -      0x000021  trap                                          976
>
> B: value.log
>            - -      0x00001b  u64 [sp - 8] = a1                               -
> >          - -      0x00001e  a2 = u32 [sp - 8]                               - a2=0x3d4
>            - -      0x000021  trap                                            -
>
> code
>   0x00001b  store_ind_u64 a1, [sp-8]
> > 0x00001e  load_ind_u32 a2, [sp-8]
>   0x000021  trap
? 1
$ sed 's/(993 -> 991)/(992 -> 990)/' foreign.txt >gas.log; pvm trace diff foreign.bin gas.log -c 0 | head -n 2; sed 's/\[13\]: 19: ra/[13]: 20: ra/' foreign.txt >place.log; pvm trace diff place.log foreign.bin -c 0 | head -n 2; head -n 60 foreign.txt | pvm trace diff foreign.bin - -c 0 | head -n 2; cat foreign.txt foreign.txt >twice.log; cat foreign.full foreign.full >twice.full; pvm trace diff twice.full twice.log
> the traces part at step 8
>   gas        993 in A, 992 in B
> the traces part at step 10
>   pc         0x14 in A, 0x13 in B
> the traces part at step 13
>   A has an instruction, B ends
> no difference in 30 instructions and 0 host calls

Numbers beyond any program, and of nothing that was compiled.

$ printf '[DEBUG polkavm::interpreter]   [18446744073709551615]: 5: trap\n[DEBUG polkavm::interpreter]   [4194303]: 18446744073709551615: trap\n[DEBUG polkavm::interpreter]   [4194303]: 7: trap\n[TRACE polkavm::interpreter::raw_handlers] [18446744073709551615]: trap\n[TRACE polkavm::interpreter::raw_handlers] [4194302]: trap\n[TRACE polkavm::interpreter::raw_handlers] [4194303]: trap\n' | pvm trace show - | sed '1,2d;$d'
>          - -      0x000007  trap                                            -

One that gives the position behind the instruction, and the gas of what comes of it.

$ awk '{ op[NR] = $4; pc[NR] = $3; gas[NR] = substr($5, 3); regs[NR] = substr($0, index($0, "[")) } END { for (i = 1; i <= NR; i++) printf "accumulate: %-18s step: %5d pc:%6d gas:%d Registers:%s\n", op[i], i - 1, i < NR ? pc[i + 1] : pc[i] + 2, gas[i], regs[i] }' sum.full >behind.log; sed -n 6,7p behind.log; for f in sum.bin sum.full; do pvm trace diff $f behind.log; pvm trace diff behind.log $f; done
> accumulate: BRANCH_NE_IMM      step:     5 pc:     9 gas:994 Registers:[4294901760 4278059008 9 10 0 0 0 4278124544 0 0 0 0 0]
> accumulate: ADD_64             step:     6 pc:    12 gas:993 Registers:[4294901760 4278059008 9 19 0 0 0 4278124544 0 0 0 0 0]
> no difference in 37 instructions and 0 host calls
> no difference in 37 instructions and 0 host calls
> no difference in 37 instructions and 0 host calls
> no difference in 37 instructions and 0 host calls
$ sed '6s/pc:     9/pc:    18/' behind.log >other.log; pvm trace diff sum.bin other.log -c 1 | sed -n '1,2p;9,12p'; pvm trace diff other.log sum.full -c 0 | sed -n 2p
> the traces part at step 7
>   pc behind  0x9 in A, 0x12 in B
> B: other.log
>            5 -      0x000012  branch_ne_imm                                 994
> >          6 -      0x00000c  add_64                                        993 t1=0x13
>            7 -      0x00000f  add_imm_64                                    992 t0=0x8
>   pc behind  0x12 in A, 0x9 in B

Where what an ecalli did stands in its own line: registers and gas behind the host call. Host calls cost 10, log
answers WHAT, export 0, gas what is left, an unknown one WHAT.

$ awk '$4 == "ECALLI" { n++; sub(/\[[^]]*\]/, "[4294901760 4278059008 0 0 0 0 0 " (n == 2 ? "0 8 4 65540 5" : n == 3 ? "959 8 4 65540 5" : n == 1 ? "18446744073709551614 65536 4 65540 5" : "18446744073709551614 8 4 65540 5") " 0]"); sub(/g=[0-9]*/, "g=" substr($5, 3) - 10) } { print }' log.full >done.log; grep -c 'ECALLI .*g=9[0-9]* ' done.log; cmp -s log.full done.log || pvm trace diff log.bin done.log; pvm trace diff done.log log.bin; pvm trace diff log.full done.log --ignore gas --ignore registers
> 4
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls

Two that agree but for the gas.

$ sed 's/g=\([0-9]*\)/g=1\1/' sum.full >dear.log; pvm trace diff sum.bin dear.log -c 0 | head -n 2; pvm trace diff sum.bin dear.log --ignore gas; pvm trace diff dear.log sum.full --ignore gas; sed 's/4278124544 0 0/4278124544 1 0/' dear.log >odd.log; pvm trace diff sum.bin odd.log --ignore gas -c 0 | sed -n 2p; pvm trace diff sum.bin odd.log --ignore gas --ignore registers
> the traces part at step 1
>   gas        1000 in A, 1999 in B
> no difference in 37 instructions and 0 host calls
> no difference in 37 instructions and 0 host calls
>   a1         0x0 in A, 0x1 in B
> no difference in 37 instructions and 0 host calls
$ pvm run log.jam --gas 1000 --args 0x --trace whole.txt >/dev/null 2>&1; grep -v 'host call' whole.txt >less.txt; pvm trace diff whole.txt less.txt -c 0 | sed -n 2p; sed 's/host call 7/host call 8/' whole.txt >calls.txt; pvm trace diff whole.txt calls.txt -c 0 | sed -n 2p; pvm trace diff whole.txt calls.txt --ignore calls
>   A has a host call, B has an instruction
>   call       7 in A, 8 in B
> no difference in 15 instructions and 0 host calls
$ pvm trace diff sum.bin sum.full --ignore pc
! pvm: trace diff: --ignore: expected gas|registers|calls|names, got "pc"
? 2

The name of an instruction; values that are none, in each style: a line that is not what the ones before are.

$ sed '9s/LOAD_IMM/ADD_64/' log.full >name.log; pvm trace diff log.bin name.log -c 0 | head -n 2; pvm trace diff log.bin name.log --ignore names
> the traces part at step 9
>   name       load_imm in A, add_64 in B
> no difference in 15 instructions and 0 host calls
$ sed '9s/65545/18446744073709617161/' log.full >1.log; sed '9s/reg=.[0-9]* /reg=[/' log.full >2.log; sed '9s/g=[0-9]*/g=12x/' log.full >3.log; sed 's/^ *\([0-9]*\): PC *\([0-9]*\) \([A-Z0-9_]*\) *g=\([0-9]*\) reg=\(.*\)/12:33 x \3 \1 \2 Registers:\5/; 9s/ 65545 / 65545x /' log.full >4.log; for f in 1 2 3 4; do pvm trace diff log.bin $f.log >out || echo $?; done; cat out
> 3
> 3
> 3
> 3
> no difference in 7 instructions and 0 host calls up to where one is broken
! pvm: 1.log: line 9: its registers are not 13 numbers below 2^64
! pvm: 2.log: line 9: its registers are not 13 numbers below 2^64
! pvm: 3.log: line 9: its gas is no number below 2^64
! pvm: 4.log: line 9: its registers are not 13 numbers below 2^64
$ { sed 3q log.full; echo 'guest at pc 13: load_imm is next'; sed 1,3d log.full; } | pvm trace diff log.bin -
> no difference in 15 instructions and 0 host calls

Lines that are longer than any of a log are passed over, at the file's end too.

$ { head -n 5 sum.full; head -c 200000 /dev/zero | tr '\0' x; echo; tail -n +6 sum.full; head -c 70000 /dev/zero | tr '\0' y; } >long.log; pvm trace diff sum.bin long.log
> no difference in 37 instructions and 0 host calls
