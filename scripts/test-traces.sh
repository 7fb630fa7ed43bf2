#!/usr/bin/env bash
# Traces at length: every benchmark program is traced by pvm run, at most 12 octets an instruction
# in the binary form, which says the same as the text; then traces of over a hundred megabytes are
# made, summed up and compared on the fly, all within 64 MiB of address space. With sanitizers,
# which need terabytes of it, the traces are shorter and the space is not limited.
# usage: scripts/test-traces.sh PVM
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -ge 1 ] || die "usage: scripts/test-traces.sh PVM"
pvm=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
bad=0

complain() {
  printf '%s\n' "$*"
  bad=$((bad + 1))
}

# steps FILE: how many instructions a trace has.
steps() {
  "$pvm" trace stats "$1" | sed -n 's/^  instructions \([0-9]*\),.*/\1/p'
}

# small NAME GP GAS: the trace of guest.jam.
small() {
  local count octets packed
  "$pvm" run guest.jam --gp "$2" --gas "$3" --args 0x0000001000000000 --trace t.bin >out 2>&1 || true
  "$pvm" run guest.jam --gp "$2" --gas "$3" --args 0x0000001000000000 --trace t.txt.zst >out 2>&1 || true
  count=$(steps t.bin)
  octets=$(wc -c <t.bin)
  "$pvm" trace convert t.bin -o t.bin.zst
  packed=$(wc -c <t.bin.zst)
  awk -v name="$1" -v gp="$2" -v n="$count" -v octets="$octets" -v packed="$packed" 'BEGIN {
    printf "%-16s GP %s %8d instructions, octets each: %5.2f, packed %5.2f\n", name, gp, n,
      octets / n, packed / n
  }'
  [ "$count" -ge 2500 ] || complain "$1: $count instructions, too few to tell"
  [ "$octets" -le $((12 * count)) ] || complain "$1: $octets octets for $count instructions"
  "$pvm" trace diff t.bin t.txt.zst >out 2>&1 || complain "$1: $(cat out)"
}

long=1000000
gas=100000
if bash -c 'ulimit -v 65536; exec "$0" version' "$pvm" >/dev/null 2>&1; then
  limit="ulimit -v 65536"
else
  limit=true
  long=30000
  gas=30000
fi

# From 0.8.0 on a host call costs more, and so do other instructions.
for guest in "$root"/testdata/bench/w*.s; do
  name=$(basename "$guest" .s)
  "$pvm" asm "$guest" -o guest.jam
  small "$name" 0.7.2 $gas
  "$pvm" asm "$guest" --gp 0.8.0 -o guest.jam
  small "$name" 0.8.0 $((4 * gas))
done

# A hundred octets of text and more an instruction, so that what is kept of each would show.
"$pvm" asm "$root/testdata/bench/w3_collatz.s" -o guest.jam
# trace FILE OPTION...: of the long run.
trace() {
  "$pvm" run guest.jam --gas $long --args 0x0000001000000000 --trace "$@" || true
}
$limit
trace long.bin >out
count=$(steps long.bin)
[ "$count" -ge $((long * 99 / 100)) ] || complain "the long run: $count instructions"
trace - --trace-full | tee >(wc -c >size) | "$pvm" trace diff - long.bin >out || complain "full: $(head -n 2 out)"
grep -q "^no difference in $count instructions" out || complain "full: $(cat out)"
while [ ! -s size ]; do sleep 0.1; done
[ $long -lt 1000000 ] || [ "$(cat size)" -gt 100000000 ] || complain "$(cat size) octets, too few to tell"
some=$((long * 2 / 5))
[ "$("$pvm" trace convert long.bin -o - --form json --count $some | steps -)" = $some ] || complain "json: other sums"
# A difference at the very end, with its context.
trace - | sed "s/^\( *$count -.*\)\( [0-9][0-9]*\)/\1\29/" | "$pvm" trace diff long.bin - -c 1 >out || true
grep -q "^the traces part at step $count\$" out || complain "the end: $(head -n 2 out)"
printf 'a run of %d instructions: %d octets of text and %d of the binary form, compared and summed up\n' \
  "$count" "$(cat size)" "$(wc -c <long.bin)"
[ $bad -eq 0 ]
