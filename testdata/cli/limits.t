What guests may take of the computer, and of who reads the report.

Gas that someone else says much of: a fixture, a state that lets a service accumulate always.

$ printf 'go: fallthrough\nagain: jump again\n' | sed 's/^go/.entry refine go\n.entry accumulate go\n.text\ngo/' >ever.s; pvm asm ever.s -o ever.jam; echo '{"params": {"G_R": "0xffffffffffffffff"}, "unchecked": true}' >much.json; pvm run ever.jam --fixture much.json --max-gas 1000000
> refine of ever.jam, GP 0.7.2
>   outcome      limit: host limit: 1000000 gas are used, as much as may be; --max-gas allows more
>   gas          1000000 used of 18446744073709551614, 18446744073708551614 left
>
> where it stopped
>   exit         limit: host limit: 1000000 gas are used, as much as may be; --max-gas allows more
>   pc           11 = 0xb (again)
> ...
! pvm: host limit: 1000000 gas are used, as much as may be; --max-gas allows more
? 5

$ pvm run ever.jam --gas 1000 --max-gas 1000 | grep outcome
>   outcome      out-of-gas

$ pvm run ever.jam --gas 1001 --max-gas 1000 --stats
> ...
! pvm: host limit: 1000 gas are used, as much as may be; --max-gas allows more
? 5

$ echo 'begin: jump begin' >spin.s; pvm asm spin.s -f raw; pvm run spin.pvm --raw --gas 1001 --max-gas 1000 | grep -A 3 'where'
> where it stopped
>   exit         limit: host limit: 1000 gas are used, as much as may be; --max-gas allows more
>   pc           0 = 0x0 (begin)
>   gas left     1
! pvm: host limit: 1000 gas are used, as much as may be; --max-gas allows more

$ echo '{"params": "tiny", "state": {"params": "tiny", "services": [{"id": 5, "code": "@ever.jam"}], "privileges": {"always_acc": [{"id": 5, "gas": "0xffffffffffffffff"}]}}, "rounds": [{}]}' >always.json; pvm scenario run always.json --max-gas 1000000 --write-state out.json; c=$?; ls out.json 2>&1 | sed 's/.*: //'; exit $c
> No such file or directory
! pvm: always.json: $.rounds[0]: service 5: host limit: 1000000 gas are used, as much as may be; --max-gas and --max-memory say what may be used
? 5

$ pvm work-package run much.json --max-gas 0
! pvm: work-package: --max-gas 0: nothing can run
? 2

$ pvm scenario run always.json --max-memory 0
! pvm: scenario: --max-memory 0: nothing can run
? 2

An inner machine that never ends, with all the gas there is: the outer one does not pay for it.

$ echo 'begin: jump begin' >spin.s; pvm asm spin.s -f raw; sed 's/inner.pvm/spin.pvm/; s/load_imm t0, 100/load_imm_64 t0, -1/' child.s >loop.s; pvm asm loop.s -o loop.jam

$ pvm run loop.jam --max-inner-gas 1000000 --json >report; c=$?; grep -E '"(outcome|exit|machine|symbol)"' report; exit $c
>   "outcome": "limit",
>       "machine": null,
>       "exit": "limit",
>       "symbol": "start",
>       "machine": 0,
>       "exit": "out-of-gas",
>       "symbol": null,
! pvm: host limit: inner machines used 1000000 gas, as much as one run may; --max-inner-gas allows more
? 5

$ pvm run loop.jam --max-inner-gas 0
! pvm: run: --max-inner-gas 0: nothing can run
? 2

$ pvm run spin.pvm --max-inner-gas 5
! pvm: run: --max-inner-gas means nothing for a raw program
? 2

$ pvm run loop.jam --gas 12 --max-inner-gas 1000000 | grep outcome
>   outcome      out-of-gas

$ pvm asm inner.s -f raw; pvm asm leaves.s -o leaves.jam; pvm run leaves.jam --max-memory 1000000 | grep -A 2 'where'
> where it stopped
>   exit         limit: host limit: an inner machine needs 16384 octets, 996288 of 1000000 are in use
>   pc           19 = 0x13 (again+10)
! pvm: host limit: an inner machine needs 16384 octets, 996288 of 1000000 are in use

Within an instruction, too.

$ printf '.entry refine go\n.stack 4096\n.text\ngo: load_imm a1, 0xf0000\n sbrk a0, a1\n load_imm t0, 0x20000\n fallthrough\nagain: store_imm_ind_u8 t0, 0, 1\n add_imm_64 t0, t0, 4096\n jump again\n' >grow.s; pvm asm grow.s -o grow.jam; pvm run grow.jam --max-memory 200000 | grep -A 3 where
> where it stopped
>   exit         limit: guest memory limit of 200000 octets reached
>   pc           18 = 0x12 (again)
>   gas left     4999999867
! pvm: guest memory limit of 200000 octets reached

$ pvm run leaves.jam | tail -n 3
>   62   invoked 0 times, never ran, gas left 0, pc 0
>   63   invoked 0 times, never ran, gas left 0, pc 0
>   and 6 more

$ pvm run leaves.jam --json | grep -c '"id"'
> 70

Log lines beyond 16 MiB are neither shown nor kept; the report counts them.

$ pvm asm flood.s -o flood.jam; pvm run flood.jam 2>log | grep '^  log  .*lines'; grep -c INFO log; tail -n 1 log
>   log          100 lines, on standard error
> 63
> pvm: 16 MiB of log lines are shown, further ones are not

A pipe that stands where the symbols would is no symbol file.

$ rm flood.jam.sym; mkfifo flood.jam.sym; pvm inspect flood.jam | sed -n 2p
>   format       jam

Of 5000 invocations each of two packages remembers the last 2048 + 5000 - 4096.

$ pvm asm restless.s -o restless.jam; pvm corevm fib --n 0 --service restless.jam --json | grep -c '"result": "OOG"'
> 5904

$ pvm corevm fib --n 3 --at 2
! pvm: corevm: --at means nothing without --fault
? 2
