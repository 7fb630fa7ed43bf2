pvm state: files of states.

A state with one service, made from a blob.

$ pvm asm sum.s -o sum.jam; pvm state init --service 5 --code sum.jam --balance 5000 --params tiny --slot 3 -o a.json; grep -E '"(gp|params|slot|id|balance|items)"' a.json
>   "gp": "0.7.2",
>   "params": "tiny",
>   "slot": 3,
>       "id": 5,
>       "balance": 5000,
>       "items": 2,

Written and read again: the same octets; and the same root whatever the form.

$ pvm state convert a.json --to own -o b.json; cmp a.json b.json

$ for f in own jip4 keyvals binary; do pvm state convert a.json --to $f -o c; pvm state root c; done | uniq | wc -l
> 1

What differs.

$ pvm state diff a.json b.json

$ sed -e 's/"balance": 5000/"balance": 4796/' -e 's/"storage": \[\]/"storage": [{"key": {"text": "jam"}, "value": "0x010203"}]/' a.json >d.json; pvm state diff a.json d.json
> service 5: balance -204; storage "jam" none -> 3 bytes 0x010203
? 1

$ pvm state diff d.json a.json
> service 5: balance +204; storage "jam" 3 bytes -> deleted
? 1

One service.

$ pvm state show d.json --service 5 | grep -A 1 -E '^storage|balance'
>   balance      4796, threshold 268
>   footprint    2 items, 148 bytes, gratis 0
> --
> storage
>   "jam"  0x010203 (3 octets)

$ pvm state show d.json --service 6
! pvm: d.json: no service 6
? 2

Versions: a file shows which one it is of, and can be written as another.

$ pvm state convert a.json --to own --gp 0.7.0 | grep -c register
> 0
? 1

$ sed 's/"register": 0/"register": 1/' a.json >r.json; pvm state convert r.json --to own --gp 0.7.0
! pvm: 0.7.0: $.privileges: GP 0.7.0 has no register
? 2

$ pvm state convert a.json --to keyvals --gp 0.6.6 | pvm state show - | head -n 1
> state standard input, GP 0.6.6, key-values

$ pvm state init --service 5 --code sum.jam -o z.json; for v in 0.6.7 0.7.1 0.7.2; do pvm state convert z.json --to stf --gp $v; done | grep -o '"preimage.*": \[' 
> "preimages": [
> "preimages_blob": [
> "preimages_status": [
> "preimage_blobs": [
> "preimage_requests": [

$ pvm state convert d.json --to keyvals | pvm state convert - --to stf
! pvm: service 5 has entries of which only the state key is known, the vectors' form of GP 0.7.2 cannot say that
? 2

A failed run leaves what was there.

$ echo old >keep; pvm state convert none.json --to own -o keep; cat keep
! pvm: none.json: No such file or directory
> old

$ printf '{"services": [{"id": 5, "balance": -1}]}' >bad.json; pvm state convert bad.json --to own -o keep; echo $?; cat keep; ls | grep -c tmp
! pvm: bad.json: $.services[0].balance: expected a whole number from 0 to 2^64 - 1, got -1
> 3
> old
> 0
? 1

$ pvm state convert a.json --to own -o none/b.json 2>err; echo $?; wc -l <err
> 4
> 1

A chain specification keeps what is no state.

$ pvm state convert a.json --to jip4 | sed '2i\  "bootnodes": ["e5pk@127.0.0.1:40000", "b \\"q\\""],' >spec.json; pvm state convert spec.json --to jip4 | head -n 7 | cut -c1-60
> {
>   "id": "pvm",
>   "bootnodes": [
>     "e5pk@127.0.0.1:40000",
>     "b \"q\""
>   ],
>   "genesis_header": "",

$ sed 's/"e5pk.*40000"/7/' spec.json >bad.json; pvm state show bad.json
! pvm: bad.json: $.bootnodes[0]: expected a text in quotes, got 7
? 3

Files that are no states.

$ pvm state root sum.jam
! pvm: sum.jam: neither JSON nor a state in binary
? 3

$ awk 'BEGIN { for (i = 0; i < 10000; i++) printf "["; for (i = 0; i < 10000; i++) printf "]" }' >deep.json; pvm state show deep.json
! pvm: deep.json:1:129: nested too deep
? 3

$ truncate -s 1G big.json; pvm state show big.json; rm big.json
! pvm: big.json: larger than 268435456 octets

$ pvm state convert a.json
! pvm: state convert: --to FORM is missing
? 2

$ pvm state show
! pvm: state show: 1 file expected, 0 given
? 2

$ pvm state show a.json --to own
! pvm: state show: --to is no option of it
? 2

$ pvm state shwo a.json
! pvm: state: no action "shwo", there are show, diff, root, convert and init
? 2
