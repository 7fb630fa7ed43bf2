Timed runs of the programs that pvm carries; every run's result is verified.

$ pvm bench accumulate inner --quick --runs 2 | cut -d '|' -f 2 | tr -d ' -'
> case
> 
> inner
> accumulate

A file of earlier figures to compare with.

$ pvm bench corevm --runs 2 --json >old.json; pvm bench corevm --runs 2 --compare old.json | head -n 1 | grep -o 'speed, new/old'
> speed, new/old

The same as JSON, which is a file to compare with again; work of another size is not compared.

$ pvm bench corevm --runs 1 --json --compare old.json >new.json; grep -o '"old_[a-z]*_ns"' new.json; grep median old.json | grep -o '[0-9]*' >a; grep old_median new.json | grep -o '[0-9]*' >b; cmp a b; pvm bench corevm --runs 1 --compare new.json | grep -c new/old
> "old_median_ns"
> "old_least_ns"
> "old_most_ns"
> 1

$ sed 's/"n": 10/"n": 11/' old.json >other.json; pvm bench corevm --runs 1 --compare other.json | grep -c new/old
! pvm: note: bench: no corevm of the same work in other.json
> 0
? 1

$ pvm bench w99
! pvm: bench: no case "w99"
? 2

$ pvm bench --runs 0
! pvm: bench: --runs: expected 1 to 100
? 2

$ printf '[]' >bad.json; pvm bench corevm --compare bad.json
! pvm: bad.json: $: expected an object, got an array
? 3

$ pvm bench w10 --quick --runs 1 --native ./none
! pvm: bench: ./none w10 gave no figures
? 4

Host calls served in other languages are programs that get the guest as standard input.

$ pvm bench w7-python
! pvm: bench: w7-python needs --bindings DIR
? 2

$ pvm bench w7-go --bindings none
! pvm: bench: none/w7-go gave no figures
? 4

$ mkdir -p langs; pvm bench --quick --bindings langs
! pvm: bench: --bindings: no w7-python and no w7-go in langs
? 4

$ printf '#!/bin/sh\nprintf "0x%%x 4000000\\n" $((3 * $1)); cat >guest\n' >langs/w7-go; chmod +x langs/w7-go

$ pvm bench w7-go w7 --quick --runs 2 --bindings langs | grep w7-go | cut -d '|' -f 2-7 | tr -s ' '
>  w7-go | 4.00 | +0% +0% | 100000 times | 40 | 

$ pvm disasm guest | grep -c ecalli
> 1

$ printf '#!/bin/sh\necho 0x493e1 4000000\n' >langs/w7-go; pvm bench w7-go --quick --bindings langs
! pvm: bench: langs/w7-go: another checksum
? 3

$ printf '#!/bin/sh\necho 300000\n' >langs/w7-go; pvm bench w7-go --quick --bindings langs
! pvm: bench: langs/w7-go gave no figures
? 4

$ printf '#!/bin/sh\necho 300000 18446744073709551615\n' >langs/w7-go; pvm bench w7-go --quick --bindings langs
! pvm: bench: langs/w7-go gave no figures
? 4

A file that nobody may run.

$ chmod -x langs/w7-go; pvm bench w7-go --quick --bindings langs
! pvm: bench: langs/w7-go gave no figures
? 4
