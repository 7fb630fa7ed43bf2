Timed runs of the programs that pvm carries; every run's result is verified.

$ pvm bench accumulate inner --quick --runs 2 | cut -d '|' -f 2 | tr -d ' -'
> case
> 
> inner
> accumulate

A file of earlier figures to compare with.

$ pvm bench corevm --runs 2 --json >old.json; pvm bench corevm --runs 2 --compare old.json | head -n 1 | grep -o 'speed, new/old'
> speed, new/old

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
