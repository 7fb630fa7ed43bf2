pvm run with a fixture, and the options that say something else than it.

$ for f in log fetch; do pvm asm $f.s -o $f.jam; done; ls *.jam
> fetch.jam
> log.jam

The item's payload, gas, service and core; --payload instead of the fixture's; @FILE.

$ pvm run fetch.jam --fixture item.json | head -n 4
> refine of fetch.jam, GP 0.7.2
>   outcome      halt
>   output       0x68656c6c6f (5 octets) "hello"
>   gas          20 used of 500, 480 left

$ pvm run fetch.jam --payload 0x --gas 500 | grep output
>   output       empty

$ printf 'abc' >payload; pvm run fetch.jam --fixture item.json --payload @payload --gas 300 | grep -E 'output|gas  '
>   output       0x616263 (3 octets) "abc"
>   gas          20 used of 300, 280 left

$ cat item.json | pvm run fetch.jam --fixture - --item 1 | grep output
>   output       0x776f726c64 (5 octets) "world"

$ pvm run fetch.jam --fixture item.json --item 2
! pvm: run: there is no work item 2, the package has 2
? 2

A package that no chain takes runs all the same, with a note: here two items of half of G_R each.

$ sed 's/"refine_gas_limit": 500/"refine_gas_limit": 2500000000/' item.json >over.json; pvm run fetch.jam --fixture over.json | grep 'gas  '
>   gas          20 used of 2500000000, 2499999980 left
! pvm: note: no chain takes this package: refine_gas_too_high: the items' refinement gas is not below G_R

$ sed '1,/500/s/"refine_gas_limit": 500/"refine_gas_limit": 4999999499/' item.json >most.json; pvm run fetch.jam --fixture most.json | grep 'gas  '
>   gas          20 used of 4999999499, 4999999479 left

The code may be the fixture's own: no BLOB then.

$ printf '{"services": [{"id": 9, "code": "@fetch.jam"}], "work_package": {"items": [{"service": 9, "payload": "0x6f6b"}]}}' >own.json; pvm run --fixture own.json | grep -E '^refine|output'
> refine of own.json, GP 0.7.2
>   output       0x6f6b (2 octets) "ok"

Raw arguments instead of those made from the package.

$ pvm run fetch.jam --args 0x010203 --json | grep arguments
>   "arguments": "0x010203",

The number of exports that the item promises, kept and not kept.

$ printf '{"work_package": {"items": [{"export_count": 1}]}}' >one.json; pvm run log.jam --fixture one.json 2>&1 >out | wc -l; grep outcome out
> 1
>   outcome      halt

$ printf '{"work_package": {"items": [{"export_count": 3}]}}' >three.json; pvm run log.jam --fixture three.json 2>/dev/null >out; echo $?; grep -E 'outcome|result' out
> 1
>   outcome      halt
>   work result  bad-exports: 1 segments exported, the work item says 3

Too large an output for a report: said, but a failure only for a package that somebody wrote.

$ printf '{"authorizer": {"trace": "0x%098296d"}}' 0 >trace.json; pvm run log.jam --fixture trace.json 2>/dev/null >out; echo $?; grep -E 'outcome|result' out
> 1
>   outcome      halt
>   work result  oversize: output too large for the work report

Who logs: core and service.

$ pvm run log.jam --fixture item.json --core 3 2>&1 >/dev/null | cut -d ' ' -f 3-
> INFO@3#42 test hello

$ pvm run log.jam --core 341
! pvm: run: there is no core 341, the chain has 341
? 2

Fixtures that are wrong: exit code 3, file and JSON path.

$ printf '{"work_package": {"items": [{"paylod": "0x"}]}}' >typo.json; pvm run log.jam --fixture typo.json 2>err; echo $?; grep -c '^pvm: typo.json: \$.work_package.items\[0\]' err
> 3
> 1

$ printf '{"core": ' >cut.json; pvm run log.jam --fixture cut.json 2>err; echo $?; grep -c '^pvm: cut.json:1:' err
> 3
> 1

$ : >empty.json; pvm run log.jam --fixture empty.json
! pvm: empty.json: empty
? 3

$ pvm run log.jam --fixture none.json
! pvm: none.json: No such file or directory
? 4

An authorizer: no service logs, and export is not open to it.

$ pvm run log.jam --is-authorized --trace - 2>err | grep -E '^is_|outcome|export|exports|open'; cut -d ' ' -f 3- err
>         10 -      0x000022  ecalli export                            49999981
>            -                host call 7 export (not open here), gas 49999980 -> 49999970 a0=0xfffffffffffffffe
> is_authorized of log.jam, GP 0.7.2
>   outcome      halt
>   export                  7            1           10
> INFO@0 test hello
