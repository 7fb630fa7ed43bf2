pvm work-package run: from a package to its report. Figures by hand: log.s takes 55 gas, as in run.t,
authorize.s 20: nine instructions and a jump at its entry, and a host call. The bundle is the package
alone: 4 + 32 + 133 (context) + 3 (token) + 1 + 1 + 62 + 57 octets.

$ pvm work-package run package.json 2>err; echo $? >&2; grep -c 'INFO@0#42 test hello' err >&2
> work package of package.json on core 0, GP 0.7.2
>   authorizer     0x7d897f32614fd7660189146589c940d74a58d6f66e92615e34eac48bfeb3e18a, no pool to look it up in
>   authorization  halt, 20 gas of 50000000, trace 0x0102
>
> items
>   item    service result                  gas             imports extrinsics exports  output
>      0         42 halt                  55 of 500               0          0       1  0x68656c6c6f
>      1         42 bad-exports           55 of 500               0          0       0  halt with 1 exports, the item says 0
>
> work report
>   package hash   0x396dade6d236343ea3d6486c02fca4f659b3cd854181da4a173d88f200d33775
>   bundle length  293
>   exports        1, root 0xf83445e1374ed09d1881885cdd69e5b6001a5aed59576af36f8d4078f1a091f4
>   erasure root   not computed
! 1
! 2

The report in JSON has the names of the public vectors, and is what --expect reads.

$ pvm work-package run package.json --json 2>err >report.json; grep -A 1 -E '"(ok|bad_exports)"|package_spec' report.json | grep -E 'ok|bad|hash'
>       "hash": "0x396dade6d236343ea3d6486c02fca4f659b3cd854181da4a173d88f200d33775",
>           "ok": "0x68656c6c6f"
>           "bad_exports": null

$ pvm work-package run package.json --expect report.json 2>err | tail -n 1
> as expected by report.json, but for the erasure root

The same package as a snapshot, on a state that holds its code, both of other forms too.

$ pvm asm authorize.s -o authorize.jam; sh snapshot.sh report.json; pvm work-package run snapshot.json --state state.json --expect snapshot.json 2>err | tail -n 1
> as expected by snapshot.json, but for the erasure root

$ pvm state convert state.json --to keyvals -o keyvals.json; pvm state convert state.json --to binary -o state.bin; for s in keyvals.json state.bin; do pvm work-package run snapshot.json --state $s --expect snapshot.json 2>err | tail -n 1; done
> as expected by snapshot.json, but for the erasure root
> as expected by snapshot.json, but for the erasure root

Every difference has a line with the field's name, and ends with exit code 1.

$ sed -e 's/"length": 293/"length": 292/' -e 's/"gas_used": 55/"gas_used": 56/' -e 's/"auth_output": "0x0102"/"auth_output": "0x01"/' snapshot.json >other.json; pvm work-package run snapshot.json --state state.json --expect other.json 2>err; echo $? >&2
> ...
> 4 differences from other.json
>   package_spec.length: expected 292, got 293
>   auth_output: expected 1 octets 0x01, got 2 octets 0x0102
>   results[0].refine_load.gas_used: expected 56, got 55
>   results[1].refine_load.gas_used: expected 56, got 55
! 1

A snapshot is a fixture as well: one of its items alone.

$ pvm run --fixture snapshot.json --state state.json --item 0 2>err | grep -E 'outcome|output'
>   outcome      halt
>   output       0x68656c6c6f (5 octets) "hello"

The package's hash is checked, and depends on the version.

$ sed 's/"package_hash": "0x39/"package_hash": "0x3a/' snapshot.json >hash.json; pvm work-package run hash.json --state state.json 2>&1 | cut -c 1-55
> pvm: hash.json: $.package_hash: 0x3a6dade6d236343ea3d64

$ pvm work-package run snapshot.json --state state.json --gp 0.6.7 2>&1 | cut -d: -f 2-3
>  snapshot.json: $.package_hash

Exports are kept for later packages. The bundle of the next one: 264 octets of package, the segment,
and one octet for a path of no hashes, as it is the only segment of its tree.

$ pvm work-package run package.json --segments store >out 2>err; ls store | sed 's/0*//' | cut -c 1-8 | sort
> 396dade6
> f83445e1

$ printf '{"params": "tiny", "work_package": {"authorization": "0x01", "items": [{"service": 42, "refine_gas_limit": 500, "export_count": 1, "import_segments": [{"package_hash": "0x396dade6d236343ea3d6486c02fca4f659b3cd854181da4a173d88f200d33775"}]}]}, "authorizer": {"code": {"asm": "authorize.s"}}, "services": [{"id": 42, "code": {"asm": "log.s"}}]}' >next.json; pvm work-package run next.json --segments store 2>err | grep -E 'segment roots|bundle'
>   bundle length  4369
>   segment roots  0x396dade6d236343ea3d6486c02fca4f659b3cd854181da4a173d88f200d33775 -> 0xf83445e1374ed09d1881885cdd69e5b6001a5aed59576af36f8d4078f1a091f4

$ pvm work-package run next.json 2>&1 | cut -d: -f 2-4
>  next.json: $.work_package.items[0].import_segments[0]: work package invalid

No authorization, no report.

$ sed 's/"authorization": "0x0102",//' package.json >none.json; pvm work-package run none.json 2>err; echo $? >&2
> work package of none.json on core 0, GP 0.7.2
>   authorizer     0x7d897f32614fd7660189146589c940d74a58d6f66e92615e34eac48bfeb3e18a, no pool to look it up in
>   authorization  panic, 18 gas of 50000000
>   refused        not_authorized: Is-Authorized did not halt
! 1

$ pvm work-package run none.json --expect report.json 2>err | tail -n 1
>   expected a report, got none: not_authorized

The core's pool, where the state has one; gas that no valid package may ask for.

$ sed 's/"slot": 4,/"slot": 4, "auth_pools": [["0x7d897f32614fd7660189146589c940d74a58d6f66e92615e34eac48bfeb3e18a"], []],/' state.json >pools.json; for c in 0 1; do pvm work-package run snapshot.json --state pools.json --core $c 2>err | grep -o 'authorizer .*, .*' | cut -d, -f 2; done
>  in the core's pool
>  not in the core's pool (core_unauthorized)

$ sed 's/"refine_gas_limit": 500/"refine_gas_limit": 500000000/' package.json >gas.json; pvm work-package run gas.json 2>err | grep invalid
>   invalid        refine_gas_too_high: the items' refinement gas is not below G_R; run all the same

What is wrong with the command line or the files.

$ pvm work-package walk package.json
! pvm: work-package: no action "walk", there is run
? 2

$ pvm work-package run
! pvm: work-package: an argument is missing, expected: run FILE [--state FILE] [--core N] [--expect FILE] [OPTION]...
? 2

$ pvm work-package run package.json --core 2
! pvm: there is no core 2, the chain has 2
? 2

$ printf '{"bundle": {"work_package": {}, "extrinsic": []}}' >typo.json; pvm work-package run typo.json
! pvm: typo.json: $.bundle.extrinsic: unknown key; known here: work_package, extrinsics, import_segments, justifications
? 3

$ printf '{"report": {}}' >empty.json; pvm work-package run package.json --expect empty.json 2>err >out; echo $?; grep -c '^pvm: empty.json: \$.report: ' err; wc -c <out
> 3
> 1
> 0

$ pvm work-package run package.json --state nowhere.json 2>err; echo $?; wc -l <err
> 4
> 1
