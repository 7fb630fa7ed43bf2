What pvm debug shows. Steps, positions and gas are counted by hand in the sources beside this file: an
instruction and the jump at the entry are one step and one gas each, a host call is 10 more.

$ for f in sum log calls child accumulate debug_twice; do [ $f = child ] && pvm asm inner.s -f raw; pvm asm $f.s -o $f.jam || exit; done

It stops before the first instruction, and the end of input is quit.

$ pvm debug sum.jam --gas 1000
> step 0: outer machine, pc 0 = 0x0, gas 1000
>   > 0x000000  jump start

Breakpoints are places: positions, symbols, lines. `again` comes by at steps 3, 6, 9.

$ printf '%s\n' 'break again' continue c where | pvm debug sum.jam --gas 1000
> ...
> breakpoint 1: again
> breakpoint 1: again
> step 3: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 997
>              again:
>   > 0x000009  add_64 t1, t1, t0
> breakpoint 1: again
> step 6: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 994
>              again:
>   > 0x000009  add_64 t1, t1, t0
> step 6: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 994
>              again:
>   > 0x000009  add_64 t1, t1, t0

$ printf '%s\n' 'b 0xc' 'b again+6' 'b 6' | pvm debug sum.jam 2>&1 | tail -n 3
> breakpoint 1: 0xc
> breakpoint 2: again+6
> pvm: standard input:3: break: 6 = 0x6 is no instruction

Line 7 of sum.s is a label: the next line with code is meant. The macro's instructions have the lines of its
calls, so that line 12 begins at step 4.

$ printf '%s\n' 'b sum.s:7' c | pvm debug sum.jam --gas 1000 | tail -n 3
> step 3: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 997
>              again:
>   > 0x000009  add_64 t1, t1, t0

$ printf '%s\n' 'b :12' c s 'b nowhere.s:1' | pvm debug debug_twice.jam --gas 100 2>&1 | tail -n 6
> breakpoint 1: :12
> step 4: outer machine, pc 15 = 0xf (start+10) debug_twice.s:12, gas 96
>   > 0x00000f  load_imm t1, 2
> step 5: outer machine, pc 18 = 0x12 (start+13) debug_twice.s:12, gas 95
>   > 0x000012  store_ind_u32 t1, [t0]
> pvm: standard input:4: no code is known to come from nowhere.s:1 or behind it

Host calls by name, by number, all; one that the profile lacks is refused. log is step 6, export step 9,
gas 10, 77 step 11.

$ printf '%s\n' 'b call log' 'b call 7' 'b call 77' 'b call nonsense' c c c c | pvm debug log.jam --gas 1000 2>&1 | grep -E 'step|pvm'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> pvm: standard input:4: break call: GP 0.7.2 has no host call "nonsense"
> step 6: outer machine, pc 24 = 0x18 (start+19) log.s:9, gas 994
> step 9: outer machine, pc 34 = 0x22 (start+29) log.s:12, gas 981
> step 11: outer machine, pc 37 = 0x25 (start+32) log.s:14, gas 959
> the run ended after 15 steps: halt: jump to the halt address 0xffff0000

Lines of the log are shown once, when the run first comes by.

$ printf '%s\n' 'b call' c c rc c 'info log' restart c | pvm debug log.jam --gas 1000 2>&1 >/dev/null | cut -d ' ' -f 4-
> test hello

$ printf '%s\n' 'info log' 'info exports' 'goto 10' 'info log' 'info exports' 'info calls' | pvm debug log.jam --gas 1000 2>/dev/null | sed -n '3,4p;7,$p'
> nothing was logged yet
> no segment was exported yet
> INFO test hello
>    0  0x0102030405060708, then zeros
> export               1 call, gas 10
> log                  1 call, gas 10

Gas marks: 990 is reached where step 10 comes, not before.

$ printf '%s\n' 'b gas 990' c 'p gas' c | pvm debug sum.jam --gas 1000
> ...
> breakpoint 1: gas 990
> breakpoint 1: gas 990
> step 10: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 990
>   > 0x00000c  add_imm_64 t0, t0, -1
> 990 = 0x3de
> the run ended after 37 steps: halt: jump to the halt address 0xffff0000
> pc 31 = 0x1f (again+22) sum.s:14, gas 963
> output 0x3700000000000000 (8 octets)

Memory: the word is written at steps 3, 5 and 7 and read at step 8; a stop comes behind.

$ printf '%s\n' 'watch 0x20003' c c c c | pvm debug debug_twice.jam --gas 100 | grep -E '^(breakpoint|step)'
> step 0: outer machine, pc 0 = 0x0, gas 100
> breakpoint 1: watch 0x20003
> breakpoint 1: watch 0x20003: write of 4 octets at 0x00020000 by pc 13 = 0xd
> step 4: outer machine, pc 15 = 0xf (start+10) debug_twice.s:12, gas 96
> breakpoint 1: watch 0x20003: write of 4 octets at 0x00020000 by pc 18 = 0x12
> step 6: outer machine, pc 20 = 0x14 (start+15) debug_twice.s:13, gas 94
> breakpoint 1: watch 0x20003: write of 4 octets at 0x00020000 by pc 23 = 0x17
> step 8: outer machine, pc 25 = 0x19 (start+20) debug_twice.s:14, gas 92

$ printf '%s\n' 'rwatch 0x20000:8' c c | pvm debug debug_twice.jam --gas 100 | grep -E '^(breakpoint|step 9|the)'
> breakpoint 1: rwatch 0x20000:8
> breakpoint 1: rwatch 0x20000:8: read of 4 octets at 0x00020000 by pc 25 = 0x19
> step 9: outer machine, pc 27 = 0x1b (start+22) debug_twice.s:15, gas 91
> the run ended after 13 steps: halt: jump to the halt address 0xffff0000

$ printf '%s\n' 'awatch 0x20004' c c | pvm debug debug_twice.jam --gas 100 | grep -E '^(breakpoint 1: .*:|the)'
> breakpoint 1: awatch 0x20004: write of 4 octets at 0x00020004 by pc 27 = 0x1b
> the run ended after 13 steps: halt: jump to the halt address 0xffff0000

Host calls access memory too: log reads its target, 4 octets at 0x10000, and the message, 5 behind it.

$ printf '%s\n' 'rwatch 0x10002:4' c | pvm debug log.jam --gas 1000 2>/dev/null | tail -n 4
> breakpoint 1: rwatch 0x10002:4: read of 4 octets at 0x00010000 by pc 24 = 0x18
> breakpoint 1: rwatch 0x10002:4: read of 5 octets at 0x00010004 by pc 24 = 0x18
> step 7: outer machine, pc 26 = 0x1a (start+21) log.s:10, gas 983
>   > 0x00001a  load_imm a0, 0x10009

tbreak stops once; disable, enable and delete.

$ printf '%s\n' 'tb again' 'b 0xc' 'disable 2' c 'info breakpoints' 'enable 2' 'b again' c d 'info breakpoints' c 'delete 9' | pvm debug sum.jam --gas 1000 2>&1 | grep -vE '^ *>|again:'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> breakpoint 1: again
> breakpoint 2: 0xc
> breakpoint 1: again
> step 3: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 997
>   2  0xc, rests
> breakpoint 3: again
> breakpoint 2: 0xc
> step 4: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 996
> there are no breakpoints
> the run ended after 37 steps: halt: jump to the halt address 0xffff0000
> pc 31 = 0x1f (again+22) sum.s:14, gas 963
> output 0x3700000000000000 (8 octets)
> pvm: standard input:12: delete: there is no breakpoint 9

Conditions: t0 is 5 at the sixth arrival, step 18; t0 below 3 and a sum above 50 come at step 27.

$ printf '%s\n' 'b again if t0 == 5' c 'condition 1 t0 < 3 && t1 > 50 || step == 99' 'info b' c 'condition 1' 'info b' c rc 'delete 1' 'b call gas if a0' 'b again if zz' 'b again if' 'tb 0xc if u8[0] == 1' c | pvm debug sum.jam --gas 1000 2>&1 | grep -vE '^ *>|again:'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> breakpoint 1: again if t0 == 5
> breakpoint 1: again if t0 == 5
> step 18: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 982
>   1  again if t0 < 3 && t1 > 50 || step == 99
> breakpoint 1: again if t0 < 3 && t1 > 50 || step == 99
> step 27: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 973
>   1  again
> breakpoint 1: again
> step 30: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 970
> breakpoint 1: again
> step 27: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 973
> breakpoint 2: call gas if a0
> pvm: standard input:12: b: if: "zz" is no number, register or symbol
> pvm: standard input:13: b: if: expected a condition
> breakpoint 3: 0xc if u8[0] == 1
> breakpoint 3: if: 1 octet at 0x00000000 may not be read
> breakpoint 3: 0xc if u8[0] == 1
> step 28: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 972

The word at 0x20000 is 2 when step 5 has written it.

$ printf '%s\n' 'watch t0 if u32[0x20000] == 2' 'goto 4' 'watch t0+3 if u32[0x20000] == 2' 'info b' c | pvm debug debug_twice.jam --gas 100 | grep -E '^(bre|step| +[0-9])'
> step 0: outer machine, pc 0 = 0x0, gas 100
> breakpoint 1: watch t0 if u32[0x20000] == 2 (0x00000000)
> step 4: outer machine, pc 15 = 0xf (start+10) debug_twice.s:12, gas 96
> breakpoint 2: watch t0+3 if u32[0x20000] == 2 (0x00020003)
>   1  watch t0 if u32[0x20000] == 2 (0x00000000)
>   2  watch t0+3 if u32[0x20000] == 2 (0x00020003)
> breakpoint 2: watch t0+3 if u32[0x20000] == 2: write of 4 octets at 0x00020000 by pc 18 = 0x12
> step 6: outer machine, pc 20 = 0x14 (start+15) debug_twice.s:13, gas 94

A line of a file whose name another one has too is not guessed.

$ mkdir one two; printf '    load_imm t0, 1\n' >one/x.s; printf '    load_imm t1, 1\n' >two/x.s; printf '%s\n' '.entry refine start' start: '.include "one/x.s"' '.include "two/x.s"' '    jump_ind ra, 0' >both.s; pvm asm both.s -o both.jam; printf '%s\n' 'b x.s:1' 'b ./two/x.s:1' 'b one/x.s:1' c c | pvm debug both.jam 2>&1 | grep -E '^(bre|pvm)'
> pvm: standard input:1: x.s may be one/x.s or two/x.s: say more of the path
> breakpoint 1: ./two/x.s:1 (two/x.s:1, pc 0x8)
> breakpoint 2: one/x.s:1 (one/x.s:1, pc 0x5)
> breakpoint 2: one/x.s:1
> breakpoint 1: ./two/x.s:1

Counts, and what people are used to type.

$ printf '%s\n' 'n 3' 'next 2' 'rn 3' 'n 20' 'rn 40' 'n 0' 's -1' stepi ni 'b leaf' 'c 3' 'n 2' run 'advance middle' 'info stack' 'x/2i pc' 'p $ra' | pvm debug calls.jam --gas 1000 2>&1 | grep -vE '^ *> |:$|^(pc|output)'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> step 3: outer machine, pc 10 = 0xa (main+5) calls.s:7, gas 997
> step 15: outer machine, pc 18 = 0x12 (main+13) calls.s:9, gas 985
> step 2: outer machine, pc 8 = 0x8 (main+3) calls.s:6, gas 998
> the run ended after 31 steps: halt: jump to the halt address 0xffff0000
> step 0: outer machine, pc 0 = 0x0, gas 1000
> pvm: standard input:6: n: expected how often, from 1 on
> pvm: standard input:7: s: expected how often, from 1 on
> step 1: outer machine, pc 5 = 0x5 (main) calls.s:5, gas 999
> step 2: outer machine, pc 8 = 0x8 (main+3) calls.s:6, gas 998
> breakpoint 1: leaf
> breakpoint 1: leaf
> step 16: outer machine, pc 49 = 0x31 (leaf) calls.s:23, gas 984
> step 18: outer machine, pc 22 = 0x16 (main+17) calls.s:10, gas 982
> breakpoint 1: leaf
> step 4: outer machine, pc 49 = 0x31 (leaf) calls.s:23, gas 996
> breakpoint 2: middle
> breakpoint 2: middle
> step 7: outer machine, pc 33 = 0x21 (middle) calls.s:16, gas 993
> #0  33 = 0x21 (middle) calls.s:16
> #1  14 = 0xe (main+9) calls.s:8
>     0x000024  store_ind_u64 ra, [sp]
> 4 = 0x4

The source, around the position or a place, then on; in hostile symbol files no more than files.

$ printf '%s\n' 'goto 4' list list list 'list again' 'l sum.s:1' 'l nowhere.s:1' | pvm debug sum.jam --gas 1000 2>&1 | tail -n +5
>      4  start:
>      5      load_imm t0, 10
>      6      fallthrough
>      7  again:
>      8      add_64 t1, t1, t0
> >    9      add_imm_64 t0, t0, -1
>     10      branch_ne_imm t0, 0, again
>     11      store_u64 t1, result
>     12      load_imm a0, result
>     13      load_imm a1, 8
>     14      jump_ind ra, 0
>     15  .bss
>     16  result: .space 8
> pvm: standard input:4: list: sum.s has no line 17
>      3  .entry refine start
>      4  start:
>      5      load_imm t0, 10
>      6      fallthrough
>      7  again:
>      8      add_64 t1, t1, t0
> >    9      add_imm_64 t0, t0, -1
>     10      branch_ne_imm t0, 0, again
>     11      store_u64 t1, result
>     12      load_imm a0, result
>     13      load_imm a1, 8
>      1  ; Adds up 10, 9, ... 1 and returns the sum in 8 octets.
>      2  .metadata "sum of ten"
>      3  .entry refine start
>      4  start:
>      5      load_imm t0, 10
>      6      fallthrough
>      7  again:
>      8      add_64 t1, t1, t0
> >    9      add_imm_64 t0, t0, -1
>     10      branch_ne_imm t0, 0, again
>     11      store_u64 t1, result
> pvm: standard input:7: no code is known to come from nowhere.s:1 or behind it

$ mkfifo pipe; for f in pipe /dev/zero gone.s; do sed "s|# file .*|# file $f|" sum.jam.sym >odd.sym; echo list | pvm debug sum.jam --symbols odd.sym 2>&1 | tail -n 1; done
> pvm: standard input:1: list: pipe: no file of source
> pvm: standard input:1: list: /dev/zero: no file of source
> pvm: standard input:1: list: gone.s: No such file or directory

step N, next over calls, finish, backtrace. main calls leaf at step 3, middle at step 6, which calls leaf
at step 9 and returns at step 14.

$ printf '%s\n' 's 3' n bt 'b leaf' n c bt fin d finish bt finish | pvm debug calls.jam --gas 1000 2>&1 | grep -vE '^ *>|leaf:|middle:'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> step 3: outer machine, pc 10 = 0xa (main+5) calls.s:7, gas 997
> step 6: outer machine, pc 14 = 0xe (main+9) calls.s:8, gas 994
> #0  14 = 0xe (main+9) calls.s:8
> breakpoint 1: leaf
> breakpoint 1: leaf
> step 10: outer machine, pc 49 = 0x31 (leaf) calls.s:23, gas 990
> breakpoint 1: leaf
> step 16: outer machine, pc 49 = 0x31 (leaf) calls.s:23, gas 984
> #0  49 = 0x31 (leaf) calls.s:23
> #1  18 = 0x12 (main+13) calls.s:9
> step 18: outer machine, pc 22 = 0x16 (main+17) calls.s:10, gas 982
> pvm: standard input:10: finish: no call led here, continue runs to the end
> #0  22 = 0x16 (main+17) calls.s:10
> pvm: standard input:12: finish: no call led here, continue runs to the end

$ printf '%s\n' 'goto 10' bt fin bt rfin rn rn | pvm debug calls.jam --gas 1000 2>&1 | grep -vE '^ *>|leaf:|middle:'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> step 10: outer machine, pc 49 = 0x31 (leaf) calls.s:23, gas 990
> #0  49 = 0x31 (leaf) calls.s:23
> #1  38 = 0x26 (middle+5) calls.s:18
> #2  14 = 0xe (main+9) calls.s:8
> step 12: outer machine, pc 42 = 0x2a (middle+9) calls.s:19, gas 988
> #0  42 = 0x2a (middle+9) calls.s:19
> #1  14 = 0xe (main+9) calls.s:8
> step 6: outer machine, pc 14 = 0xe (main+9) calls.s:8, gas 994
> step 3: outer machine, pc 10 = 0xa (main+5) calls.s:7, gas 997
> step 2: outer machine, pc 8 = 0x8 (main+3) calls.s:6, gas 998

Back in time shows what going forward showed: registers and memory at each of 37 steps, both ways.

$ look=$(printf 'x 0x20000\nregs\nwhere'); for i in $(seq 0 36); do echo "goto $i"; echo "$look"; done >on; for i in $(seq 36 -1 0); do echo "goto $i"; echo "$look"; done >back; (echo 'goto 36'; echo "$look"; for i in $(seq 36); do echo "rs"; echo "$look"; done) >steps

$ for f in on back steps; do pvm debug sum.jam --gas 1000 -x $f --batch | awk '/^step/ { s = $2 } { t[s] = t[s] $0 "\n" } END { for (i = 1; i < 37; i++) print t[i ":"] }' >$f.out; done; sort -u on.out >1; sort -u back.out >2; sort -u steps.out >3; cmp 1 2 && cmp 1 3 && grep -c '^step' 1
> 36

reverse-continue goes to the last stop before, with the same words as going on; before the first it is the start.

$ printf '%s\n' 'watch 0x20000' 'b :16' c c c c rc rc rc rc rc | pvm debug debug_twice.jam --gas 100 2>&1 | grep -E '^(breakpoint .*: .*:|step|nothing|pvm)'
> step 0: outer machine, pc 0 = 0x0, gas 100
> breakpoint 2: :16 (debug_twice.s:16, pc 0x1e)
> breakpoint 1: watch 0x20000: write of 4 octets at 0x00020000 by pc 13 = 0xd
> step 4: outer machine, pc 15 = 0xf (start+10) debug_twice.s:12, gas 96
> breakpoint 1: watch 0x20000: write of 4 octets at 0x00020000 by pc 18 = 0x12
> step 6: outer machine, pc 20 = 0x14 (start+15) debug_twice.s:13, gas 94
> breakpoint 1: watch 0x20000: write of 4 octets at 0x00020000 by pc 23 = 0x17
> step 8: outer machine, pc 25 = 0x19 (start+20) debug_twice.s:14, gas 92
> breakpoint 2: :16
> step 10: outer machine, pc 30 = 0x1e (start+25) debug_twice.s:16, gas 90
> breakpoint 1: watch 0x20000: write of 4 octets at 0x00020000 by pc 23 = 0x17
> step 8: outer machine, pc 25 = 0x19 (start+20) debug_twice.s:14, gas 92
> breakpoint 1: watch 0x20000: write of 4 octets at 0x00020000 by pc 18 = 0x12
> step 6: outer machine, pc 20 = 0x14 (start+15) debug_twice.s:13, gas 94
> breakpoint 1: watch 0x20000: write of 4 octets at 0x00020000 by pc 13 = 0xd
> step 4: outer machine, pc 15 = 0xf (start+10) debug_twice.s:12, gas 96
> nothing stops the run before that: at its start
> step 0: outer machine, pc 0 = 0x0, gas 100
> pvm: standard input:11: the run is at its start: nothing is before it

Back from the end, and no further on than that.

$ printf '%s\n' c s 'goto 99' rs restart 'goto 99' | pvm debug sum.jam --gas 1000 2>&1 | grep -E '^(step|the run|pvm)'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> the run ended after 37 steps: halt: jump to the halt address 0xffff0000
> pvm: standard input:2: the run has ended: only back from here
> pvm: standard input:3: goto: the run ended after 37 steps
> step 36: outer machine, pc 31 = 0x1f (again+22) sum.s:14, gas 964
> step 0: outer machine, pc 0 = 0x0, gas 1000
> pvm: standard input:6: goto: the run ended after 37 steps
> the run ended after 37 steps: halt: jump to the halt address 0xffff0000

$ printf '%s\n' 'goto 37' 'goto 38' 'echo on' | pvm debug sum.jam --batch
> ...
> the run ended after 37 steps: halt: jump to the halt address 0xffff0000
> ...
! pvm: standard input:2: goto: the run ended after 37 steps
? 2

A run of many steps keeps marks on the way, from which it goes on when it is made again. The k-th write is
behind step 1541 + 1538 (k - 1), when k 256 calls of gas are paid; the same is seen on and back, whatever else
was looked at between.

$ pvm asm debug_long.s -o debug_long.jam; printf 'watch 0x20000\n' >on; for k in $(seq 10); do printf 'c\np t0\nbt\nx/1uw 0x20000\n'; done >>on; for k in $(seq 9); do printf 'rc\np t0\nbt\nx/1uw 0x20000\n'; done >back; pvm debug debug_long.jam --gas 100000 -x on -x back --batch >out; grep -E '^step' out | sed -n '2,4p;11p'; grep -A 9 '^breakpoint 1: .* by' out | awk '/^breakpoint/ { n++ } { t[n] = t[n] $0 "\n" } END { for (i = 1; i < 10; i++) if (t[i] != t[20 - i]) print "differs", i; print n }'
> step 1542: outer machine, pc 29 = 0x1d (again+14) debug_long.s:16, gas 95898
> step 3080: outer machine, pc 29 = 0x1d (again+14) debug_long.s:16, gas 91800
> step 4618: outer machine, pc 29 = 0x1d (again+14) debug_long.s:16, gas 87702
> step 15384: outer machine, pc 29 = 0x1d (again+14) debug_long.s:16, gas 59016
> 19

$ look=$(printf 'bt\nregs\ninfo calls\nwhere'); printf '%s\n' 'goto 9000' "$look" 'goto 13001' "$look" >on; printf '%s\n' c 'goto 13001' "$look" 'goto 9000' "$look" >back; for f in on back; do pvm debug debug_long.jam --gas 100000 -x $f --batch | sort >$f.out; done; diff on.out back.out | grep -c '^<'; grep -c 'the run ended after 15387 steps' back.out
> 0
> 1

The same in the middle of what an inner machine does, whose parent exports, logs, and makes and removes
machines meanwhile: a run that came from later steps shows what one shows that was never further on. The
machine begins at step 17 and counts in t0, by 1 from each sixth step on, from step 19.

$ pvm asm debug_deep.s -f raw && pvm asm debug_outer.s -o debug_outer.jam; look=$(printf 'where\nregs\nbt\nx/2xg 0x20070\ninfo calls\ninfo exports\ninfo log\ninfo machines\ninfo memory\nmachine 0\nregs\nbt\nx/512xg 0x40000\ninfo memory'); steps='49270 45678 34567 23456 12400 12345 7777 6170 5000'; debug='pvm debug debug_outer.jam --gas 100000 --symbols debug_outer.jam.sym --symbols debug_deep.pvm.sym'; for s in $steps; do printf 'goto %s\n%s\n' $s "$look" | $debug 2>/dev/null | tail -n +3; done >on; (echo 'goto 49300'; for s in $steps; do printf 'goto %s\n%s\n' $s "$look"; done) | $debug 2>/dev/null | sed -n '/^step 49270/,$p' >back; cmp on back && grep -c '^step' back
> 27

$ printf '%s\n' 'goto 40000' 'goto 5000' 'p t0' 'rs 2' 'p t0' | pvm debug debug_outer.jam --gas 100000 2>/dev/null | grep -vE '>|start' | tail -n 4
> step 5000: machine 0, pc 9 = 0x9, gas 95017
> 831 = 0x33f
> step 4998: machine 0, pc 22 = 0x16, gas 95019
> 830 = 0x33e

A change before a mark: the count jumps to 2000 at step 5, so that 560 rounds and a write at 2048 and each 256
from there are left.

$ printf '%s\n' 'goto 9000' 'goto 5' 'set t0 2000' 'goto 2000' 'p t0' c 'goto 100' c rs 'p t0' undo 'goto 9000' 'p t0' | pvm debug debug_long.jam --gas 100000 | grep -E '^([0-9]|the)'
> 2332 = 0x91c
> the run ended after 3373 steps: halt: jump to the halt address 0xffff0000
> the run ended after 3373 steps: halt: jump to the halt address 0xffff0000
> 2560 = 0xa00
> 1498 = 0x5da

Changes: with t0 = 2 at step 4 the sum is 10 + 1, and one round is left. The change is made again after going
back, and undone.

$ printf '%s\n' 'goto 4' 'set t0 2' c 'goto 2' 'p t0' 'goto 4' 'p t0' 'info changes' undo 'p t0' 'info changes' c | pvm debug sum.jam --gas 1000 | grep -vE '^ *>|again:'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> step 4: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 996
> the run ended after 13 steps: halt: jump to the halt address 0xffff0000
> pc 31 = 0x1f (again+22) sum.s:14, gas 987
> output 0x0b00000000000000 (8 octets)
> step 2: outer machine, pc 8 = 0x8 (start+3) sum.s:6, gas 998
> 10 = 0xa
> step 4: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 996
> 2 = 0x2
>   1  step 4: t0 = 0x2
> step 4: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 996
> 10 = 0xa
> nothing was changed
> the run ended after 37 steps: halt: jump to the halt address 0xffff0000
> pc 31 = 0x1f (again+22) sum.s:14, gas 963
> output 0x3700000000000000 (8 octets)

The position: back at `again` with t0 still 10 at step 4, 10 is added once more, which takes a step more. Each
time the run comes by there it is given again; `goto` may end there, too.

$ printf '%s\n' 'goto 4' 'set pc again' 'p t0' rs 's 2' 'info changes' c restart 'goto 4' undo c 'set pc 0' rs 'set pc 1' | pvm debug sum.jam --gas 1000 2>&1 | grep -vE '^ *>|again:|^pc'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> step 4: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 996
> step 4: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 996
> 10 = 0xa
> step 3: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 997
> step 5: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 995
>   1  step 4: pc = 0x9
> the run ended after 38 steps: halt: jump to the halt address 0xffff0000
> output 0x4100000000000000 (8 octets)
> step 0: outer machine, pc 0 = 0x0, gas 1000
> step 4: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 996
> step 4: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 996
> the run ended after 37 steps: halt: jump to the halt address 0xffff0000
> output 0x3700000000000000 (8 octets)
> pvm: standard input:12: the run has ended: go back to change something
> step 36: outer machine, pc 31 = 0x1f (again+22) sum.s:14, gas 964
> pvm: standard input:14: set pc: 0x1 is no instruction

Behind a host call, and in a raw program: the call of gas at step 27 is made twice, and inner.pvm leaves out the
access that would fault, for its trap.

$ printf '%s\n' 'b call gas' c s 'set pc pc-1' 's 2' 'info calls' | pvm debug calls.jam --gas 1000 | grep '^gas'
> gas                  2 calls, gas 20

$ printf '%s\n' 'goto 2' 'set pc 9' c | pvm debug inner.pvm --gas 10 2>&1 | tail -n 2
> the run ended after 3 steps: panic: trap
> pc 9 = 0x9 (reads+5) inner.s:7, gas 7

Memory is changed whatever its access; the program then reads 0x0a0b at step 8.

$ printf '%s\n' 'goto 8' 'set u16 t0 0x0a0b' 'x/2xb t0' s 'p t2' 'set mem 0x20000 0xffffffff' 'x/1dw 0x20000' 'x/1uw 0x20000' 'set mem 0xffffffff 0x0000' 'set s9 1' 'set mem 0 0x1' | pvm debug debug_twice.jam 2>&1 | grep -vE '^ *>|^step'
> 0x00020000  0x0b 0x0a
> 2571 = 0xa0b
> 0x00020000  -1
> 0x00020000  4294967295
> pvm: standard input:9: set: 0xffffffff and what follows is not in 2^32
> pvm: standard input:10: set: "s9" is no register, nor gas, pc, mem, u8, u16, u32 or u64
> pvm: standard input:11: set mem: expected octets such as 0x00ff, got "0x1"

In the ways of others, too; what does not fit or goes nowhere is refused.

$ printf '%s\n' 'set $t0 = 1' 'set t1=7' 'set var t2 = t0+t1' 'set gas=5' 'p (t0 + t1) * 2 & 24' 'p t2' 'info changes' 'set t0 =' 'set mem 0x0 0x11' 'set u8 sp-1 256' 'set u8 sp-1 -128' 'set u16 sp-2 -32769' 'set mem sp-1 0x' 'p u8[sp-1]' 'p u16[u8[sp-1]' | pvm debug sum.jam 2>&1 | tail -n +3
> 16 = 0x10
> 8 = 0x8
>   1  step 0: t0 = 0x1
>   2  step 0: t1 = 0x7
>   3  step 0: t2 = 0x8
>   4  step 0: gas = 5
> pvm: standard input:8: set: expected what to change, and to what
> pvm: standard input:9: set: nothing is mapped at 0x00000000
> pvm: standard input:10: set u8: 0x100 has more than 8 bits
> pvm: standard input:12: set u16: 0xffffffffffff7fff has more than 16 bits
> pvm: standard input:13: set mem: expected octets such as 0x00ff, got "0x"
> 128 = 0x80
> pvm: standard input:15: expected ] at ""

Gas: 2 reach for two instructions; with 0 the next one, at step 1, is not executed, which ends that step.

$ printf '%s\n' 'goto 4' 'set gas 2' c restart undo s 'set gas 0' s | pvm debug sum.jam --gas 1000 | grep -E '^(the|pc)'
> the run ended after 6 steps: out-of-gas: no gas left for this instruction
> pc 9 = 0x9 (again) sum.s:8, gas 0
> the run ended after 2 steps: out-of-gas: no gas left for this instruction
> pc 5 = 0x5 (start) sum.s:5, gas 0

A host call answered by hand: gas gives 7, its own price is not charged, and it was not made. The answer stays
when the run comes by again.

$ printf '%s\n' answer 'b call gas' c 'set a1 9' 'answer 7' 'p a0' 'p a1' 'info calls' rs s 'p a0' undo undo s 'p a0' | pvm debug calls.jam --gas 1000 2>&1 | grep -vE '^ *>'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> pvm: standard input:1: answer: the run is at no host call
> breakpoint 1: call gas
> breakpoint 1: call gas
> step 27: outer machine, pc 26 = 0x1a (main+21) calls.s:11, gas 973
> step 28: outer machine, pc 27 = 0x1b (main+22) calls.s:12, gas 972
> 7 = 0x7
> 9 = 0x9
> no host call was made yet
> breakpoint 1: call gas
> step 27: outer machine, pc 26 = 0x1a (main+21) calls.s:11, gas 973
> step 28: outer machine, pc 27 = 0x1b (main+22) calls.s:12, gas 972
> 7 = 0x7
> step 28: outer machine, pc 27 = 0x1b (main+22) calls.s:12, gas 962
> ...
> 962 = 0x3c2

Inner machines: machine 0 gets 100 gas at step 9, and faults at step 11. step goes in, next goes over, finish
leaves. Names of its own come with --symbols.

$ printf '%s\n' 'b machine' c s 'p t0' 'info machines' 'machine outer' 'p a0' fin 'p a0' 'info machines' | pvm debug child.jam --gas 1000 --symbols child.jam.sym --symbols inner.pvm.sym
> ...
> breakpoint 1: machine
> breakpoint 1: machine
> step 9: machine 0, pc 0 = 0x0 (begin) inner.s:3, gas 100
>              begin:
>   > 0x000000  load_imm t0, 5
> step 10: machine 0, pc 3 = 0x3 (begin+3) inner.s:4, gas 99
>   > 0x000003  fallthrough
> 5 = 0x5
> machine 0: pc 3 = 0x3 (begin+3), invoked 1 time, runs with gas 99
> step 10: outer machine, pc 32 = 0x20 (start+27) child.s:12, gas 971
>   > 0x000020  branch_ne_imm a0, 0, failed
> 0 = 0x0
> step 12: outer machine, pc 32 = 0x20 (start+27) child.s:12, gas 971
>   > 0x000020  branch_ne_imm a0, 0, failed
> 2 = 0x2
> machine 0: pc 4 = 0x4 (reads), invoked 1 time, last page-fault at 0x50000

$ printf '%s\n' 'goto 8' s rs n rn 'b reads' 'b 3 in 0' 'b machine 0 step' c c c c | pvm debug child.jam --gas 1000 --symbols child.jam.sym --symbols inner.pvm.sym | grep -E '^(step|break)'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> step 8: outer machine, pc 30 = 0x1e (start+25) child.s:11, gas 982
> step 9: machine 0, pc 0 = 0x0 (begin) inner.s:3, gas 100
> step 8: outer machine, pc 30 = 0x1e (start+25) child.s:11, gas 982
> step 12: outer machine, pc 32 = 0x20 (start+27) child.s:12, gas 971
> step 8: outer machine, pc 30 = 0x1e (start+25) child.s:11, gas 982
> breakpoint 1: reads
> breakpoint 2: 3 in 0
> breakpoint 3: machine 0 step
> breakpoint 3: machine 0 step
> step 9: machine 0, pc 0 = 0x0 (begin) inner.s:3, gas 100
> breakpoint 2: 3 in 0
> breakpoint 3: machine 0 step
> step 10: machine 0, pc 3 = 0x3 (begin+3) inner.s:4, gas 99
> breakpoint 1: reads
> breakpoint 3: machine 0 step
> step 11: machine 0, pc 4 = 0x4 (reads) inner.s:6, gas 98

A change inside: with gas 0 the machine ends for want of it, which invoke tells as 4 (GP 0.7.2 B.1). It is
made again each time.

$ printf '%s\n' 'goto 10' 'set gas 0' s 'p a0' 'goto 3' 'goto 11' 'p a0' | pvm debug child.jam --gas 1000 | grep -vE '^ *>|start'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> ...
> 4 = 0x4
> ...
> 4 = 0x4

While another machine is shown nothing is changed. What an inner machine calls has no name, and reverse-finish
goes back to what invoked it.

$ printf '%s\n' 'goto 10' 'machine outer' 'set a0 1' 'set u8 sp-1 1' 'set pc 0' machine 'set a0 1' 'info changes' rfin | pvm debug child.jam --gas 1000 2>&1 | grep -vE '^ *>'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> step 10: machine 0, pc 3 = 0x3, gas 99
> step 10: outer machine, pc 32 = 0x20 (start+27) child.s:12, gas 971
> pvm: standard input:3: set: only the machine that runs can be changed, and another one is shown: see machine
> pvm: standard input:4: set: only the machine that runs can be changed, and another one is shown: see machine
> pvm: standard input:5: set: only the machine that runs can be changed, and another one is shown: see machine
> step 10: machine 0, pc 3 = 0x3, gas 99
>   1  step 10: a0 = 0x1
> step 8: outer machine, pc 30 = 0x1e (start+25) child.s:11, gas 982

$ printf '%s\n' 'b call 5 in 0' c | pvm debug debug_outer.jam --gas 100000 | tail -n 1
>   > 0x000019  ecalli 5

What its parent's calls do to its memory is seen there: pages clears it, peek reads 8 octets, poke writes 2.

$ printf '%s\n' 'awatch 0x40010 in 0 if step < 17' 'watch 0x40010:2 in 0 if step > 6163' 'rwatch 0x40007 in 0' c c c | pvm debug debug_outer.jam --gas 100000 2>/dev/null | grep -E '^breakpoint .*by|^step'
> step 0: outer machine, pc 0 = 0x0, gas 100000
> breakpoint 1: awatch 0x40010 in 0 if step < 17: write of 4096 octets at 0x00040000 by its parent, pc 28 = 0x1c
> step 10: outer machine, pc 30 = 0x1e (start+25) debug_outer.s:15, gas 99970
> breakpoint 3: rwatch 0x40007 in 0: read of 8 octets at 0x00040000 by its parent, pc 68 = 0x44
> step 6169: outer machine, pc 70 = 0x46 (again+36) debug_outer.s:28, gas 99938
> breakpoint 2: watch 0x40010:2 in 0 if step > 6163: write of 2 octets at 0x00040010 by its parent, pc 112 = 0x70
> step 6183: outer machine, pc 114 = 0x72 (again+80) debug_outer.s:42, gas 99894

The context of an accumulation: the account's storage before and after the write at step 5, a value of
"ABCD" under "jam".

$ printf '%s\n' 'info storage' 'b call write' c 'info storage' s 'info storage' 'info storage 9' rs 'info storage' | pvm debug accumulate.jam --accumulate 2>&1 | grep -E 'account|storage|ABCD"'
> account 0: balance 1000000000, 2 items, 1851 octets
> account 0: balance 1000000000, 2 items, 1851 octets
> account 0: balance 1000000000, 3 items, 1892 octets
>   storage
>     "jam" -> "ABCD" (4 octets)
> pvm: standard input:7: info storage: there is no account 9
> account 0: balance 1000000000, 2 items, 1851 octets

What is to stay of it, and what a panic would leave: the checkpoint stands before the second write, which removes
the entry again (41 octets), and the request, of two items and 81 + 3 octets.

$ printf '%s\n' 'info effects' c 'info effects' 'info effects exceptional' 'info storage' 'info effects x' 'info storage 1 2' | pvm debug accumulate.jam --accumulate 2>&1 | tail -n +3 | grep -vE '^pc|0x00|0x624c|storage$|preimages$'
> regular context
> ...
> regular context
>   account 0 changed: balance 1000000000, 4 items, 1935 octets
>   yield 0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7
>   privileges written
> exceptional context, as at the last checkpoint
>   account 0 changed: balance 1000000000, 3 items, 1892 octets
> account 0: balance 1000000000, 4 items, 1935 octets
> ...
>   requests
>     0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7, 3 octets: asked for
> pvm: standard input:6: info effects: expected exceptional, or nothing
> pvm: standard input:7: info storage: one account may follow

A transfer to an account that there is gets listed, and no more once the run is before it.

$ printf '%s' '{"services": [{"id": 5, "balance": 5000}, {"id": 7}]}' >two.json; printf '%s\n' 'info effects' 'b call transfer' c s 'info effects' rc 'info effects' | pvm debug accumulate.jam --accumulate --fixture two.json --service 5 2>&1 | grep -E 'transfer |regular|^pvm'
> regular context
> regular context
>   transfer to 7: amount 50, gas 5, memo "rent"
> regular context

What a refinement imports, and the account it may look up.

$ printf '%s' '{"work_package": {"items": [{"service": 7, "import_segments": [{"data": "0xc0ffee"}, {"data": {"text": "abc"}}]}]}, "services": [{"id": 7, "storage": [{"key": {"text": "jam"}, "value": {"text": "DOT"}}]}]}' >imports.json

$ printf '%s\n' 'info imports' 'info storage 1' 'info storage' | pvm debug log.jam --fixture imports.json 2>&1 | tail -n +3 | grep -vE 'preimages|requests|slots|0x00' | cut -d : -f -3 | cut -d , -f -2
>    0  0xc0ffee, then zeros
>    1  "abc", then zeros
> pvm: standard input:2
> account 7: balance 1000000000, 3 items
>   storage
>     "jam" -> "DOT" (3 octets)

Memory, instructions, values.

$ printf '%s\n' 'goto 1' 'info memory' 'x 0x10000' x 'x/s 0x10004' 'x/2s 0' 'dis start 2' 'p message' 'p -1' 'p a0+start-1' 'p zz' | pvm debug log.jam 2>&1 | tail -n +5
>   > 0x000005  load_imm a0, 2
> 0x00010000 to 0x00010fff  r
> 0xfefd0000 to 0xfefdffff  rw
> 0xfeff0000 to 0xfeff0fff  r
> 0x00010000  74 65 73 74 68 65 6c 6c  6f 01 02 03 04 05 06 07  testhello.......
> 0x00010010  08 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................
> 0x00010020  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................
> 0x00010030  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................
> 0x00010040  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................
> 0x00010050  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................
> 0x00010060  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................
> 0x00010070  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................
> 0x00010004  "hello\x01\x02\x03\x04\x05\x06\x07\x08"
> 0x00000000  ""...
>              start:
>   > 0x000005  load_imm a0, 2
>     0x000008  load_imm a1, 0x10000
> pvm: standard input:8: "message" is no number, register or symbol
> 18446744073709551615 = 0xffffffffffffffff = -1
> 4278124548 = 0xfeff0004
> pvm: standard input:11: "zz" is no number, register or symbol

Raw programs: inner.pvm faults at its third instruction, and has no host around it.

$ printf '%s\n' c rs 'info calls' | pvm debug inner.pvm --gas 10 2>&1
> step 0: outer machine, pc 0 = 0x0 (begin) inner.s:3, gas 10
>              begin:
>   > 0x000000  load_imm t0, 5
> the run ended after 3 steps: page-fault: load of 4 octets at 0x00050004: page 0x00050000 is not accessible
> pc 4 = 0x4 (reads) inner.s:6, gas 7
> step 2: outer machine, pc 4 = 0x4 (reads) inner.s:6, gas 8
>              reads:
>   > 0x000004  load_u32 t1, [0x50004]
> pvm: standard input:3: info: a raw program has no host around it

Scripts: files one behind the other, then standard input unless --batch; a command that fails ends a batch,
and elsewhere the rest of its file.

$ printf 'echo one\n' >1.txt; printf '# two\n\n  bogus\necho three\n' >2.txt; echo 'echo four' | pvm debug sum.jam -x 1.txt -x 2.txt 2>&1 | tail -n +3
> one
> pvm: 2.txt:3: unknown command "bogus", see help
> four

$ echo 'echo four' | pvm debug sum.jam -x 1.txt -x 2.txt --batch
> ...
> one
! pvm: 2.txt:3: unknown command "bogus", see help
? 2

$ echo 'echo four' | pvm debug sum.jam -x 1.txt --batch | tail -n 1
> one

$ printf 'echo a\nr\nre\n' | pvm debug sum.jam --batch
> ...
! pvm: standard input:3: "re" may be reverse-step or reverse-next
? 2

$ pvm debug sum.jam -x none.txt
! pvm: none.txt: No such file or directory
? 4

$ pvm debug - <sum.jam
! pvm: debug: commands come from standard input: give another file for -, or -x FILE --batch
? 2

$ pvm debug - -x 1.txt --batch <sum.jam | tail -n 1
> one

$ pvm debug sum.jam --json
! pvm: debug: --json is for pvm run: nothing is written here
? 2

help has a line for every command of the table, and help of each works.

$ echo help | pvm debug sum.jam | tail -n +3 | head -n -1 | awk '{ print "help " $1 }' >h; wc -l <h; pvm debug sum.jam -x h --batch >out && grep -c '^    in short' out
> 36
> 29

A limit ends the run like its own end, and one can go back from there.

$ printf '%s\n' c 'rs' | pvm debug sum.jam --max-gas 20 | tail -n 4
> the run ended after 20 steps: host limit: 20 gas are used, as much as may be
> pc 15 = 0xf (again+6) sum.s:10, gas 4999999979
> step 19: outer machine, pc 12 = 0xc (again+3) sum.s:9, gas 4999999980
>   > 0x00000c  add_imm_64 t0, t0, -1

SIGINT stops a run that would go on for long, with the prompt, and a batch for good. One that comes while
commands are taken counts for nothing, so it is sent until it was heard.

$ mkfifo in; rm -f out pid; (pvm debug sum.jam --entry again <in >out & echo $! >pid; wait) & exec 3>in; printf 'set t0 0\nc\n' >&3; until [ -s pid ]; do sleep 0.1; done; until grep -qs interrupted out; do kill -INT $(cat pid); sleep 0.1; done; echo 'echo alive' >&3; exec 3>&-; wait; grep -E 'interrupted|alive' out
> interrupted
> alive

$ rm -f out pid; printf 'set t0 0\necho ready\nc\n' >forever; (set -m; pvm debug sum.jam --entry again -x forever --batch >out & echo $! >pid; wait $!; echo $?) >code 2>/dev/null & until [ -s pid ] && grep -qs ready out; do sleep 0.1; done; kill -INT $(cat pid); wait; cat code
> 130
