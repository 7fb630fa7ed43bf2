pvm scenario run: tables, JSON, TAP and JUnit, what is expected, and what is refused. accumulate.s
takes 121 gas when its transfer is made (accumulate.t), authorize.s 20 (work-package.t). At the entry
of Refine accumulate.s has a trap: the item panics, which is what Accumulate is told.

$ pvm scenario run scenario.json; echo $? >&2
> round 0 first, slot 10
>   package 0  core 0  0xb1f9d454767a350f0a2a95f694a2e063fad0f5217075ee1379847ba78c79acc4
>     authorized  gas 20
>     item 0  service 5  panic  gas 1 of 999999999
>   block       1 report available, 1 ready, 1 accumulated, gas 121
>     round    service invocation   outcome              gas           operands transfers
>         0          5 accumulate   halt             121 of 9999999           1         0  yields 0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae... (32 octets)
>           transfer of 50 to 7, gas 5, memo 0x72656e74
>         1          7 accumulate   bad                0 of 5                 0         1  code not available
>   changes     service 5: balance -50; items +2; bytes +84; last_accumulation_slot 0 -> 10; request 0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7 length 3 none -> []
> ...
>   as expected (20 checks)
>
> round 1 second, slot 12
>   block       0 reports available, 0 ready, 0 accumulated, gas 0
>   preimage    of service 5, 3 octets: stored
> ...
> end, slot 12, GP 0.7.2
> ...
>            5                 4950        4       1935        0          2         2
>            7           1000000050        0          0        0          0         0
> all as expected: 2 rounds, 23 checks
! 0

The same bytes each time, and a state that is read back as it is.

$ pvm scenario run scenario.json --json --write-state a.json >a; pvm scenario run scenario.json --json --write-state b.json >b; cmp a b; cmp a.json b.json; pvm state convert a.json --to own -o c.json; cmp a.json c.json; pvm state show a.json --service 5 | grep -c 'balance.*4950'
> 1

Strict readers take the JSON: what is wrong with it as a fixture is a key.

$ pvm run --fixture a 2>&1 | grep -o '\$.file: unknown key'
> $.file: unknown key

The state after one scenario is where another begins; --state goes before the scenario's own.

$ printf '{"rounds": [{"slot": 20}], "expect": {"services": [{"id": 5, "balance": 4950}]}}' >on.json; pvm scenario run on.json --state a.json | tail -n 1
> all as expected: 1 round, 2 checks

$ printf '{"rounds": [{"slot": 12}]}' >late.json; pvm scenario run late.json --state a.json --write-state kept.json; ls kept.json
! pvm: late.json: $.rounds[0].slot: slot 12 is not later than the state's, 12
! ls: cannot access 'kept.json': No such file or directory
? 2

What is not as expected, in words; TAP and JUnit for machines.

$ sed -e 's/"balance": 4950/"balance": 4951/' -e 's/"gas_used": 0/"gas_used": 1/' scenario.json >wrong.json; pvm scenario run wrong.json | grep -A 1 -E 'DIFFERS|differences'; pvm scenario run wrong.json >out; echo $?
>   DIFFERS     service 5 balance: expected 4951, got 4950
>
> --
>   DIFFERS     block gas_used: expected 1, got 0
>
> --
> 2 differences in 2 rounds and the end
> 1

$ pvm scenario run wrong.json --tap --junit wrong.xml; cat wrong.xml
> TAP version 13
> 1..3
> not ok 1 - round 0: first
> # service 5 balance: expected 4951, got 4950
> not ok 2 - round 1: second
> # block gas_used: expected 1, got 0
> ok 3 - end
> <?xml version="1.0" encoding="UTF-8"?>
> <testsuites>
>   <testsuite name="words" tests="3" failures="2">
>     <testcase name="round 0: first">
>       <failure message="1 difference">service 5 balance: expected 4951, got 4950
> </failure>
>     </testcase>
>     <testcase name="round 1: second">
>       <failure message="1 difference">block gas_used: expected 1, got 0
> </failure>
>     </testcase>
>     <testcase name="end"/>
>   </testsuite>
> </testsuites>

Expectations from another file: by round, or the state in the end.

$ printf '{"rounds": [{}, {"preimages": ["preimage_unneeded"]}], "expect": {"waiting": 1}}' >more.json; pvm scenario run scenario.json --expect more.json | grep DIFFERS
>   DIFFERS     preimages[0]: expected preimage_unneeded, got ok
>   DIFFERS     waiting: expected 1, got 0

$ pvm scenario run scenario.json --expect a.json | tail -n 1
> all as expected: 2 rounds, 24 checks

$ sed 's/"balance": 4950/"balance": 5000/' a.json >other.json; pvm scenario run scenario.json --expect other.json | grep DIFFERS
>   DIFFERS     service 5: balance -50

What a chain would refuse has the name of its rule, and is a difference unless it is expected.

$ sed 's/"text": "jam"/"text": "ham"/' scenario.json >ham.json; pvm scenario run ham.json | grep -E 'preimage  |DIFFERS'
>   preimage    of service 5, 3 octets: refused: preimage_unneeded: the service does not ask for this preimage
>   DIFFERS     preimages[0]: expected ok, got preimage_unneeded

$ printf '{"params": "tiny", "state": {"services": [{"id": 5, "code": {"asm": "accumulate.s"}}]}, "rounds": [{"packages": [{"authorizer": {"code": {"asm": "authorize.s"}}}]}]}' >none.json; pvm scenario run none.json | grep refused
>   package 0  core 0  refused: not_authorized: Is-Authorized did not halt, panicked
>   DIFFERS     packages[0]: refused: not_authorized: Is-Authorized did not halt

Guests' log lines go to standard error, unless --quiet.

$ printf '{"params": "tiny", "state": {"services": [{"id": 42, "code": {"asm": "log.s"}}]}, "rounds": [{"packages": ["package.json"]}]}' >log.json; sed '/"params"/d; /"services"/d; s/"code": {"asm": "authorize.s"}},/"code": {"asm": "authorize.s"}}/' package.json >p; mv p package.json; pvm scenario run log.json 2>err >out; grep -c 'INFO@0#42 test hello' err; pvm scenario run log.json --quiet | grep 'item [01]'
> 2
>     item 0  service 42  halt  gas 55 of 500  exports 1  output 0x68656c6c6f
>     item 1  service 42  bad-exports  gas 55 of 500

Files that are wrong: one line with the place, nothing on standard output, nothing written.

$ printf '{"rounds": [{"slots": 1}]}' >typo.json; pvm scenario run typo.json --write-state kept.json; ls kept.json
! pvm: typo.json: $.rounds[0].slots: unknown key; known here: name, slot, entropy, packages, reports, preimages, expect
! ls: cannot access 'kept.json': No such file or directory
? 2

$ sed 's/"preimages": \["ok"\]/"preimage": ["ok"]/' scenario.json >typo.json; pvm scenario run typo.json 2>err; echo $?; cut -c 1-50 err
> 3
> pvm: typo.json: $.rounds[1].expect.preimage: unkno

$ sed 's/"asm": "authorize.s"/"asm": "nowhere.s"/' scenario.json >gone.json; pvm scenario run gone.json
! pvm: gone.json: $.rounds[0].packages[0].authorizer.code: ./nowhere.s: No such file or directory
? 4

$ sed 's/"asm": "authorize.s"/"asm": "sweep.sh"/' scenario.json >noasm.json; pvm scenario run noasm.json 2>&1 | cut -c 1-72
> pvm: noasm.json: $.rounds[0].packages[0].authorizer.code: sweep.sh:7:1: 

$ pvm scenario run scenario.json --tap --json
! pvm: scenario: --tap and --json exclude each other
? 2

$ pvm scenario play scenario.json
! pvm: scenario: no action "play", there is run
? 2

$ pvm scenario run scenario.json --gp 0.7.1 | head -n 1
> round 0 first, slot 10

A state is kept only when all else could be written.

$ echo old >kept.json; pvm scenario run scenario.json --quiet --junit none/a.xml --write-state kept.json; c=$?; cat kept.json; exit $c
> old
! pvm: none/a.xml: No such file or directory
? 4
