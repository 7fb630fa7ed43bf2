Where gas goes. calls.s says who calls whom how often; its functions have 10, 6 and 2 instructions,
the jump at the entry is one, the host call costs 10.

$ pvm asm calls.s -o calls.jam && pvm run calls.jam --profile-folded folded --profile scope.json | grep gas
>   gas          41 used of 4999999999, 4999999958 left
> ...

$ cat folded
> 0x0 1
> main 10
> main;leaf 4
> main;middle 12
> main;middle;leaf 4
> main;ecalli gas 10

The same without symbols: functions are what was called.

$ mv calls.jam nosym.jam; pvm run nosym.jam --profile-folded folded >/dev/null; cat folded
> 0x0 11
> 0x0;0x31 4
> 0x0;0x21 12
> 0x0;0x21;0x31 4
> 0x0;ecalli gas 10

The same in speedscope's format: ends of the four profiles, then what every sample and weight must be.

$ grep -o '"endValue": [0-9]*' scope.json
> "endValue": 41
> "endValue": 31
> "endValue": 31
> "endValue": 10

$ head -n 2 scope.json; grep '"name": ".* by ' scope.json
> {
>   "$schema": "https://www.speedscope.app/file-format-schema.json",
>       "name": "gas by call path",
>       "name": "instructions by call path",
>       "name": "gas by basic block",
>       "name": "gas by host call",

Instructions, blocks and pages.

$ pvm run nosym.jam --stats | grep -A 30 statistics
> statistics: 31 instructions, 31 gas without host calls, all machines together
>
> | instruction   | times | share |
> |---------------|-------|-------|
> | jump_ind      | 7     | 22.6% |
> | load_imm_jump | 6     | 19.4% |
> | load_imm      | 5     | 16.1% |
> | add_imm_64    | 5     | 16.1% |
> ...
> |         | 0x31  |      | 8            | 25.8% | 8   |
> |         | 0x21  |      | 6            | 19.4% | 6   |
> |         | 0x2a  |      | 6            | 19.4% | 6   |
> ...
> | machine | pages read | written |
> |---------|------------|---------|
> | -       | 1          | 1       |

With --json they go where they disturb nobody.

$ pvm run nosym.jam --stats --json >report.json
! ...
! statistics: 31 instructions, 31 gas without host calls, all machines together
! ...

Machines stand below the host call that runs them; this one runs two instructions.

$ pvm asm nested.s -o nested.jam && pvm run nested.jam --profile-folded folded >/dev/null; cat folded
> 0x0 1
> main 8
> main;ecalli machine 10
> main;ecalli invoke 10
> main;ecalli invoke;machine 0;0x0 2

Where the outer machine pays for the inner one, that gas is the inner one's, so that all together is
what the run used.

$ pvm asm nested.s --gp 0.8.0 -o nested.jam && pvm run nested.jam --gp 0.8.0 --profile-folded folded | grep 'gas  '; awk '{ sum += $NF } END { print sum }' folded; grep ecalli folded | cut -d ' ' -f 2-
>   gas          2971 used of 4999999999, 4999997028 left
> 2971
> machine 1863
> invoke 968
> invoke;machine 0;0x0 22

A raw program.

$ printf '\0\0\5\63\7\5\62\0\11' >five.raw; pvm run five.raw --profile-folded folded >/dev/null; cat folded
> 0x0 2

A start where nothing is runs a trap.

$ pvm run five.raw --entry 1 --gas 9 --profile-folded folded --stats | grep -E 'gas  |statistics|trap  '; cat folded
>   gas          1 used of 9, 8 left
> statistics: 1 instructions, 1 gas without host calls, all machines together
> | trap        | 1     | 100.0% |
> 0x1 1

A semicolon in a name would be a caller; an access that is refused touches no page.

$ printf 'load_u8 a0, [0x20000]\nret\n' >odd.s; pvm asm odd.s -f raw -o odd.pvm; echo '0x00000000 run;it' >>odd.pvm.sym
$ pvm run odd.pvm --profile-folded folded --stats | tail -n 1; cat folded
> | -       | 0          | 0       |
> run:it 1

Recursion deeper than what is kept counts for the deepest, and one return ends all of it: main saves
where dive returns to, dive's 300th call goes there at once. What comes then is main's again: 3 of main,
3 of each dive but 4 of the last, one of main and leaf each.

$ printf 'main: li a0, 300\nload_imm s0, jt(main.back)\nload_imm_jump ra, jt(main.back), dive\nmain.back: load_imm_jump ra, jt(main.end), leaf\nmain.end: trap\ndive: add_imm_64 a0, a0, -1\nbranch_eq_imm a0, 0, dive.out\nload_imm_jump ra, jt(dive.on), dive\ndive.on: trap\ndive.out: move_reg ra, s0\njump_ind ra, 0\nleaf: trap\n' >deep.s
$ pvm asm deep.s -f raw -o deep.pvm && pvm run deep.pvm --gas 100000 --profile-folded folded | grep 'gas  '; awk '{ sum += $NF } END { print NR, sum }' folded; grep -v 'dive;dive' folded
>   gas          906 used of 100000, 99094 left
> 129 906
> main 4
> main;dive 3
> main;leaf 1

$ pvm run nosym.jam --profile /nowhere/x >/dev/null
! pvm: /nowhere/x: No such file or directory
? 4
