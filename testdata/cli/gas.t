What the blocks of a program cost, in both models.

$ pvm asm sum.s -o sum.jam && pvm gas sum.jam
> GP 0.7.2 charges each instruction 1 (flat).
>
> | block | name  | octets | flat | pipeline |
> |-------|-------|--------|------|----------|
> | 0x0   |       | 5      | 1    | 15       |
> | 0x5   | start | 4      | 2    | 2        |
> | 0x9   | again | 9      | 3    | 21       |
> | 0x12  |       | 15     | 4    | 25       |
>
> 4 blocks; each once: 10 flat, 63 pipeline

One block, named by any position in it.

$ pvm gas sum.jam --block 11 --gp 0.8.0
> GP 0.8.0 charges a block its pipeline cost, on entry.
>
> | block | name  | octets | flat | pipeline |
> |-------|-------|--------|------|----------|
> | 0x9   | again | 9      | 3    | 21       |

Its way through the pipeline.

$ pvm gas sum.jam --timeline 5
> ...
> Block 0x5 through the pipeline, 2 gas:
>
> ...

$ pvm gas sum.jam --block 5 --json
> {
>   "gp": "0.7.2",
>   "model": "flat",
>   "valid_080": true,
>   "blocks": [
>     {
>       "pc": 5,
>       "name": "start",
>       "octets": 4,
>       "flat": 2,
>       "pipeline": 2
>     }
>   ]
> }

Code that GP 0.8.0 does not run: an instruction that does not end a block stands last.

$ printf '\0\0\1\1\1' >ends.raw; printf '\0\0\2\63\7\1' >open.raw; pvm gas open.raw -f raw --gp 0.8.0 | grep valid
> This code is not valid there: it panics before it runs, for no gas.

$ pvm gas ends.raw -f raw --gp 0.8.0 | grep -c valid
> 0
? 1

$ pvm gas sum.jam --block 1000
! pvm: gas: position 1000 is not in the code, which has 33 octets
? 2

$ pvm gas sum.jam --block 0 --timeline 0
! pvm: gas: --timeline shows its block, --block is too much
? 2

$ pvm gas sum.jam --gp 0.9.0
! ...
? 2

$ pvm gas sum.s
! ...
? 3
