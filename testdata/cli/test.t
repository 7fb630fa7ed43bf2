pvm test: what it prints, and wrong uses. What it does with each kind of file, with many workers and
with broken files is in scripts/test-suite.sh.

$ pvm test table.json scenario.json
> FAIL table.json: 0.7.2, accumulate, row 3: wrong on purpose [yield]: direct: r7: expected WHO, got OK
> set              GP               passed    failed   skipped
> host-calls       0.7.2                 2         1         0
> host-calls       0.8.0                 1         0         1
> scenarios        0.7.2                 3         0         0
> skipped: 1: shown with 0.7.2
> 6 passed, 1 failed, 1 skipped, in 2 files
? 1

$ pvm test table.json --gp 0.8.0 --verbose
> pass table.json: 0.8.0, accumulate, row 1: good [yield]
> skip table.json: 0.8.0, accumulate, row 2: no memory [yield]: shown with 0.7.2
> set              GP               passed    failed   skipped
> host-calls       0.8.0                 1         0         1
> skipped: 1: shown with 0.7.2
> 1 passed, 0 failed, 1 skipped, in 1 file

All that differs, with --verbose.

$ pvm test table.json --verbose | grep -A 2 ^FAIL
> FAIL table.json: 0.7.2, accumulate, row 3: wrong on purpose [yield]: direct: r7: expected WHO, got OK
>      direct: r8: expected 5, got 0x8888888888888888
>      direct: gas: expected 11, got 10

$ pvm test table.json --tap --gp 0.8.0
> TAP version 13
> ok 1 - host-calls 0.8.0: table.json: 0.8.0, accumulate, row 1: good [yield]
> ok 2 - host-calls 0.8.0: table.json: 0.8.0, accumulate, row 2: no memory [yield] # SKIP shown with 0.7.2
> 1..2
> # set              GP               passed    failed   skipped
> # host-calls       0.8.0                 1         0         1
> # skipped: 1: shown with 0.7.2
> # 1 passed, 0 failed, 1 skipped, in 1 file

$ pvm test table.json --json --gp 0.8.0 | head -n 8
> {
>   "tests": [
>     {
>       "set": "host-calls",
>       "gp": "0.8.0",
>       "file": "table.json",
>       "name": "0.8.0, accumulate, row 1: good [yield]",
>       "verdict": "passed"

A word that is no vector, a cut one, none at all.

$ pvm test sum.s
> not run: 1 file: no test vectors (1 .s)
> 0 passed, 0 failed, 0 skipped, in 0 files
! pvm: sum.s: no kind of test file that pvm knows
? 3

$ head -c 100 table.json >cut.json; pvm test cut.json
> FAIL cut.json: 6:10: expected ':', got the end
> ...
? 1

$ pvm test --filter 'n*thing' .
> ...
> 0 passed, 0 failed, 0 skipped, in 0 files
! pvm: no test was found
? 3

Names with what a terminal takes for commands.

$ printf '{' >"$(printf 'a\033[1m\nb.json')"; pvm test "$(printf 'a\033[1m\nb.json')" | cat -v | sed -n 1p
> FAIL a\x1b[1m\x0ab.json: 1:2: expected a key in quotes, got the end

Wrong uses.

$ pvm test
! pvm: test: an argument is missing, expected: PATH... [--gp VERSION] [--jobs N] [--filter GLOB] [OPTION]...
? 2

$ pvm test missing.json table.json
! pvm: missing.json: No such file or directory
? 4

$ pvm test -
! pvm: test: standard input has no name to tell a version by; name files and folders
? 2

$ for shard in 0/2 3/2 1 1/ /1 a/b 1/0 -1/2; do pvm test table.json --shard=$shard 2>/dev/null; echo $?; done | uniq -c | tr -d ' '
> 82

$ pvm test table.json --shard 3/2
! pvm: test: --shard: expected K/N with K from 1 to N, got "3/2"
? 2

$ pvm test table.json --jobs 0
! pvm: test: --jobs: 1 to 512, got 0
? 2

$ pvm test table.json --from 5 --to 4
! pvm: test: no trace is numbered from 5 to 4
? 2

$ pvm test table.json --tap --json
! pvm: test: --tap and --json exclude each other
? 2

$ pvm test table.json --gp 9.9
! ...
? 2

$ pvm test table.json --junit no/such.xml
! pvm: no/such.xml: No such file or directory
? 4

$ pvm test table.json --gp 0.8.0 >/dev/full
! pvm: standard output: No space left on device
? 4
