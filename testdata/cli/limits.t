What guests may take of the computer, and of who reads the report.

An inner machine that never ends, with all the gas there is: the outer one does not pay for it.

$ echo 'begin: jump begin' >spin.s; pvm asm spin.s -f raw; sed 's/inner.pvm/spin.pvm/; s/load_imm t0, 100/load_imm_64 t0, -1/' child.s >loop.s; pvm asm loop.s -o loop.jam

$ pvm run loop.jam --max-inner-gas 1000000
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

$ pvm asm inner.s -f raw; pvm asm leaves.s -o leaves.jam; pvm run leaves.jam --max-memory 1000000 2>&1 | cut -d, -f1
> pvm: host limit: an inner machine needs 16384 octets

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
