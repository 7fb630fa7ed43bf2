#!/usr/bin/env bash
# pvm test over the vectors of testdata: that output does not depend on the number of workers, shards
# are parts of the whole, a lost worker is a failure of its file alone, and a vector in which one
# thing was changed, or which was cut, fails with the place. Each test works in a folder of its own.
#
#   scripts/test-suite.sh PVM [TEST...]
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -ge 1 ] || die "usage: test-suite.sh PVM [TEST...]"
pvm=$(realpath "$1")
shift
tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(order shards filters walk documents lost killed timeout flips missing cuts)
data=$root/testdata
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
export LC_ALL=C
unset PVM_GP NO_COLOR
failed=0
checks=0

# bad WHAT: a check did not hold.
bad() {
  failed=$((failed + 1))
  echo "$test: $*"
}

# run CODE ARGUMENT...: pvm test, its output to out and err, which must exit so.
run() {
  local want=$1 code=0
  shift
  checks=$((checks + 1))
  "$pvm" test "$@" >out 2>err </dev/null || code=$?
  [ "$code" = "$want" ] || bad "pvm test $*: exit code $code instead of $want: $(tail -n 1 out err)"
}

# fails WHAT ARGUMENT...: pvm test must not pass.
fails() {
  local what=$1
  shift
  checks=$((checks + 1))
  ! "$pvm" test "$@" >out 2>err </dev/null || bad "passes: $what"
}

# says TEXT: a line of the output has it.
says() {
  checks=$((checks + 1))
  grep -qF -- "$1" out || bad "not said: $1"
}

# A folder with every kind of file, some twice.
folder() {
  mkdir "$1"
  cp -r "$data"/{chain,ecalli,scenarios,vectors} "$1"
  mkdir "$1/accumulate"
  cp "$data"/accumulate/{common,state,yield,transfer,query}.json "$1/accumulate"
}

# A vector that runs for a very long time: a jump to itself.
endless() {
  cat >"$1" <<'END'
{"name": "endless", "initial-regs": [0,0,0,0,0,0,0,0,0,0,0,0,0], "initial-pc": 0,
 "initial-page-map": [], "initial-memory": [], "initial-gas": 4611686018427387904,
 "program": [0,0,2,40,0,1], "expected-status": "out-of-gas",
 "expected-regs": [0,0,0,0,0,0,0,0,0,0,0,0,0], "expected-pc": 0, "expected-memory": [],
 "expected-gas": 0}
END
}

test_order() {
  local how
  folder all
  echo '{"cut' >all/vectors/cut.json
  sed 's/, 42, 37/, 43, 37/' "$data/vectors/sum.json" >all/vectors/wrong.json
  for how in --verbose --json; do
    run 1 all --jobs 1 $how
    mv out one
    for jobs in 2 16; do
      run 1 all --jobs $jobs $how
      cmp -s one out || bad "other output with --jobs $jobs $how"
    done
  done
  run 1 all --jobs 1 --fail-fast
  mv out one
  run 1 all --jobs 4 --fail-fast
  cmp -s one out || bad "other output with --jobs 4 --fail-fast"
  says "stopped at the first failure"
  [ "$(grep -c '^FAIL' out)" = 1 ] || bad "more than one failure with --fail-fast"
}

test_shards() {
  local k n
  folder all
  run 0 all --verbose
  grep -E '^(pass|FAIL|skip|none) ' out | sort >whole
  for n in 2 5; do
    : >parts
    for k in $(seq 1 $n); do
      run 0 all --verbose --shard "$k/$n"
      grep -E '^(pass|FAIL|skip|none) ' out | grep -v ': of other shards$' >>parts || true
    done
    sort parts | cmp -s whole - || bad "$n shards are not the whole: $(sort parts | diff whole - | head -n 5)"
  done
  # More shards than files: the last has none, and that is no mistake.
  run 0 all --shard 1000/1000
  says "0 passed, 0 failed, 0 skipped"
}

test_filters() {
  folder all
  run 0 all --filter 'sum*'
  says "left out by --filter"
  run 0 all --filter '*/chain/*' --verbose
  [ "$(grep -c '^pass' out)" = 6 ] || bad "other than 6 of the chain pass"
  run 0 all --filter '*.bin' --filter 'gas.json' --verbose
  [ "$(grep -c '^pass' out)" = 4 ] || bad "other than 3 binary files and one pass"
  run 3 all --filter nothing
  run 0 all/chain/traces --from 2
  says "skipped: 2: its number is not among those asked for"
  run 0 all/chain/traces --from 1 --to 1
  says "2 passed, 0 failed, 0 skipped"
  run 2 all/chain/traces --from 2 --to 1
  run 0 all/accumulate/yield.json --gp 0.7.0
  says "15 passed, 0 failed, 0 skipped"
  # Steps of a program without an end, which GP 0.8.0 does not run, are not passed there.
  cat >open.json <<'END'
{"name": "open", "initial-pc": 0, "initial-gas": 100, "program": [0, 0, 3, 149, 135, 5, 1],
 "steps": [{"kind": "run"}, {"kind": "assert", "status": "panic", "gas": 98, "pc": 3,
            "regs": [0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0], "memory": []}],
 "block-gas-costs": {"0": 2}}
END
  run 0 open.json
  says "1 passed, 0 failed, 0 skipped"
  run 0 open.json --gp 0.8.0
  says "skipped: 1: the version does not run such a program: only its costs were compared"
  says "1 passed, 0 failed, 1 skipped"
  # A folder that the version is named by, seen from within it and from above.
  mkdir v0.7.0
  cp -r all/chain v0.7.0
  run 1 v0.7.0/chain
  mv out above
  (
    cd v0.7.0/chain/stf
    fails "the version that the folder is named by" ..
    mv out ../../../out
  )
  [ "$(tail -n 1 out)" = "$(tail -n 1 above)" ] || bad "other results from within a folder"
  run 0 v0.7.0/chain --gp 0.7.2
  # What a case says of itself goes before the folder.
  cp -r all/vectors v0.7.0
  run 0 v0.7.0/vectors/refine.json
  says "refine-cases     0.7.2"
}

test_walk() {
  mkdir -p tree/b tree/.hidden
  cp "$data/vectors/sum.json" tree/b
  cp "$data/vectors/sum.json" tree/a.json
  cp "$data/vectors/sum.json" tree/.hidden
  ln -s .. tree/b/up
  ln -s ../a.json tree/b/link.json
  ln -s b tree/c
  ln -s nowhere tree/z.json
  mkfifo tree/pipe
  echo text >tree/README.md
  : >tree/vectors.tar.xz
  run 1 tree --verbose
  cat >want <<'END'
none tree/.hidden: hidden: the name begins with a dot
none tree/README.md: no test vectors
pass tree/a.json
pass tree/b/link.json
pass tree/b/sum.json
none tree/b/up: links to folders around them, or behind too many others
pass tree/c/link.json
pass tree/c/sum.json
none tree/c/up: links to folders around them, or behind too many others
none tree/pipe: no regular files
none tree/vectors.tar.xz: archives: unpack them first
FAIL tree/z.json: No such file or directory
END
  grep -E '^(pass|FAIL|skip|none) ' out | cmp -s - want ||
    bad "the walk: $(grep -E '^(pass|FAIL|skip|none) ' out | diff want -)"
  # A folder deeper than any that is gone into is a failure, not a link.
  cp "$data/vectors/sum.json" .
  (
    for _ in $(seq 1 260); do
      mkdir deep
      cd deep
    done
    cp "$scratch/walk.d/sum.json" .
  )
  run 1 deep sum.json
  says ": within too many other folders"
  says "1 passed, 1 failed, 0 skipped, in 2 files"
  run 3 tree/README.md
  grep -q 'tree/README.md: no kind of test file that pvm knows' err || bad "$(cat err)"
  run 3 tree/vectors.tar.xz
  run 3 tree/pipe
  run 4 tree/missing
  run 4 ""
  mkdir empty
  run 3 empty
  grep -q 'no test was found' err || bad "$(cat err)"
  if [ "$(id -u)" != 0 ]; then
    chmod 0 tree/b
    run 1 tree
    says "FAIL tree/b: Permission denied"
    chmod 755 tree/b
  fi
}

test_documents() {
  folder all
  sed 's/, 42, 37/, 43, 37/' "$data/vectors/sum.json" >all/vectors/wrong.json
  run 1 all --tap --junit out.xml
  local count
  count=$(grep -cE '^(not )?ok ' out)
  grep -qx "1..$count" out || bad "the plan of TAP is not $count"
  says "not ok"
  grep -q "tests=\"$count\" failures=\"1\"" out.xml || bad "JUnit: $(sed -n 3p out.xml)"
  [ "$(grep -c '<testcase ' out.xml)" = "$count" ] || bad "JUnit has other tests than TAP"
  run 1 all --json --junit -
  run 1 all --json
  if command -v python3 >/dev/null; then
    python3 - "$count" <<'END' || bad "no valid documents"
import json, sys, xml.dom.minidom
count = int(sys.argv[1])
document = json.load(open("out"))
assert len(document["tests"]) == count
assert document["passed"] + document["failed"] + document["skipped"] == count
assert document["failed"] == 1 == sum(one["failed"] for one in document["sets"])
failure = [one for one in document["tests"] if one["verdict"] == "failed"]
assert failure[0]["file"] == "all/vectors/wrong.json" and failure[0]["set"] == "pvm-programs"
assert "r7" in failure[0]["text"]
assert len(xml.dom.minidom.parse("out.xml").getElementsByTagName("testcase")) == count
END
  fi
  # Names that those who read documents could take for something else.
  mkdir names
  for name in $'new\nline' '<a&b>' ']]>' $'\e[31m' $'\xff' $'\xed\xa0\x80' $'\xef\xbf\xbe' $'\xe2\x80\xa8' \
    $'\xc2\x85' '# tap' '"'; do
    cp all/vectors/wrong.json "names/$name.json"
  done
  run 1 names --tap --junit out.xml
  [ "$(grep -c '^not ok' out)" = 11 ] || bad "other than 11 failures in TAP"
  if command -v python3 >/dev/null; then
    python3 - <<'END' || bad "no valid documents"
import xml.dom.minidom
assert len(xml.dom.minidom.parse("out.xml").getElementsByTagName("testcase")) == 11
assert len([line for line in open("out").read().splitlines() if line.startswith("not ok")]) == 11
END
  fi
  run 2 all --json --tap
  run 4 all --junit missing/out.xml
  run 0 all/chain --junit /dev/null
}

# A worker that is killed while it runs a file.
test_lost() {
  local job worker='' code=0
  mkdir all
  cp "$data/vectors/sum.json" all/a.json
  endless all/b.json
  cp "$data/vectors/sum.json" all/c.json
  cp "$data/vectors/sum.json" all/d.json
  "$pvm" test all --jobs 1 --verbose >out 2>err &
  job=$!
  for _ in $(seq 1 300); do
    worker=$(pgrep -P $job || true)
    [ -z "$worker" ] || ! grep -q 'pass all/a.json' out || break
    sleep 0.1
  done
  [ -n "$worker" ] || bad "no worker is seen"
  sleep 0.3
  [ -z "$worker" ] || kill -9 "$worker"
  wait $job || code=$?
  [ $code = 1 ] || bad "exit code $code instead of 1"
  says "FAIL all/b.json: the worker that ran it was ended by signal 9 (Killed)"
  says "pass all/c.json"
  says "pass all/d.json"
  says "3 passed, 1 failed, 0 skipped"
  [ -z "$(pgrep -P $job || true)" ] || bad "a worker is left"
}

# pvm itself killed: its workers go with it, whatever they are doing.
test_killed() {
  local job workers='' program
  mkdir all
  echo 'forever: jump forever' >forever.s
  "$pvm" asm forever.s -o forever.jam
  program=$(od -An -v -tx1 forever.jam | tr -d ' \n')
  cat >all/forever.log <<END
program 0x$program
start pc=0 gas=9999999999 r00=0xffff0000 r01=0xfefe0000 r07=0xfeff0000
OOG pc=0 gas=0
END
  cp all/forever.log all/again.log
  "$pvm" test all --jobs 2 >out 2>err &
  job=$!
  for _ in $(seq 1 300); do
    workers=$(pgrep -d ' ' -P $job || true)
    [ "$(wc -w <<<"$workers")" != 2 ] || break
    sleep 0.1
  done
  [ "$(wc -w <<<"$workers")" = 2 ] || bad "other than two workers: $workers"
  kill -9 $job
  wait $job 2>/dev/null || true
  checks=$((checks + 1))
  for _ in $(seq 1 30); do
    # Those that nobody has waited for yet are gone too.
    ps -o stat= -p "$workers" | grep -qv '^Z' || return 0
    sleep 0.1
  done
  bad "workers are left"
  kill -9 "${workers% *}" "${workers#* }" 2>/dev/null || true
}

test_timeout() {
  mkdir all
  # A jump to itself with gas for many seconds.
  printf 'program 0x000002280001\nstart pc=0 gas=9000000000\nOOG pc=0 gas=0\n' >all/a.log
  cp "$data/vectors/sum.json" all/b.json
  run 1 all --timeout 1
  says "FAIL all/a.log: took more than 1 seconds"
  says "1 passed, 1 failed, 0 skipped"
}

# flip FILE SED WORDS: the file, changed so, fails, and those words tell where.
flip() {
  local file=$scratch/flips/$1
  cp "$data/$1" "$file"
  sed -i "$2" "$file"
  ! cmp -s "$file" "$data/$1" || bad "$1: nothing to change: $2"
  fails "$1 with $2" "$file"
  grep -F "FAIL $file" out | grep -qF -- "$3" ||
    bad "$1: with $2 not \"$3\" but $(grep FAIL out || tail -n 1 out err)"
  cp "$data/$1" "$file"
}

# flip_octet FILE OFFSET WORDS: likewise, one octet of a binary file changed.
flip_octet() {
  local file=$scratch/flips/$1 octet
  cp "$data/$1" "$file"
  octet=$(od -An -tu1 -j "$2" -N 1 "$file")
  # shellcheck disable=SC2059 # the octet is the format
  printf "\\x$(printf %02x $((octet ^ 1)))" | dd of="$file" bs=1 seek="$2" conv=notrunc status=none
  fails "$1 with octet $2 changed" "$file"
  grep -F "FAIL $file" out | grep -qF -- "$3" ||
    bad "$1: with octet $2 changed not \"$3\" but $(grep FAIL out || tail -n 1 out err)"
  cp "$data/$1" "$file"
}

# Where these octets, in hexadecimal, stand last in a file.
place_of() {
  local hex
  hex=$(od -An -v -tx1 "$data/$1" | tr -d ' \n')
  local before=${hex%"$2"*}
  [ "$before" != "$hex" ] || die "no $2 in $1"
  echo $((${#before} / 2))
}

test_flips() {
  local stf=chain/stf/accumulate/tiny/always preimages=chain/stf/preimages/tiny/given
  local trace=chain/traces/00000001
  folder "$scratch/flips"
  flip vectors/sum.json 's/, 42, 37/, 43, 37/' "r7: expected 0x2b, got 0x2a"
  flip vectors/sum.json 's/"expected-pc": 6/"expected-pc": 7/' "pc"
  flip vectors/sum.json 's/"expected-status": "halt"/"expected-status": "panic"/' "panic"
  flip vectors/gas.json 's/"gas": 74/"gas": 73/' "gas"
  flip vectors/costs.json 's/"1": 2/"1": 3/' "block"
  flip vectors/accumulate.json 's/"gas_used": [0-9]*/&1/' "gas"
  flip vectors/refine.json 's/"gas_used": 66/"gas_used": 67/' "gas"
  flip vectors/refine.json 's/"output": "0x01020304"/"output": "0x01020305"/' "output"
  flip ecalli/service.log '/^ecalli=1 / s/gas=987/gas=986/' "gas"
  flip ecalli/service.log '/^ecalli=1 / s/r09=0x2/r09=0x3/' "r9: expected 0x3, got 0x2"
  flip ecalli/service.log 's/-> 0x6364/-> 0x6365/' "0x00020002"
  flip ecalli/service.log 's/^HALT pc=42/HALT pc=43/' "pc"
  flip vectors/manifest.json 's/"gas_used": 66/"gas_used": 67/' "gas"
  flip $stf.json '/post_state/,$ s/"0x010203"/"0x010204"/' "service 7: storage"
  flip $stf.json '/post_state/,$ s/"accumulate_gas_used": 1/"accumulate_gas_used": 2/' "statistics"
  flip $stf.json '/post_state/,$ s/"balance": 5000/"balance": 5001/' "service 7: balance"
  flip $stf.json '/post_state/,$ s/"designate": 4/"designate": 5/' "delegator: expected 5, got 4"
  flip $stf.json 's/"ok": "0x00/"ok": "0x01/' "root"
  flip $preimages.json '/post_state/,$ s/43$/44/' "service 7: request"
  flip $preimages.json '/post_state/,$ s/"provided_size": 5/"provided_size": 6/' "statistics"
  flip $preimages.json 's/"ok": null/"err": "preimage_unneeded"/' "preimage_unneeded"
  flip $stf.json 's/"ok": "0x0*"/&, "why": 1/' "why"
  flip $stf.json 's/"ok": "0x0*"/&, "err": null/' 'either "ok" or "err"'
  flip $preimages.json 's/"ok": null/"ok": 1/' "output.ok"
  flip $preimages.json 's/"ok": null/"ok": null, "why": 1/' "why"
  flip $preimages.json '/post_state/,$ s/"statistics": \[/"statistics": 0, "note": [/' "statistics"
  flip $preimages.json '/post_state/,$ s/"blob": "0x../&00/' "a blob has another hash"
  flip_octet $preimages.bin "$(place_of $preimages.bin 676976656e)" "a blob has another hash"
  flip_octet $stf.bin "$(place_of $stf.bin 010203)" "service 7: storage"
  flip_octet $preimages.bin "$(place_of $preimages.bin 2b000000)" "service 7: request"
  # A state of a trace carries its root, so that a changed octet shows before anything runs.
  flip_octet $trace.bin "$(place_of $trace.bin 676976656e)" \
    "the state after: its root"
  flip $trace.json '/post_state/,$ s/"state_root": "0x./&0/' "state_root"
  flip accumulate/yield.json '0,/"result": "OK"/ s//"result": "WHO"/' "r7"
  flip scenarios/transfers.json '0,/"accumulated": 1/ s//"accumulated": 2/' "accumulated"
}

# A vector without one of the things it is made of is a broken one, not a file of another kind.
test_missing() {
  local file key stf=chain/stf/accumulate/tiny/always.json
  local preimages=chain/stf/preimages/tiny/given.json trace=chain/traces/00000001.json
  folder all
  while read -r file key; do
    sed "0,/\"$key\":/ s//\"other\":/" "$data/$file" >"all/$file"
    ! cmp -s "all/$file" "$data/$file" || bad "$file: no $key"
    fails "$file without $key" all --filter "all/$file"
    grep -qF "FAIL all/$file: " out || bad "$file without $key: $(tail -n 1 out err)"
    cp "$data/$file" "all/$file"
  done <<END
vectors/sum.json program
vectors/sum.json initial-regs
vectors/sum.json expected-status
vectors/costs.json program
vectors/gas.json program
vectors/gas.json steps
vectors/accumulate.json gp_version
vectors/accumulate.json entry
vectors/accumulate.json slot
vectors/accumulate.json inputs
vectors/accumulate.json state
vectors/accumulate.json expected
vectors/refine.json gp_version
vectors/refine.json entry
vectors/refine.json code
vectors/refine.json fetch
vectors/refine.json expected
$stf input
$stf reports
$stf pre_state
$stf post_state
$stf output
$preimages input
$preimages preimages
$preimages pre_state
$preimages post_state
$preimages output
$trace block
$trace extrinsic
$trace pre_state
$trace keyvals
$trace post_state
END
}

# cut FILE: shorter, longer and empty, it fails; never is it passed over.
cut_file() {
  local file=$scratch/cuts/$1 size at
  size=$(stat -c %s "$data/$1")
  for at in 0 1 40 $((size / 3)) $((size / 2)) $((size - 3)); do
    [ "$at" -lt "$size" ] || continue
    head -c "$at" "$data/$1" >"$file"
    fails "$at octets of $1" "$scratch/cuts" --filter "$file"
    grep -qF "FAIL $file: " out || bad "$1: no failure with $at octets: $(tail -n 1 out err)"
  done
  { cat "$data/$1" && printf '}\0\1'; } >"$file"
  fails "$1 with octets behind it" "$scratch/cuts" --filter "$file"
  cp "$data/$1" "$file"
}

test_cuts() {
  local file
  folder "$scratch/cuts"
  for file in vectors/{sum,gas,costs,accumulate,refine,manifest}.json accumulate/yield.json \
    scenarios/transfers.json chain/stf/accumulate/tiny/always.{json,bin} \
    chain/stf/preimages/tiny/given.{json,bin} chain/traces/00000001.{json,bin}; do
    cut_file "$file"
  done
  # Of text that programs log beside other things only the end can be missed.
  file=$scratch/cuts/ecalli/service.log
  sed '/^HALT/,$ d' "$data/ecalli/service.log" >"$file"
  fails "ecalli/service.log without its end" "$file"
  says "FAIL $file: "
}

for test in "${tests[@]}"; do
  mkdir -p "$scratch/$test.d"
  cd "$scratch/$test.d"
  "test_$test"
done
echo "$checks checks, $failed failed"
[ $failed -eq 0 ]
