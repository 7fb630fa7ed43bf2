Runs recorded as segments. sum.s runs 37 instructions (run.t), so that segments of 15 gas are 15, 15 and 7.

$ pvm asm sum.s -o sum.jam; pvm run sum.jam --segments seg --segment-gas 15 | grep outcome; ls seg | sed 's/-[0-9a-f]\{64\}/-HASH/'
>   outcome      halt
> manifest.json
> program-HASH.bin
> segment-00000.bin
> segment-00001.bin
> segment-00002.bin

$ grep -o '"steps": .*' seg/manifest.json
> "steps": 15,
> "steps": 15,
> "steps": 7,

$ pvm verify seg | head -n 2; pvm verify seg --jobs 1 | head -n 1; pvm verify seg --jobs 200 --json | head -n 5
> 3 of 3 segments are good: 37 instructions, 37 gas
> refine, GP 0.7.2: halt
> 3 of 3 segments are good: 37 instructions, 37 gas
> {
>   "good": true,
>   "segments": 3,
>   "checked": 3,
>   "instructions": 37,

Shards together are the whole; one may be empty. Each needs its own segments only, and all of them tell of one
manifest.

$ for k in 1 2; do pvm verify seg --shard $k/2 | sed -n 2p; done; pvm verify seg --shard 2/2 --json | grep outcome
> refine, GP 0.7.2: halt
> refine, GP 0.7.2: halt (not in this shard)
>       "outcome": "halt",
>       "outcome_checked": false,

$ mkdir half; cp seg/manifest.json seg/program-* seg/segment-00000.bin seg/segment-00002.bin half; pvm verify half --shard 1/2 | head -n 1; pvm verify half --shard 2/2; pvm verify half; for d in seg half; do pvm verify $d --shard 1/2 | grep manifest; done | uniq | sed 's/[0-9a-f]\{64\}/HASH/'; pvm verify seg --json | grep -c '"manifest": "0x[0-9a-f]\{64\}"'
> 2 of 3 segments are good: 22 instructions, 22 gas
> wrong: segment-00001.bin: not there
> wrong: segment-00001.bin: not there
> manifest 0xHASH
> 1

$ for k in 1 2 3 4; do pvm verify seg --shard $k/4 | head -n 1; done
> 1 of 3 segments are good: 15 instructions, 15 gas
> 1 of 3 segments are good: 15 instructions, 15 gas
> 1 of 3 segments are good: 7 instructions, 7 gas
> 0 of 3 segments are good: 0 instructions, 0 gas

From any segment to the end, or only some of them. At the end a0 and a1 are what run.t says.

$ for k in 0 1 2; do pvm resume seg -s $k | head -n 2; done; pvm resume seg -s 0 -n 2 | head -n 2
> segments 0 to 2: 37 instructions, every state is the recorded one
> halt
> segments 1 to 2: 22 instructions, every state is the recorded one
> halt
> segments 2 to 2: 7 instructions, every state is the recorded one
> halt
> segments 0 to 1: 30 instructions, every state is the recorded one
> the run goes on

$ pvm resume seg -s 2 | grep -o 'a[01]  0x.*'; pvm resume seg -s 2 --json | grep -E '"(good|exit|instructions)"'
> a0  0x20000
> a1  0x8  a2  0x0  a3  0x0  a4  0x0
>   "good": true,
>   "instructions": 7,
>   "exit": "halt",

The states are the same wherever it is cut, and whoever runs it.

$ pvm run sum.jam --segments one >report; pvm run sum.jam --segments many --segment-gas 1 >report; pvm run sum.jam --segments plain --stats --segment-gas 15 >report; for d in one many plain; do pvm verify $d >$d.txt; grep -E '^  (program|start|end) ' $d.txt | md5sum; done | sort -u | wc -l; ls many | grep -c segment; diff -r seg plain
> 1
> 37

A child; the log call; a block's gas under GP 0.8.0; memory that grows; raw programs that halt, panic, fault and call.

$ pvm asm inner.s -f raw; pvm asm child.s -o child.jam; pvm run child.jam --segments child --segment-gas 6 >report; pvm verify child | head -n 2 | cut -d: -f 2; pvm resume child -s 1 | grep -c '^machine 0'
>  14 instructions, 34 gas
>  panic
> 1

$ pvm asm log.s -o log.jam; pvm run log.jam --segments log --segment-gas 6 >report 2>err; pvm verify log | head -n 1 | cut -d: -f 2
>  15 instructions, 55 gas

$ pvm asm nested.s --gp 0.8.0 -o nested.jam; pvm run nested.jam --gp 0.8.0 --segments n8 --segment-gas 1000 >report; pvm verify n8 | sed -n 2p; pvm resume n8 -s 1 | head -n 1 | cut -d, -f 2
> refine, GP 0.8.0: halt
>  every state is the recorded one

$ pvm asm grow.s --gp 0.8.0 -o grow.jam; pvm run grow.jam --gp 0.8.0 --segments grow --segment-gas 100 >report; pvm verify grow | head -n 1 | cut -d: -f 1; pvm resume grow -s 1 | sed -n 2p
> 4 of 4 segments are good
> halt

$ printf 'ret\n' >0.s; printf 'trap\n' >1.s; printf 'load_u8 a0, 0x20000\n' >2.s; printf 'ecalli 7\n' >3.s; printf 'again: jump again\n' >4.s; for i in 0 1 2 3 4; do pvm asm $i.s -f raw; pvm run $i.pvm --raw --gas 50 --segments raw$i --segment-gas 20 >report; pvm verify raw$i | sed -n 2p; pvm resume raw$i | sed -n 2p; done
> raw, GP 0.7.2: halt
> halt
> raw, GP 0.7.2: panic
> panic
> raw, GP 0.7.2: page-fault
> page-fault
> raw, GP 0.7.2: host-call
> host-call
> raw, GP 0.7.2: out-of-gas
> out-of-gas

Machines that cannot pay, that start where nothing is, that never run; cut at every instruction.

$ sed 's/100, 0xffff0000/0, 0xffff0000/' nested.s >poor.s; sed 's/a2, 0$/a2, 5/' nested.s >astray.s; for f in poor astray idle; do for gp in 0.7.2 0.8.0; do pvm asm $f.s --gp $gp -o g.jam; rm -rf g; pvm run g.jam --gp $gp --segments g --segment-gas 1 | grep outcome; pvm verify g | head -n 1 | cut -d: -f 1; for k in $(seq 0 $(($(ls g | grep -c segment) - 1))); do pvm resume g -s $k | head -n 1 | cut -d, -f 2; done | sort -u; done; done
>   outcome      halt
> 9 of 9 segments are good
>  every state is the recorded one
>   outcome      halt
> 5 of 5 segments are good
>  every state is the recorded one
>   outcome      halt
> 10 of 10 segments are good
>  every state is the recorded one
>   outcome      halt
> 5 of 5 segments are good
>  every state is the recorded one
>   outcome      halt
> 56 of 56 segments are good
>  every state is the recorded one
>   outcome      halt
> 15 of 15 segments are good
>  every state is the recorded one

A program that may not run at all, and a position where none may start (GP 0.8.0 A.1).

$ printf 'load_imm a0, 1\n' >end.s; printf 'load_imm a0, 1\nret\n' >good.s; for f in end good; do pvm asm $f.s -f raw --gp 0.8.0 2>/dev/null; rm -rf g; pvm run $f.pvm --raw --gp 0.8.0 --entry 1 --segments g | grep outcome; pvm verify g | head -n 1; pvm resume g | sed -n 2p; done
>   outcome      panic
> 1 of 1 segments are good: 1 instructions, 0 gas
> panic
>   outcome      panic
> 1 of 1 segments are good: 1 instructions, 0 gas
> panic

The other invocations, and rounds of CoreVM: a run for each of its packages.

$ pvm asm authorize.s -o authorize.jam; pvm run authorize.jam --is-authorized --token 0x0102 --config 0x07 --segments auth >report; pvm verify auth | sed -n 2p; pvm asm accumulate.s -o accumulate.jam; pvm run accumulate.jam --accumulate --segments acc >report; pvm verify acc | sed -n 2p
> is_authorized, GP 0.7.2: halt
> accumulate, GP 0.7.2: halt

$ pvm run accumulate.jam --on-transfer --gp 0.7.0 --transfer amount=5,gas=60 --segments told --segment-gas 10 >report; pvm verify told | head -n 2; pvm resume told | head -n 2
> 2 of 2 segments are good: 7 instructions, 17 gas
> on_transfer, GP 0.7.0: halt
> segments 0 to 1: 7 instructions, every state is the recorded one
> halt

$ pvm corevm fib --n 1 --segments fib --segment-gas 400 >report; pvm verify fib | grep GP; pvm resume fib -s 1 | sed -n 2p
> refine 0, GP 0.7.2: halt
> refine 1, GP 0.7.2: halt
> refine 2, GP 0.7.2: halt
> halt

All runs of a package and of a scenario's rounds, beside the store of exports that --segments is there.

$ pvm work-package run package.json --run-segments package --segment-gas 20 >report 2>err; pvm verify package | grep GP; pvm resume package -s 1 | head -n 1
> is_authorized, GP 0.7.2: halt
> refine 0, GP 0.7.2: halt
> refine 1, GP 0.7.2: halt
> segments 1 to 3: 15 instructions, every state is the recorded one

$ pvm scenario run scenario.json --run-segments rounds >report; pvm verify rounds | grep GP; pvm verify rounds --json | grep -E '"(name|invocation)"'; pvm work-package run package.json --segment-gas 5; pvm scenario run scenario.json --segment-gas 5
> round 0, core 0, is_authorized, GP 0.7.2: halt
> round 0, core 0, refine 0, GP 0.7.2: panic
> round 0, accumulate 5, GP 0.7.2: halt
>       "name": "round 0, core 0, is_authorized",
>       "invocation": "is_authorized",
>       "name": "round 0, core 0, refine 0",
>       "invocation": "refine",
>       "name": "round 0, accumulate 5",
>       "invocation": "accumulate",
! pvm: work-package: --segment-gas means nothing without --run-segments
! pvm: scenario: --segment-gas means nothing without --run-segments
? 2

$ printf '{"rounds": [{}]}' >nothing.json; pvm scenario run nothing.json --run-segments idle >report
! pvm: idle: nothing was recorded, as nothing ran
? 2

What is wrong is named. A bit in each kind of file, then the manifest's own seal.

$ cp -r seg bad; printf Q | dd of=bad/segment-00001.bin bs=1 conv=notrunc status=none; pvm verify bad; pvm resume bad -s 1
> wrong: segment-00001.bin: bit 0 of octet 0 was flipped (its head)
> wrong: segment-00001.bin: bit 0 of octet 0 was flipped (its head)
? 1

$ pvm verify bad --shard 1/2 | head -n 1 | cut -d: -f 1; pvm verify bad --json | grep -E '"(good|wrong)"'
> 2 of 3 segments are good
>   "good": false,
>   "wrong": "segment-00001.bin: bit 0 of octet 0 was flipped (its head)",

$ rm -r bad; cp -r seg bad; cd bad; printf '\001' | dd of=$(echo program-*) bs=1 conv=notrunc status=none; pvm verify . | sed 's/[0-9a-f]\{64\}/HASH/'
> wrong: program-HASH.bin: bit 0 of octet 0 was flipped

$ rm -r bad; cp -r seg bad; printf z | dd of=bad/manifest.json bs=1 conv=notrunc status=none; pvm verify bad
> wrong: manifest.json: bit 0 of octet 0 was flipped
? 1

$ rm -r bad; cp -r seg bad; truncate -s -1 bad/manifest.json; pvm verify bad; printf '\n\n' >>bad/manifest.json; pvm verify bad
> wrong: manifest.json: more than one bit was changed, or it was cut short
> wrong: manifest.json: more than one bit was changed, or it was cut short
? 1

A file cut short, one octet too many, one missing, one too many, two changes.

$ rm -r bad; cp -r seg bad; truncate -s 1000 bad/segment-00002.bin; pvm verify bad | cut -d, -f 1; cp seg/segment-00002.bin bad; printf x >>bad/segment-00002.bin; pvm verify bad | grep -c 'octets, the manifest says'
> wrong: segment-00002.bin: 1000 octets
> 1

$ rm -r bad; cp -r seg bad; rm bad/segment-00001.bin; pvm verify bad; rm -r bad; cp -r seg bad; rm bad/program-*; pvm verify bad | sed 's/[0-9a-f]\{64\}/HASH/'
> wrong: segment-00001.bin: not there
> wrong: program-HASH.bin: not there

$ rm -r bad; cp -r seg bad; cp bad/segment-00001.bin bad/segment-00003.bin; pvm verify bad; mv bad/segment-00003.bin bad/segment-1.bin; pvm verify bad; rm bad/segment-1.bin; : >bad/.hidden; pvm verify bad
> wrong: segment-00003.bin: the manifest has no such file
> wrong: segment-1.bin: the manifest has no such file
> wrong: .hidden: the manifest has no such file
? 1

$ rm -r bad; cp -r seg bad; cp bad/segment-00001.bin bad/segment-00002.bin; pvm verify bad | cut -d, -f 1 | cut -c 1-24; printf 'QQ' | dd of=bad/segment-00000.bin bs=1 conv=notrunc status=none; pvm verify bad
> wrong: segment-00002.bin
> wrong: segment-00000.bin: more than one bit was changed: its digest is not the manifest's
? 1

$ mkdir none; pvm verify none; pvm verify absent
! pvm: none/manifest.json: No such file or directory
! pvm: absent/manifest.json: No such file or directory
? 4

The command line.

$ pvm run sum.jam --segments seg 2>&1 | cut -d, -f 1
> pvm: run: seg: not empty

$ pvm run sum.jam --segment-gas 5; pvm run sum.jam --segments new --segment-gas 0
! pvm: run: --segment-gas means nothing without --segments
! pvm: run: --segment-gas 0: no instruction fits into a segment
? 2

$ for o in '--shard 0/2' '--shard 3/2' '--shard 1' '--shard a/b' '--jobs 0'; do pvm verify seg $o; done
! pvm: verify: --shard: expected K/N with K from 1 to N, got "0/2"
! pvm: verify: --shard: expected K/N with K from 1 to N, got "3/2"
! pvm: verify: --shard: expected K/N with K from 1 to N, got "1"
! pvm: verify: --shard: expected K/N with K from 1 to N, got "a/b"
! pvm: verify: --jobs 0: nothing can be checked
? 2

$ pvm resume seg -s 3; pvm resume seg -n 0; pvm verify
! pvm: resume: --segment 3: there are 3, from 0
! pvm: resume: --count 0: nothing is to be run
! pvm: verify: an argument is missing, expected: DIR [--jobs N] [--shard K/N]
? 2

A run that a limit of ours ends is recorded up to there: 20 instructions are run, the last one ends unseen.

$ pvm run sum.jam --max-gas 20 --segments cut --segment-gas 8 >report 2>err; pvm verify cut | head -n 2; pvm resume cut | head -n 2; pvm verify cut | grep start | cmp - <(pvm verify seg | grep start)
> 3 of 3 segments are good: 19 instructions, 19 gas
> refine, GP 0.7.2: unfinished
> segments 0 to 2: 19 instructions, every state is the recorded one
> the run goes on

$ pvm asm nested.s -o nested.jam; pvm run nested.jam --max-inner-gas 1 --segments short --segment-gas 3 >report 2>err; pvm verify short | sed -n 2p; pvm run 4.pvm --raw --max-gas 5 --segments five >report 2>err; pvm verify five | head -n 2; pvm resume five | sed -n 2p
> refine, GP 0.7.2: unfinished
> 1 of 1 segments are good: 4 instructions, 4 gas
> raw, GP 0.7.2: unfinished
> the run goes on

So is one that a signal ends.

$ pvm run 4.pvm --raw --gas 1000000000000 --max-gas 1000000000000 --segments stopped --segment-gas 100000 >report & p=$!; while [ ! -f stopped/segment-00003.bin ]; do sleep 0.05; done; kill -TERM $p; wait $p; echo $?; pvm verify stopped | sed -n 2p; ls stopped | grep -c manifest
> 143
> raw, GP 0.7.2: unfinished
> 1

One that was killed has no manifest.

$ rm -r bad; cp -r seg bad; rm bad/manifest.json; pvm verify bad; pvm resume bad
! pvm: bad: there are segments and no manifest.json: the recording was not finished
! pvm: bad: there are segments and no manifest.json: the recording was not finished
? 4
