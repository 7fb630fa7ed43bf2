pvm run --accumulate and --on-transfer, and the states they begin with and leave. Gas is counted by
hand: accumulate.s runs 36 instructions on its long way, the jump at its entry included, and a host
call costs 10; a transfer that is made costs its gas besides.

$ pvm asm accumulate.s -o accumulate.jam; pvm asm authorize.s -o authorize.jam; ls *.jam
> accumulate.jam
> authorize.jam

Without a state: one is made for it. Nobody to pay (WHO), nobody asks for what it provides (HUH).

$ pvm run accumulate.jam --accumulate
> accumulate of accumulate.jam, GP 0.7.2
>   outcome      halt
>   service      0 of a state made for it, slot 1
>   inputs       none
>   collapse     regular context (x); there was a checkpoint
>   yield        0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7
>   output       empty
>   gas          116 used of 10000000, 9999884 left
>
> host calls
> ...
> host calls in order
>      1 write              NONE, gas 10
>      2 checkpoint         9999973, gas 10
>      3 write              4, gas 10
>      4 transfer           WHO, gas 10
>      5 solicit            OK, gas 10
>      6 yield              OK, gas 10
>      7 provide            HUH, gas 10
>      8 bless              OK, gas 10
>
> privileges written
>   bless     manager 0 -> 5: in effect
> ...

A state of ours, in which service 5 holds the manager's privilege and there is somebody to pay. The
state's code runs when there is no BLOB.

$ printf '{"slot": 9, "privileges": {"bless": 5}, "services": [{"id": 5, "balance": 5000, "min_memo_gas": 3, "code": "@accumulate.jam"}, {"id": 7}]}' >state.json; pvm run --accumulate --state state.json --service 5 --write-state after.json
> accumulate of state.json, GP 0.7.2
>   outcome      halt
>   service      5 of state.json, slot 10
> ...
>   gas          121 used of 10000000, 9999879 left
> ...
>      4 transfer           OK, gas 15
> ...
> deferred transfers
>   from 5 to 7: 50, gas 5, memo 0x72656e74
>
> privileges written
>   bless     delegator 0 -> 6: in effect
>   bless     registrar 0 -> 7: in effect
>
> changes of state
>   service 5: balance -50; items +2; bytes +84; last_accumulation_slot 0 -> 10; request 0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7 length 3 none -> []
>   time: slot 9 -> 10
>   privileges: designate 0 -> 6; register 0 -> 7
>   accumulation outputs: service 5 0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7 new
>
> state written to after.json

What was written is the state that the report tells of, and reading and writing it changes nothing.

$ pvm state diff state.json after.json | head -n 2
> service 5: balance -50; items +2; bytes +84; last_accumulation_slot 0 -> 10; request 0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7 length 3 none -> []
> time: slot 9 -> 10

$ pvm state convert after.json --to own -o again.json; cmp after.json again.json; pvm run --accumulate --state state.json --service 5 --write-state twice.json >out; cmp after.json twice.json

A panic behind a checkpoint: the exceptional context counts, and what is lost is told. BLOB runs as
the service without becoming its code.

$ pvm run accumulate.jam --accumulate --state after.json --service 5 --entry again --slot 20 | grep -v '^    0x\|^  > 0x\|^  [rst][a0-9]'
> accumulate of accumulate.jam, GP 0.7.2
>   outcome      panic
>   service      5 of after.json, slot 20
>   inputs       none
>   collapse     exceptional context (y), as of the checkpoint
>   yield        none
>   gas          43 used of 10000000, 9999957 left
> ...
> changes of state
>   service 5: items +1; bytes +41; last_accumulation_slot 10 -> 20; storage "jam" none -> 4 bytes 0x41424344
> ...
> lost with the regular context
>   service 5: items +1; bytes +40; storage "ja" none -> 4 bytes 0x41424344
>
> where it stopped
>   exit         panic: trap
> ...

$ pvm run accumulate.jam --accumulate --state after.json --service 5 --entry again >out; echo $?
> 1

Without the privilege bless is OK all the same from GP 0.7.1 on, and discarded.

$ pvm run accumulate.jam --accumulate --service 9 | grep -A 3 'privileges written'
> privileges written
>   bless     manager 0 -> 5: returned OK but discarded, service 9 does not hold the privilege
>   bless     delegator 0 -> 6: returned OK but discarded, service 9 does not hold the privilege
>   bless     registrar 0 -> 7: returned OK but discarded, service 9 does not hold the privilege

Inputs: transfers first, then operands; the gas is theirs together, unless --gas says another.

$ pvm run accumulate.jam --accumulate --state state.json --service 5 --operand result=0x0102,gas=1000,payload=0x00 --transfer from=7,amount=30,memo=0x6162,gas=100 --operand result=panic,gas=10 | grep -E 'inputs|gas  |balance'
>   inputs       1 transfer, 2 operands
>   gas          121 used of 1110, 989 left
>   service 5: balance -20; items +2; bytes +84; last_accumulation_slot 0 -> 10; request 0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7 length 3 none -> []

$ pvm run accumulate.jam --accumulate --gas 120 --operand gas=5 | grep 'gas  '
>   gas          116 used of 120, 4 left

$ pvm run accumulate.jam --accumulate --gas 115 | grep -E 'outcome|collapse'
>   outcome      out-of-gas
>   collapse     exceptional context (y), as of the checkpoint

The arguments are slot, service and number of inputs.

$ pvm run accumulate.jam --accumulate --service 5 --slot 9 --operand gas=500 --json | grep -E '^  "(arguments|service|slot|context|checkpointed|operand_inputs)"'
>   "arguments": "0x090501",
>   "service": 5,
>   "slot": 9,
>   "operand_inputs": 1,
>   "context": "regular",
>   "checkpointed": true,

On-Transfer, where there is one, with the gas of its transfers.

$ pvm run accumulate.jam --on-transfer --gp 0.7.0 --transfer from=3,amount=5,gas=60 --transfer amount=6,gas=40 | grep -E '^on|outcome|inputs|gas  |service 0'
> on_transfer of accumulate.jam, GP 0.7.0
>   outcome      halt
>   inputs       2 transfers
>   gas          17 used of 100, 83 left
>   service 0: balance +11; items +1; bytes +41; storage "jam" none -> 4 bytes 0x41424344

$ pvm run accumulate.jam --on-transfer --transfer amount=5
! pvm: run: GP 0.7.2 has no On-Transfer: give --transfer to --accumulate, or choose --gp 0.7.0 or older
? 2

$ pvm run accumulate.jam --accumulate --gp 0.7.0 --transfer amount=5
! pvm: run: --transfer: transfers are inputs of Accumulate from GP 0.7.1 on; under GP 0.7.0 give them to --on-transfer
? 2

$ pvm run accumulate.jam --on-transfer --gp 0.6.6
! pvm: run: --on-transfer: no --transfer is given
? 2

Nobody to run, nothing to run.

$ pvm run --accumulate --state state.json --service 7 | grep outcome
>   outcome      bad: the service's code is not available

$ pvm run accumulate.jam --accumulate --state state.json --service 8
! pvm: run: there is no service 8 to run as
? 2

Is-Authorized: token and configuration, and whether the core's pool has the authorizer. The second
pool has H(code hash ++ configuration), as the first report says it.

$ pvm run authorize.jam --is-authorized --token 0x0102 --config 0x07 --json >auth.json; grep -E '"(output|authorizer|in_pool)"' auth.json | cut -c 1-18
>   "authorizer": "0
>   "in_pool": null,
>   "output": "0x010

$ pvm run authorize.jam --is-authorized; echo $? >&2
> is_authorized of authorize.jam, GP 0.7.2
>   outcome      panic
> ...
! 1

$ printf '{"auth_pools": [["0x%064d"]], "services": [{"id": 5}]}' 1 >pool.json; pvm run authorize.jam --is-authorized --state pool.json --token 0x01 | grep pool
>   pool         it is not in core 0's pool

$ pvm run authorize.jam --is-authorized --state pool.json --token 0x01 >out; echo $?
> 1

$ sed 's/0x0*1/'"$(grep -o '"authorizer": "[^"]*' auth.json | cut -d '"' -f 4)"/ pool.json >pool2.json; pvm run authorize.jam --is-authorized --state pool2.json --token 0x01 --config 0x07 | grep pool
>   pool         it is in core 0's pool

Too large for an authorizer (W_A is 64000), not for a service (W_C is 4000000).

$ printf '.entry is_authorized a\n.entry accumulate a\na: load_imm a1, 0\n jump_ind ra, 0\n.rodata\n.space 64000\n' >big.s; pvm asm big.s -o big.jam; pvm run big.jam --is-authorized | grep outcome; pvm run big.jam --accumulate | grep outcome
>   outcome      big: the authorizer's code is larger than W_A
>   outcome      halt

Options that are wrong.

$ pvm run accumulate.jam --accumulate --transfer amont=5
! pvm: run: --transfer: unknown field "amont", known: from, to, amount, memo, gas
? 2

$ pvm run accumulate.jam --accumulate --transfer amount=x
! pvm: run: --transfer: amount: expected a number of at most 18446744073709551615, got "x"
? 2

$ pvm run accumulate.jam --accumulate --transfer from=4294967296
! pvm: run: --transfer: from: expected a number of at most 4294967295, got "4294967296"
? 2

$ pvm run accumulate.jam --accumulate --transfer 5
! pvm: run: --transfer: expected NAME=VALUE, got "5"
? 2

$ pvm run accumulate.jam --accumulate --transfer to=6
! pvm: run: --transfer: to 6, but it is service 0 that runs
? 2

$ pvm run accumulate.jam --accumulate --transfer memo=0x$(printf '%0258d' 0)
! pvm: run: --transfer: memo: 129 octets, a memo has 128
? 2

$ pvm run accumulate.jam --accumulate --operand result=fine
! pvm: run: --operand: result: expected 0xHEX, @FILE or one of halt, out-of-gas, panic, bad-exports, oversize, bad, big, got "fine"
? 2

$ pvm run accumulate.jam --accumulate --operand package=0x00
! pvm: run: --operand: package: expected 32 octets, got 1
? 2

$ pvm run accumulate.jam --accumulate --entropy 0x00
! pvm: run: --entropy: expected 32 octets, got 1
? 2

$ pvm run accumulate.jam --accumulate --slot 4294967296
! pvm: run: --slot: slots are below 2^32
? 2

$ pvm run accumulate.jam --accumulate --service 4294967296
! pvm: run: --service: ids are below 2^32
? 2

$ pvm run accumulate.jam --accumulate --payload 0x00
! pvm: run: --payload means nothing for Accumulate
? 2

$ pvm run accumulate.jam --refine --transfer amount=1
! pvm: run: --transfer means nothing for Refine
? 2

$ pvm run accumulate.jam --refine --write-state x.json
! pvm: run: --write-state means nothing for Refine
? 2

A state that cannot be read, and one that cannot be written: the old file stays as it was.

$ pvm run accumulate.jam --accumulate --state nowhere.json 2>&1 | cut -d: -f 1-2
> pvm: nowhere.json

$ printf '{"services": [{"id": "five"}]}' >wrong.json; cp wrong.json kept.json; pvm run accumulate.jam --accumulate --state wrong.json --write-state wrong.json 2>err; echo $?; grep -c '^pvm: wrong.json: \$.services\[0\].id: ' err; cmp wrong.json kept.json
> 3
> 1

$ pvm run accumulate.jam --accumulate --write-state nowhere/x.json 2>err >out; echo $?; wc -l <err
> 4
> 1

$ mkdir -p locked; cp after.json locked/; chmod 755 . locked; chmod 644 locked/after.json; as-user pvm run "$PWD/accumulate.jam" --accumulate --state "$PWD/state.json" --service 5 --write-state "$PWD/locked/after.json" 2>err >out; echo $?; cmp after.json locked/after.json
> 4
