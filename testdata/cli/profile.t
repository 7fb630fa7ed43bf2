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

A raw program.

$ printf '\0\0\5\63\7\5\62\0\11' >five.raw; pvm run five.raw --profile-folded folded >/dev/null; cat folded
> 0x0 2

$ pvm run nosym.jam --profile /nowhere/x >/dev/null
! pvm: /nowhere/x: No such file or directory
? 4
