pvm replay: tables of host calls.

What differs, both ways, and the exit code.

$ pvm replay table.json
> FAIL table.json: 0.7.2, accumulate, row 3: wrong on purpose [yield]
>     direct: r7: expected WHO, got OK
>     direct: r8: expected 5, got 0x8888888888888888
>     direct: gas: expected 11, got 10
>     direct: memory at 0x30000: expected 0x01000000000000000000000000000000, got 0x00000000000000000000000000000000
>     direct: unexpected: yield 0x41 x 32
> ...
>     guest: r7: expected WHO, got OK
> ...
>     guest: r7 as the guest stored it: expected WHO, got OK
> ...
> table.json: 3 passed, 1 failed, 1 left out
? 1

$ pvm replay table.json --gp 0.8.0 --verbose
> pass table.json: 0.8.0, accumulate, row 1: good [yield]
> skip table.json: 0.8.0, accumulate, row 2: no memory [yield]: shown with 0.7.2
> table.json: 1 passed, 0 failed, 1 left out

$ pvm replay table.json --direct | grep -c guest; pvm replay table.json --guest | grep -c direct
> 0
> 0
? 1

$ pvm replay table.json --direct --guest
! pvm: replay: --direct and --guest are both without either
? 2

For other programs.

$ pvm replay table.json --tap --gp 0.8.0
> TAP version 13
> 1..2
> ok 1 - table.json: 0.8.0, accumulate, row 1: good [yield]
> ok 2 - table.json: 0.8.0, accumulate, row 2: no memory [yield] # SKIP shown with 0.7.2

$ pvm replay table.json --tap | grep -A 1 'not ok'
> not ok 5 - table.json: 0.7.2, accumulate, row 3: wrong on purpose [yield]
> # direct: r7: expected WHO, got OK

$ pvm replay table.json --json --gp 0.8.0 | head -n 8
> {
>   "passed": 1,
>   "failed": 0,
>   "skipped": 1,
>   "tests": [
>     {
>       "group": "table.json",
>       "name": "0.8.0, accumulate, row 1: good [yield]",

$ pvm replay table.json --junit out.xml >text; echo $?; head -n 5 out.xml; grep -c '<failure>' out.xml; tail -n 1 text
> 1
> <?xml version="1.0" encoding="UTF-8"?>
> <testsuites>
>   <testsuite name="pvm replay" tests="5" failures="1" skipped="1">
>     <testcase classname="table.json" name="0.7.2, accumulate, row 1: good [yield]"/>
>     <testcase classname="table.json" name="0.8.0, accumulate, row 1: good [yield]"/>
> 1
> table.json: 3 passed, 1 failed, 1 left out

Coverage: results that no row gives, and rows that give others.

$ pvm replay table.json --coverage | head -n 9
> ## yield
>
> Row 3 gives WHO under 0.7.2, which the table does not list.
>
> ### `yield` in accumulate
>
> | result | 0.6.3 | 0.6.5 | 0.6.6 | 0.6.7 | 0.7.0 | 0.7.1 | 0.7.2 | 0.8.0 | 0.8.0-vectors |
> |---|---|---|---|---|---|---|---|---|---|
> | OK | **blank** | **blank** | **blank** | **blank** | **blank** | **blank** | 1 | 1 | **blank** |

$ pvm replay table.json --coverage >page; echo $?; grep -c 'No table has' page
> 1
> 45

What is no table: one line, with the place.

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"rows"/"rwos"/'
! pvm: bad.json: $.rwos: unknown key; known here: context, call, first, args, gas, service, slot, entropy, state, fixture, operands, transfers, memory, patch, end, result, r8, price, needs, short, writes, changes, name, base, gp, by, words, answers, and 1 more
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"args": \["A"\]/"args": "A"/'
! pvm: bad.json: $.rows[0].args: expected an array, got the text "A"
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"args": \["A"\]/"args": ["B"]/'
! pvm: bad.json: $.rows[0].args[0]: unknown name "B"
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"args": \["A"\]/"args": ["2^65"]/'
! pvm: bad.json: $.rows[0].args[0]: exponent above 64 in "2^65"
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"result": "OK"/"result": "FINE"/'
! pvm: bad.json: $.rows[0].result: unknown name "FINE"
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"0.7.2, 0.8.0"/"0.7.2, 0.9.0"/'
! pvm: bad.json: $.gp: "0.7.2, 0.9.0" is no list of GP versions
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"call": "yield"/"call": "yeild"/'
! pvm: bad.json: $.call: unknown name "yeild"
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"0x01"/"0x012"/'
! ...
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"at": "0x10000"/"at": "0x10ff0"/'
! pvm: bad.json: $.memory[0]: 32 octets at 0x10ff0 are not within the pages there are
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"at": "0x10000"/"at": "A"/'
! pvm: bad.json: $.memory[0].at: words that lead to themselves
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"name": "good", //'
! ...
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"id": 0/"id": 4294967296/'
! pvm: bad.json: $.state.services[0].id: expected a whole number from 0 to 2^32 - 1, got 4294967296
? 3

$ no() { sed "$1" table.json >bad.json; pvm replay bad.json; }; no 's/"tiny"/"small"/'
! pvm: bad.json: $.state.params: expected "full" or "tiny", got "small"
? 3

$ awk 'BEGIN { for (i = 0; i < 10000; i++) printf "["; }' >deep.json; pvm replay deep.json
! ...
? 3

$ printf '{"rows": []}' >empty.json; pvm replay empty.json
> empty.json: 0 passed, 0 failed

$ pvm replay missing.json
! pvm: missing.json: No such file or directory
? 4

A table on standard input.

$ pvm replay - --gp 0.8.0 <table.json | tail -n 1; pvm replay - </dev/null
> standard input: 1 passed, 0 failed, 1 left out
! pvm: standard input:1:1: expected a value, got the end
? 3
