pvm run --trace, its forms and filters, and pvm trace on what it wrote.

$ for f in sum log fault calls; do pvm asm $f.s -o $f.jam; done; pvm asm inner.s -f raw; pvm asm child.s -o child.jam; ls *.jam | wc -l
> 5

The three forms say the same, packed or not, and one becomes the other.

$ for x in txt jsonl bin txt.zst jsonl.zst bin.zst; do pvm run child.jam --gas 1000 --args 0x --trace c.$x >/dev/null; done; ls c.* | wc -l
> 6
$ for x in jsonl bin txt.zst jsonl.zst bin.zst; do pvm trace diff c.txt c.$x && pvm trace show c.$x --symbols child.jam.sym --symbols inner.pvm.sym | cmp - c.txt; done
> no difference in 14 instructions and 2 host calls
> no difference in 14 instructions and 2 host calls
> no difference in 14 instructions and 2 host calls
> no difference in 14 instructions and 2 host calls
> no difference in 14 instructions and 2 host calls
$ pvm trace convert c.bin -o back.txt --symbols child.jam.sym && pvm trace convert c.txt -o back.bin --blob child.jam --blob inner.pvm && pvm trace convert c.bin -o back.jsonl --symbols child.jam.sym && cmp back.txt c.txt && cmp back.bin c.bin && cmp back.jsonl c.jsonl
$ pvm trace convert c.txt -o back.bin --blob child.jam
! pvm: trace: the binary form needs the programs, see --blob: that of step 10 is not known
? 2
$ od -An -c -N 9 c.bin; pvm trace convert c.bin.zst -o u.bin; cmp u.bin c.bin; head -c 4 c.txt.zst | od -An -tx1
>    P   V   M   T   R   A   C   E 001
>  28 b5 2f fd

Form by option, file by file; full registers; standard error with --json.

$ pvm run sum.jam --gas 1000 --args 0x --trace x.bin --trace-form text >/dev/null; head -n 1 x.bin; pvm run sum.jam --gas 1000 --args 0x --trace - --trace-form json | sed -n 4p
> # trace 1 gp 0.7.2 refine
> {"step":1,"pc":0,"text":"jump start","gas":1000,"cost":1}
$ pvm run child.jam --gas 1000 --args 0x --trace - --trace-full --json 2>&1 >/dev/null | sed -n '9,10p'
>     9: PC    30 ECALLI               g=981 reg=[4294901760 4278059008 100 0 0 0 0 0 196608 0 0 0 0]
>    10: PC     0 LOAD_IMM             g=99 reg=[0 0 5 0 0 0 0 0 0 0 0 0 0] machine=0

A raw program; an instruction that was refused its memory.

$ pvm run inner.pvm --gas 50 --trace - | grep -v '^#' | head -n 3
>          1 -      0x000000  load_imm t0, 5                                 50 t0=0x5
>          2 -      0x000003  fallthrough                                    49
>          3 -      0x000004  load_u32 t1, [0x50004]                         48 r4[0x50004]!

Block gas (GP 0.8.0): what an instruction costs that begins a block.

$ pvm asm sum.s --gp 0.8.0 -o sum8.jam; pvm run sum8.jam --gp 0.8.0 --gas 1000 --args 0x --trace s8.txt >/dev/null; pvm run sum8.jam --gp 0.8.0 --gas 1000 --args 0x --trace s8.bin >/dev/null; pvm trace diff s8.txt s8.bin; grep -c 'cost=0' s8.txt
> no difference in 37 instructions and 0 host calls
> 24

Filters. sum has 10 rounds of add, add and branch, between 3 instructions and 4.

$ f() { pvm run $1 --gas 1000 --args 0x --trace f.txt --trace-filter "$2" ${3:+--trace-filter $3} >/dev/null 2>&1; grep -vc '^#' f.txt; }; f sum.jam pc=0..8; f sum.jam pc=9; f sum.jam pc=9..0xf; f sum.jam op=add_64; f sum.jam 'op=add_64|jump'; f sum.jam '!op=add_64'; f sum.jam class=branch; f sum.jam class=branch,pc=9; f sum.jam class=branch pc=9; f sum.jam symbol=again; f sum.jam symbol=start; f sum.jam machine=0; true
> 3
> 10
> 30
> 10
> 11
> 27
> 10
> 0
> 20
> 34
> 2
> 0
$ f() { pvm run $1 --gas 1000 --args 0x --trace f.txt --trace-filter "$2" >/dev/null 2>&1; grep -vc '^#' f.txt; }; f child.jam machine=0; f child.jam machine=inner; f child.jam machine=-; f child.jam machine=outer,calls; f child.jam calls; f child.jam mem=0x30000; f child.jam mem=0x50004..0x50005; f child.jam mem=0x50008; f child.jam class=store,mem=0..0xffffffff
> 3
> 3
> 13
> 2
> 2
> 2
> 1
> 0
> 1
$ pvm run sum.jam --trace x.txt --trace-filter pc=9..8
! pvm: run: --trace-filter: pc: "9..8" is no such value
? 2
$ pvm run sum.jam --trace x.txt --trace-filter op=nop
! pvm: run: --trace-filter: op: "nop" is no such value
? 2
$ pvm run sum.jam --trace x.txt --trace-filter symbol=nowhere
! pvm: run: --trace-filter: no symbol "nowhere"
? 2
$ pvm run sum.jam --trace x.txt --trace-filter calls=1
! pvm: run: --trace-filter: "calls=1": expected pc=, symbol=, op=, class=, mem=, machine= or calls
? 2
$ pvm run sum.jam --trace-filter calls
! pvm: run: --trace-filter means nothing without --trace
? 2
$ pvm run sum.jam --trace x.bin --trace-full
! pvm: run: --trace-full is for the form text
? 2

A filtered trace and a whole one: what the first lacks is passed over.

$ pvm run child.jam --gas 1000 --args 0x --trace call.jsonl --trace-filter calls,mem=0x30000 >/dev/null; pvm trace diff call.jsonl c.bin; pvm run child.jam --gas 1000 --args 0x --trace some.txt --trace-filter class=move,machine=- >/dev/null; pvm trace diff some.txt c.bin; pvm trace diff call.jsonl some.txt; sed 's/a0=0x10000/a0=0x10001/' some.txt >other.txt; pvm trace diff c.bin other.txt -c 0 | head -n 2
> no difference in 0 instructions and 1 host calls
> no difference in 5 instructions and 0 host calls
> no difference in 0 instructions and 0 host calls
> the traces part at step 2
>   a0 after   0x10000 in A, 0x10001 in B
$ pvm run child.jam --gas 1000 --args 0x --trace part.bin --trace-filter machine=0 >/dev/null; pvm trace diff part.bin c.txt; pvm trace diff c.bin part.bin
> no difference in 3 instructions and 0 host calls
> no difference in 3 instructions and 0 host calls

More programs and machines than are known at a time: 100 of each, every one run twice.

$ pvm asm many.s -o many.jam; for x in txt jsonl bin; do pvm run many.jam --gas 300000 --trace m.$x >/dev/null; done; pvm trace diff m.txt m.bin; pvm trace diff m.jsonl m.bin; pvm trace convert m.bin -o n.bin; cmp m.bin n.bin; pvm trace show m.txt | cmp - m.txt; pvm trace stats m.bin | sed -n 2p
> no difference in 2415 instructions and 300 host calls
> no difference in 2415 instructions and 300 host calls
>   instructions 2415, 200 of them in inner machines

The last events, if the run ends badly, and nothing if it does not.

$ pvm run fault.jam --gas 99 --args 0x --trace-last 1 | sed -n 1,5p | grep -v program
> # trace 1 gp 0.7.2 refine
> # filter last
>          4 -      0x00000d  store_ind_u32 t1, [t0+2]                       96 w4[0x10002]!
> # end panic, pc 13, gas 95, 4 steps
$ pvm run fault.jam --gas 99 --trace last.bin --trace-last 3 >/dev/null; pvm trace stats last.bin | head -n 2
> last.bin
>   instructions 3, 0 of them in inner machines
$ echo old >none.txt; pvm run sum.jam --trace none.txt --trace-last 3 | head -n 1; ls none.txt
> refine of sum.jam, GP 0.7.2
! ls: cannot access 'none.txt': No such file or directory
? 2
$ pvm run sum.jam --max-gas 7 --trace-last 1 2>/dev/null | sed -n '4,5p'
>          7 -      0x000009  add_64 t1, t1, t0                      4999999993 t1=0x13
> # end limit, pc 12, gas 4999999992, 7 steps
$ pvm run sum.jam --trace-last 0
! pvm: run: --trace-last: expected 1 to 100000, got 0
? 2

A run that is interrupted: the trace has its end, at the instruction that would have come, and the signal ends pvm. To a
pipe too, while its reader reads; one that reads nothing for a second keeps nobody.

$ printf '.entry refine s\ns: load_imm t0, 1\nfallthrough\nl: add_imm_64 t0, t0, 1\nbranch_ne_imm t0, 0, l\ntrap\n' >ever.s; pvm asm ever.s -o ever.jam; for s in HUP INT QUIT TERM; do timeout --preserve-status -s $s 0.3 pvm run ever.jam --gas 4000000000 --trace i.bin.zst; echo $?; pvm trace stats i.bin.zst | grep -c 'end  *interrupted, pc [19]2*, gas 39'; done
> 129
> 1
> 130
> 1
> 131
> 1
> 143
> 1
$ timeout --preserve-status -s INT 0.3 pvm run ever.jam --gas 4000000000 --trace-last 2 >last.txt; echo $?; grep -v program last.txt | cut -c11-28; timeout --preserve-status -s INT 0.3 pvm run ever.jam --gas 4000000000 --trace - | tail -n 1 | cut -c 1-17
> 130
> gp 0.7.2 refine
> ast
>  -      0x00000c  
>  -      0x000009  
> rrupted, pc 12, ga
> # end interrupted
$ timeout --preserve-status -s INT 0.3 pvm run ever.jam --gas 4000000000 --trace - | { sleep 3; head -c 65535 | wc -c; }
> 65535

With segments both are finished, and tell of the same instructions but for the last, whose effect no record has.

$ timeout --preserve-status -s TERM 0.5 pvm run ever.jam --gas 4000000000 --trace both.bin.zst --segments both --segment-gas 1000; echo $?; pvm trace stats both.bin.zst >out; grep -c interrupted out; n=$(sed -n 's/^  instructions \([0-9]*\),.*/\1/p' out); pvm verify both >out; sed -n 2p out; grep -cE "(^| )($n|$((n - 1))) instructions" out
> 143
> 1
> refine, GP 0.7.2: unfinished
> 1

A difference, with context and code; the other way round; one that ends early.

$ sed '/^ *20 /s/t1=0x[0-9a-f]*/t1=0x99/' c.txt >/dev/null; pvm run sum.jam --gas 1000 --args 0x --trace s.txt >/dev/null; sed '/^ *7 /s/t1=0x13/t1=0x14/' s.txt >t.txt; pvm trace diff s.txt t.txt -c 1 --blob sum.jam
> the traces part at step 7
>   t1 after   0x13 in A, 0x14 in B
>
> A: s.txt
>            6 -      0x00000f  branch_ne_imm t0, 0, again                    995
> >          7 -      0x000009  add_64 t1, t1, t0                             994 t1=0x13
>            8 -      0x00000c  add_imm_64 t0, t0, -1                         993 t0=0x8
>
> B: t.txt
>            6 -      0x00000f  branch_ne_imm t0, 0, again                    995
> >          7 -      0x000009  add_64 t1, t1, t0                             994 t1=0x14
>            8 -      0x00000c  add_imm_64 t0, t0, -1                         993 t0=0x8
>
> code
>   0x000008  fallthrough
> > 0x000009  add_64 t1, t1, t0
>   0x00000c  add_imm_64 t0, t0, -1
? 1
$ { sed -n '1,6p' s.txt; echo '# end halt, pc 31, gas 963, 37 steps'; } >short.txt; pvm trace diff s.txt short.txt -c 0 | head -n 2; pvm run sum.jam --gas 999 --args 0x --trace g.bin >/dev/null; pvm trace diff g.bin s.txt -c 0 | head -n 2
> the traces part at step 4
>   A has an instruction, B ends
> the traces part at step 1
>   gas        999 in A, 1000 in B

Host calls whose registers agree and whose memory does not: up to 8 octets are shown, of more a sum.

$ pvm asm fetch.s -o fetch.jam; f() { pvm run fetch.jam --payload $1 --trace $2 >/dev/null; }; f 0x0102030405060708 a.bin; f 0x0102030405060709 b.txt; f 0x010203040506070809 d.bin; f 0x010203040506070801 e.jsonl; pvm trace diff a.bin b.txt -c 0; pvm trace diff d.bin e.jsonl -c 0 | sed -n '2s/#0x[0-9a-f]\{8,16\}/#SUM/gp'; pvm trace diff a.bin b.txt --ignore calls; pvm trace convert d.bin -o d.txt; grep -c ' w9.0x20000.#0x[0-9a-f]*$' d.txt; pvm trace diff d.txt d.bin; sed 's/ w8.*//' b.txt | pvm trace diff b.txt - -c 0 | head -n 2
> the traces part behind step 7
>   memory     w8[0x20000]=0x807060504030201 in A, w8[0x20000]=0x907060504030201 in B
>
> A: a.bin
> >            -                host call 1 fetch, gas 4999999992 -> 4999999982 a0=0x8 w8[0x20000]=0x807060504030201
>
> B: b.txt
> >            -                host call 1 fetch, gas 4999999992 -> 4999999982 a0=0x8 w8[0x20000]=0x907060504030201
>   memory     w9[0x20000]#SUM in A, w9[0x20000]#SUM in B
> no difference in 10 instructions and 0 host calls
> 1
> no difference in 10 instructions and 1 host calls
> the traces part behind step 7
>   ranges     1 in A, 0 in B

Logs of others: each style, registers and gas before or after; host calls are passed over.

$ pvm run log.jam --gas 1000 --args 0x --trace l.bin >/dev/null 2>&1; pvm run log.jam --gas 1000 --args 0x --trace l.full --trace-full >/dev/null 2>&1; pvm trace diff l.bin l.full; pvm trace diff l.full l.bin
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
$ sed 's/^ *\([0-9]*\): PC *\([0-9]*\) \([A-Z0-9_]*\) *g=\([0-9]*\) reg=\(.*\)/12:33 x \3 \1 \2 Gas: \4 Registers:\5/' l.full >l.1; sed 's/^ *\([0-9]*\): PC *\([0-9]*\) \([A-Z0-9_]*\) *g=\([0-9]*\) reg=\(.*\)/TRACE[1] s step=\1 pc=\2 opcode=\3 g=\4 reg="\5"/' l.full >l.2; { echo begin; cat l.1; } >l.3; for f in l.1 l.2 l.3; do pvm trace diff l.bin $f; pvm trace diff $f l.full; done
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
$ printf 'JUMP step: 1 pc: 0 gas: 1000\nLOAD_IMM step: 2 pc: 5 gas: 999\nLOAD_IMM step: 3 pc: 8 gas: 997\n' >g.log; pvm trace diff l.bin g.log -c 0 | head -n 2; sed 3d g.log | pvm trace diff - l.bin -c 0 | head -n 2
> the traces part at step 3
>   gas        998 in A, 997 in B
> the traces part at step 3
>   A ends, B has an instruction
$ printf '[TRACE polkavm::interpreter] 0: jump 5\n[TRACE polkavm::interpreter] 5: a0 = 2\n[TRACE polkavm::interpreter] a0 = 0x3\n' >p.log; pvm trace diff l.bin p.log -c 0 | head -n 2
> the traces part at step 2
>   a0 after   0x2 in A, 0x3 in B
$ pvm trace show p.log --blob log.jam | grep -v program
> # trace 1 gp 0.7.2 log
> # filter part
>          - -      0x000000  jump start                                      -
>          - -      0x000005  load_imm a0, 2                                  - a0=0x3
> # end part, pc 5, gas 0, 0 steps
$ echo nothing | pvm trace show -
! pvm: standard input: neither a trace of pvm nor a log with a line that tells of an instruction
? 3

Part of a trace, and sums.

$ pvm trace show s.txt --from 36 | tail -n 3; pvm trace show s.txt --count 1 --filter op=add_64 | tail -n 2
>         36 -      0x00001c  load_imm a1, 8                                965 a1=0x8
>         37 -      0x00001f  jump_ind ra, 0                                964
> # end halt, pc 31, gas 963, 37 steps
>          4 -      0x000009  add_64 t1, t1, t0                             997 t1=0xa
> # end part, pc 9, gas 997, 4 steps

What is only a part has an end all the same, and is a trace like any other.

$ for x in txt jsonl bin; do pvm trace convert s.txt -o part.$x --from 5 --count 7 --blob sum.jam; pvm trace stats part.$x | sed -n '2p;6p'; pvm trace diff part.$x s.txt; pvm trace diff s.txt part.$x; done | sort | uniq -c | tr -s ' '
>  3 end part, pc 12, gas 990
>  3 instructions 7, 0 of them in inner machines
>  6 no difference in 7 instructions and 0 host calls

So is what comes of a log. Registers in it are those after the instruction; gas before it is that of the line before,
unless a host call came between.

$ pvm trace convert l.full -o log.txt; pvm trace convert l.full -o log.jsonl; sed -n '3p;9,12p' log.txt; pvm trace diff log.txt log.jsonl; pvm trace diff log.jsonl l.bin --ignore calls; pvm trace diff l.full log.txt; pvm trace convert l.full -o again.full --full; cmp l.full again.full
>          1 -      0x000000  jump                                            - ra=0xffff0000 sp=0xfefe0000 t0=0x0 t1=0x0 t2=0x0 s0=0x0 s1=0x0 a0=0xfeff0000 a1=0x0 a2=0x0 a3=0x0 a4=0x0 a5=0x0
>          7 -      0x000018  ecalli                                        994
>          8 -      0x00001a  load_imm                                        - a0=0x10009
>          9 -      0x00001f  load_imm                                      982 a1=0x8
>         10 -      0x000022  ecalli                                        981
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
> no difference in 15 instructions and 0 host calls
$ sed 's/65545/65546/' l.full | pvm trace convert - -o odd.txt; pvm trace diff odd.txt l.bin --ignore calls -c 0 | sed -n 2p; pvm trace convert l.full -o log.bin --blob log.jam
>   a0 after   0x1000a in A, 0x10009 in B
! pvm: trace: the binary form needs all registers and gas, which the trace does not say of step 1
? 2

What stands behind the end is passed over, as a mark of UTF-8 in front is.

$ for x in txt jsonl bin txt.zst bin.zst; do { cat c.$x; echo more; } >more.$x; pvm trace diff c.txt more.$x; done | sort | uniq -c | tr -s ' '; { printf '\357\273\277'; cat c.jsonl; } >marked; pvm trace diff marked c.bin; { printf '\357\273\277'; cat c.txt; } | pvm trace diff - c.bin
>  5 no difference in 14 instructions and 2 host calls
> no difference in 14 instructions and 2 host calls
> no difference in 14 instructions and 2 host calls

Packed, it must be whole all the same: the last octets are the frame's checksum.

$ for x in txt jsonl bin; do head -c -1 c.$x.zst >short.zst; pvm trace diff c.txt short.zst; done | sort | uniq -c | tr -s ' '
>  3 no difference in 14 instructions and 2 host calls up to where one is broken
! pvm: short.zst: zstd data ends in the middle of a frame
! pvm: short.zst: zstd data ends in the middle of a frame
! pvm: short.zst: zstd data ends in the middle of a frame

A trace on a pipe, with the report of the run behind it.

$ for x in text json binary; do pvm run sum.jam --gas 1000 --args 0x --trace - --trace-form $x | pvm trace diff - s.txt; done
> no difference in 37 instructions and 0 host calls
> no difference in 37 instructions and 0 host calls
> no difference in 37 instructions and 0 host calls
$ pvm trace stats c.bin | head -n 11
> c.bin
>   instructions 14, 3 of them in inner machines
>   gas          14 of instructions, 20 of host calls
>   memory       0 loads of 0 octets, 1 stores of 8, 1 refused
>   host calls   2
>   end          panic, pc 41, gas 969
> instructions
>              6   42.9%  load_imm
>              2   14.3%  ecalli
>              1    7.1%  trap
>              1    7.1%  fallthrough

Broken files: one line each, and what stands before.

$ head -n 5 s.txt | pvm trace show - | tail -n 1
>          2 -      0x000005  load_imm t0, 10                               999 t0=0xa
! pvm: standard input: it is cut off: its end is missing
$ head -n 5 s.txt >cut.txt; pvm trace show cut.txt >/dev/null; pvm trace stats cut.txt | sed -n '2,6p'; pvm trace diff s.txt cut.txt
>   instructions 2, 0 of them in inner machines
>   gas          2 of instructions, 0 of host calls
>   memory       0 loads of 0 octets, 0 stores of 0, 0 refused
>   host calls   0
> instructions
> no difference in 2 instructions and 0 host calls up to where one is broken
! pvm: cut.txt: it is cut off: its end is missing
! pvm: cut.txt: it is cut off: its end is missing
! pvm: cut.txt: it is cut off: its end is missing
? 3

$ head -c 200 c.bin | pvm trace show -; head -c 100 c.bin.zst | pvm trace stats -; head -n 5 c.txt | pvm trace stats - >/dev/null; head -c 9 c.bin | pvm trace stats -
! pvm: standard input: block at octet 9: the trace is cut off
! pvm: standard input: zstd data ends in the middle of a frame
! pvm: standard input: it is cut off: its end is missing
! pvm: standard input: block at octet 9: the trace is cut off
? 3
$ printf 'PVMTRACE\2' | pvm trace stats -; printf 'PVMTRACE\1\377\377\377\377aaaaaaaa' | pvm trace stats -; printf 'PVMTRACE\1\1\0\0\0aaaaaaaab' | pvm trace stats -; head -c 300 /dev/zero | tr '\0' x | pvm trace stats -
! pvm: standard input: version 2 of the format, 1 is known
! pvm: standard input: block at octet 9: a length beyond what blocks have
! pvm: standard input: block at octet 9: its checksum is not that of its octets
! pvm: standard input: neither a trace of pvm nor a log with a line that tells of an instruction
? 3
$ { head -n 4 s.txt; echo what; } | pvm trace stats - >/dev/null; sed 's/^{"step":2,.*/{"step":2,/' c.jsonl | pvm trace stats - >/dev/null; sed 's/gp 0.7.2/gp 9.9/' s.txt | pvm trace stats -; head -c 70000 /dev/zero | tr '\0' x | pvm trace stats -
! pvm: standard input: line 5: neither an instruction nor a host call
! pvm: standard input: line 5: JSON:1:11: expected a key in quotes, got the end
! pvm: standard input: it is of GP "9.9", which is not known
! pvm: standard input: neither a trace of pvm nor a log with a line that tells of an instruction
? 3
$ { head -n 4 s.txt; head -c 70000 /dev/zero | tr '\0' x; } | pvm trace stats - >/dev/null
! pvm: standard input: line 5: longer than 65536 octets, no trace
? 3

A file that is standard output, by whatever name, has the trace ahead of the report; no file has two things.

$ for f in - /dev/stdout o.txt; do pvm run sum.jam --gas 1000 --args 0x --trace $f >o.txt; pvm trace diff o.txt s.txt; grep -c outcome o.txt; done | sort | uniq -c | tr -s ' '
>  3 1
>  3 no difference in 37 instructions and 0 host calls
$ cp sum.jam own.jam; echo '{}' >f.json; pvm run own.jam --trace ./own.jam; pvm run sum.jam --trace two.txt --ecalli-trace two.txt; pvm run sum.jam --fixture f.json --record f.json; pvm run sum.jam --accumulate --profile p --write-state p; cmp own.jam sum.jam; cat f.json; ls two.txt p 2>/dev/null
! pvm: run: --trace: ./own.jam is used for something else already
! pvm: run: --ecalli-trace: two.txt is used for something else already
! pvm: run: --record: f.json is used for something else already
! pvm: run: --write-state: p is used for something else already
> {}
? 2

Files that cannot be written or read, and wrong words.

$ pvm run sum.jam --trace /dev/full --trace-form binary 2>&1 >/dev/null; pvm run sum.jam --trace /nowhere/x.txt 2>&1; pvm trace show /nowhere/x.txt
> pvm: /dev/full: No space left on device
> pvm: /nowhere/x.txt: No such file or directory
! pvm: /nowhere/x.txt: No such file or directory
? 4
$ pvm trace convert s.txt -o /dev/full
! pvm: /dev/full: No space left on device
? 4
$ pvm trace convert s.txt -o s.txt
! pvm: trace: s.txt: would be overwritten by its own output
? 2
$ pvm trace diff s.txt; pvm trace show s.txt t.txt; pvm trace list s.txt; pvm trace convert s.txt; pvm trace stats s.txt -o x; pvm trace diff - -; pvm trace diff s.txt t.txt -c 65
! pvm: trace diff: 2 files expected, 1 given
! pvm: trace show: 1 file expected, 2 given
! pvm: trace: no action "list", there are diff, show, stats and convert
! pvm: trace convert: -o FILE is missing
! pvm: trace stats: --output is no option of it
! pvm: trace diff: both are standard input
! pvm: trace diff: --context 65: at most 64
? 2
