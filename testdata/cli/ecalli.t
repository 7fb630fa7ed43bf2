pvm run --ecalli-trace: what host calls were given and did, as text (JIP-7), and pvm test on it.

$ pvm asm inner.s -f raw; for f in log fault authorize accumulate child; do pvm asm $f.s -o $f.jam; done; pvm asm grow.s --gp 0.8.0 -o grow.jam; ls *.jam | wc -l
> 6

An entry of each kind: two reads, none, a result, a call that nobody knows. Gas: jump and five loads
before the first call and 10 for it, two loads and itself before the second, and so on.

$ pvm run log.jam --gas 1000 --args 0x0102 --ecalli-trace log.log 2>&1 >/dev/null | wc -l; sed 's/^program .*/program/' log.log
> 1
> comment gp 0.7.2 full refine service=0
> program
> memwrite 0xfeff0000 len=2 <- 0x0102
> start pc=0 gas=1000 r00=0xffff0000 r01=0xfefe0000 r07=0xfeff0000 r08=0x2
> ecalli=100 pc=24 gas=993 r00=0xffff0000 r01=0xfefe0000 r07=0x2 r08=0x10000 r09=0x4 r10=0x10004 r11=0x5
> memread 0x00010000 len=4 -> 0x74657374
> memread 0x00010004 len=5 -> 0x68656c6c6f
> setreg r07 <- 0xfffffffffffffffe
> setgas <- 983
> ecalli=7 pc=34 gas=980 r00=0xffff0000 r01=0xfefe0000 r07=0x10009 r08=0x8 r09=0x4 r10=0x10004 r11=0x5
> memread 0x00010009 len=8 -> 0x0102030405060708
> setreg r07 <- 0x0
> setgas <- 970
> ecalli=0 pc=36 gas=969 r00=0xffff0000 r01=0xfefe0000 r08=0x8 r09=0x4 r10=0x10004 r11=0x5
> setreg r07 <- 0x3bf
> setgas <- 959
> ecalli=77 pc=37 gas=958 r00=0xffff0000 r01=0xfefe0000 r07=0x3bf r08=0x8 r09=0x4 r10=0x10004 r11=0x5
> setreg r07 <- 0xfffffffffffffffe
> setgas <- 948
> HALT pc=47 gas=945 r00=0xffff0000 r01=0xfefe0000 r07=0x10004 r08=0x5 r09=0x4 r10=0x10004 r11=0x5

The program is the code's preimage as it is.

$ [ "program 0x$(od -An -v -tx1 log.jam | tr -d ' \n')" = "$(sed -n 2p log.log)" ] && echo same
> same

No line of it is touched by any other option, and standard output will do for a file, with --json standard error.

$ pvm run log.jam --gas 1000 --args 0x0102 --trace - --stats --ecalli-trace again.log >/dev/null 2>&1; cmp log.log again.log; pvm run log.jam --gas 1000 --args 0x0102 --json --ecalli-trace - 2>&1 >log.json | grep -v '^20' | cmp - log.log; head -c 1 log.json; echo; pvm run log.jam --gas 1000 --args 0x0102 --ecalli-trace - 2>/dev/null | head -20 | cmp - log.log; pvm run log.jam --gas 1000 --args 0x0102 --ecalli-trace /dev/stdout 2>/dev/null >out.txt; head -20 out.txt | cmp - log.log
> {

Other ends: a page fault, out of gas before an instruction, out of gas in a call, a call with memory
that is not there.

$ pvm run fault.jam --gas 99 --args 0x --ecalli-trace fault.log >/dev/null; tail -2 fault.log
> start pc=0 gas=99 r00=0xffff0000 r01=0xfefe0000 r07=0xfeff0000
> PANIC=65536 pc=13 gas=95 r00=0xffff0000 r01=0xfefe0000 r02=0x10000 r03=0x7 r07=0xfeff0000

$ pvm run log.jam --gas 6 --args 0x --ecalli-trace oog.log >/dev/null; tail -1 oog.log
> OOG pc=24 gas=0 r00=0xffff0000 r01=0xfefe0000 r07=0x2 r08=0x10000 r09=0x4 r10=0x10004 r11=0x5

$ pvm run log.jam --gas 16 --args 0x --ecalli-trace short.log >/dev/null; tail -3 short.log
> ecalli=100 pc=24 gas=9 r00=0xffff0000 r01=0xfefe0000 r07=0x2 r08=0x10000 r09=0x4 r10=0x10004 r11=0x5
> comment the host call ended the invocation: out-of-gas
> OOG pc=24 gas=0 r00=0xffff0000 r01=0xfefe0000 r07=0x2 r08=0x10000 r09=0x4 r10=0x10004 r11=0x5

$ printf '.entry refine s\ns: load_imm a1, 9\necalli export\n' >out.s; pvm asm out.s -o out.jam; pvm run out.jam --gas 50 --args 0x --ecalli-trace out.log >/dev/null; tail -3 out.log
> ecalli=7 pc=8 gas=47 r00=0xffff0000 r01=0xfefe0000 r07=0xfeff0000 r08=0x9
> comment the host call ended the invocation: panic
> PANIC=0 pc=8 gas=37 r00=0xffff0000 r01=0xfefe0000 r07=0xfeff0000 r08=0x9

Every invocation, inner machines, and a heap that grows: what is written replays.

$ pvm run authorize.jam --is-authorized --token 0x0102 --ecalli-trace authorize.log >/dev/null; pvm run accumulate.jam --accumulate --ecalli-trace accumulate.log >/dev/null; pvm run accumulate.jam --on-transfer --gp 0.7.0 --transfer amount=5,gas=60 --ecalli-trace transfer.log >/dev/null; pvm run child.jam --ecalli-trace child.log >/dev/null; pvm run grow.jam --gp 0.8.0 --ecalli-trace grow.log >/dev/null
$ pvm test *.log --verbose
> pass accumulate.log
> pass again.log
> pass authorize.log
> pass child.log
> pass fault.log
> pass grow.log
> pass log.log
> pass oog.log
> pass out.log
> pass short.log
> pass transfer.log
> ...

What makes one fail, and a run in which nothing ran.

$ sed 's/r08=0x8 /r08=0x9 /' log.log >wrong.log; pvm test wrong.log | grep FAIL
> FAIL wrong.log: line 10: ecalli 7: r8: expected 0x9, got 0x8

$ printf '{"services": [{"id": 0}]}' >empty.json; pvm run --accumulate --state empty.json --service 0 --ecalli-trace none.log | grep outcome; cat none.log
>   outcome      bad: the service's code is not available
> comment gp 0.7.2 full accumulate service=0
> comment the service's code is not available

A run that a limit of ours ends has no end of its own.

$ pvm run child.jam --max-inner-gas 1 --ecalli-trace limit.log >/dev/null; tail -1 limit.log
! pvm: host limit: inner machines used 1 gas, as much as one run may; --max-inner-gas allows more
> comment host limit: inner machines used 1 gas, as much as one run may; --max-inner-gas allows more

An interrupted one has every call up to then, whole, and no end.

$ printf '.entry refine s\ns: fallthrough\nl: ecalli gas\nfallthrough\njump l\n' >ever.s; pvm asm ever.s -o ever.jam; timeout --preserve-status -s TERM 0.3 pvm run ever.jam --gas 4000000000 --ecalli-trace ever.log; echo $?; tail -n 1 ever.log | cut -d' ' -f 1,2; pvm test ever.log | grep -c 'ends without'; rm ever.log
> 143
> setgas <-
> 1

$ pvm run log.jam --ecalli-trace /nowhere/log; echo $?
! pvm: /nowhere/log: No such file or directory
> 4

$ pvm run log.jam --ecalli-trace /dev/full 2>/dev/null; echo $?
> 4

$ pvm run inner.pvm --ecalli-trace raw.log; echo $?
! pvm: run: --ecalli-trace means nothing for a raw program
> 2
