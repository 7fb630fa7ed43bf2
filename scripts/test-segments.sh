#!/usr/bin/env bash
# Segments at length: records the benchmark programs, the rounds of CoreVM, the command-line guests
# and, where they are, the public services; verifies them, runs them again from the middle; then
# flips bits by chance, one at a time, all over a directory, and counts those that nobody misses.
# usage: scripts/test-segments.sh PVM [FLIPS]      (10000 if not said; 0, as ctest has it: none)
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -ge 1 ] || die "usage: scripts/test-segments.sh PVM [FLIPS]"
pvm=$(realpath "$1")
flips=${2:-10000}
shared=${SHARED:-$root/../shared}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
cp "$root"/testdata/cli/*.s .
bad=0 good=0

# complain NAME TEXT
complain() {
  printf '%s: %s\n' "$1" "$2"
  bad=$((bad + 1))
}

# judge NAME: verifies folder d, and runs it again whole and from the middle.
judge() {
  local count
  if [ ! -f d/manifest.json ]; then
    complain "$1" "not recorded: $(tail -n 1 err)"
    return
  fi
  count=$(find d -name 'segment-*' | wc -l)
  if ! "$pvm" verify d >out 2>&1; then
    complain "$1" "$(head -n 1 out)"
  elif ! "$pvm" resume d >out 2>&1 || ! "$pvm" resume d -s $((count / 2)) >out 2>&1; then
    complain "$1" "$(head -n 1 out)"
  else
    good=$((good + 1))
  fi
}

# record NAME GAS ARGUMENT...: a run of at most 3 million gas in segments of that much.
record() {
  local name=$1 gas=$2
  shift 2
  rm -rf d
  "$pvm" run "$@" --segments d --segment-gas "$gas" >out 2>err || true
  judge "$name"
}

for guest in "$root"/testdata/bench/*.s; do
  "$pvm" asm "$guest" -o guest.jam
  record "bench $(basename "$guest")" 300000 guest.jam --gas 1000000
done
"$pvm" asm inner.s -f raw
"$pvm" asm toucher.s -f raw
for guest in *.s; do
  case $guest in toucher.s | flood.s | grow.s) continue ;; esac
  "$pvm" asm "$guest" -o guest.jam 2>/dev/null || continue
  record "cli $guest" 50 guest.jam --gas 100000
  "$pvm" asm "$guest" --gp 0.8.0 -o guest.jam 2>/dev/null || continue
  record "cli $guest, 0.8.0" 5000 guest.jam --gas 40000000 --gp 0.8.0
done
for variant in plain demand log; do
  for gp in 0.7.2 0.8.0; do
    rm -rf d
    "$pvm" corevm fib --n 5 --variant $variant --gp $gp --segments d --segment-gas 300 >out 2>err
    judge "corevm $variant $gp"
  done
done
if [ -d "$shared/vectors/programs" ]; then
  for blob in "$shared"/vectors/programs/*.jam; do
    record "refine $(basename "$blob")" 20000 "$blob" --gas 500000
    record "accumulate $(basename "$blob")" 20000 "$blob" --gas 500000 --accumulate
  done
else
  echo "skipped: no public services in $shared"
fi
for scenario in "$root"/testdata/scenarios/*.json; do
  rm -rf d
  "$pvm" scenario run "$scenario" -q --run-segments d --segment-gas 300 >out 2>err
  judge "scenario $(basename "$scenario")"
done
printf '%d runs are good, %d are not\n' "$good" "$bad"
if [ "$flips" = 0 ]; then
  exit $((bad > 0))
fi

# A directory with programs, children and host calls; every bit of it is as likely.
rm -rf d
"$pvm" corevm fib --n 3 --variant demand --segments d --segment-gas 500 >out
cat >flip.py <<'END'
import os, random, subprocess, sys
pvm, flips = sys.argv[1], int(sys.argv[2])
files = sorted(os.path.join("d", name) for name in os.listdir("d"))
sizes = [os.path.getsize(name) for name in files]
chance = random.Random(1)
missed = wrong = 0
for i in range(flips):
    # Half of them anywhere, half with each file as likely, so that small files get theirs.
    name = chance.choices(files, sizes)[0] if i % 2 else chance.choice(files)
    with open(name, "r+b") as file:
        octets = bytearray(file.read())
        bit = chance.randrange(8 * len(octets))
        file.seek(bit // 8)
        file.write(bytes([octets[bit // 8] ^ 1 << bit % 8]))
    run = subprocess.run([pvm, "verify", "d", "--jobs", "1"], capture_output=True, text=True)
    want = "wrong: %s: bit %d of octet %d was flipped" % (name[2:], bit % 8, bit // 8)
    if run.returncode != 1:
        missed += 1
        print("missed:", name, bit)
    elif not run.stdout.startswith(want):
        wrong += 1
        print("wanted:", want, "got:", run.stdout.splitlines()[:1])
    with open(name, "r+b") as file:
        file.seek(bit // 8)
        file.write(octets[bit // 8:bit // 8 + 1])
print("%d flips: %d missed, %d named wrongly" % (flips, missed, wrong))
sys.exit(missed + wrong > 0)
END
python3 flip.py "$pvm" "$flips" || bad=$((bad + 1))
[ "$bad" = 0 ]
