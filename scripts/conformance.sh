#!/usr/bin/env bash
# Prints docs/conformance.md: what pvm passes of every public set of vectors that is here, and how to
# get each of them.
#
#   scripts/conformance.sh PVM >docs/conformance.md
#   scripts/conformance.sh PVM --check     run the sets that are here and compare with the page
#   scripts/conformance.sh --get NAME      get a set; without NAME, list them
#
# Sets are looked for in PVM_VECTORS, a folder "vectors" beside the checkout if that is not said, by
# the names below; "shared" is ../shared/vectors. Ends with 1 when a test fails, with --check also
# when the page says something else, and 77 when there was nothing to compare.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
vectors=${PVM_VECTORS:-$root/../vectors}
export LC_ALL=C
unset PVM_GP

# name|what|licence|repository|branch, tag or pull request|folders in it
sets='
jam-test-vectors-0.6.7|state transitions and traces of GP 0.6.7|CC0-1.0|davxy/jam-test-vectors|v0.6.7|stf traces
jam-test-vectors-0.7.0|likewise, GP 0.7.0|CC0-1.0|davxy/jam-test-vectors|v0.7.0|stf traces
jam-test-vectors-0.7.1|likewise, GP 0.7.1|CC0-1.0|davxy/jam-test-vectors|v0.7.1|stf traces
jam-test-vectors-0.7.2|likewise, GP 0.7.2|CC0-1.0|davxy/jam-test-vectors|v0.7.2|stf traces
jam-conformance|blocks on which implementations disagreed under fuzzing|see there|davxy/jam-conformance|HEAD|fuzz-reports
jamtestvectors|programs of one instruction|CC0-1.0|w3f/jamtestvectors|pull/3/head|pvm
new-gas-cost-model|costs of blocks, the draft of GP 0.8.0|none stated|koute/new-gas-cost-model|HEAD|tests integration-tests
anan-as|traces of host calls (JIP-7)|MPL-2.0|tomusdrw/anan-as|HEAD|bench/traces
'

# get NAME: clones what the table says.
get() {
  local name what licence repository ref folders
  while IFS='|' read -r name what licence repository ref folders; do
    [ -n "$name" ] || continue
    if [ $# -eq 0 ]; then
      printf '%-24s %s (https://github.com/%s, %s)\n' "$name" "$what" "$repository" "$ref"
    elif [ "$name" = "$1" ]; then
      git init -q "$vectors/$name"
      git -C "$vectors/$name" fetch -q --depth 1 "https://github.com/$repository" "$ref"
      git -C "$vectors/$name" checkout -q FETCH_HEAD -- "${folders%% *}" "${folders##* }"
      return
    fi
  done <<<"$sets"
  [ $# -eq 0 ] || die "no set \"$1\"; without a name they are listed"
}

if [ "${1:-}" = --get ]; then
  get "${@:2}"
  exit
fi
[ $# -ge 1 ] || die "usage: conformance.sh PVM [--check] | --get [NAME]"
pvm=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# rows NAME PATH...: the rows of a set in the page, and beneath them what else its run said.
rows() {
  local name=$1 code=0
  shift
  "$pvm" test "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
  if [ $code -gt 1 ]; then
    cat "$scratch/err" >&2
    die "$name: pvm test ends with exit code $code"
  fi
  grep '^FAIL ' "$scratch/out" >&2 || true
  [ $code -eq 0 ] || failures=1
  awk -v name="$name" '
    /^set +GP +passed/ { table = 1; next }
    /^(skipped|not run|key-values|[0-9]+ passed)/ { table = 0 }
    table { printf "| %s | %s | %s | %d/%d | %d |\n", name, $1, $2, $3, $3 + $4, $5 }
  ' "$scratch/out"
}

# notes NAME: how many files the last run was of, what it skipped or left unchecked.
notes() {
  sed -n -e "s/^.* skipped, in \([0-9]* files*\)\$/- $1: \1/p" "$scratch/out"
  sed -n -e "s/^skipped: /- $1: skipped /p" -e "s/^key-values that/- $1: &/p" "$scratch/out"
}

# unpacked FOLDER: a copy with its archives unpacked.
unpacked() {
  local archive
  cp -r "$1/." "$scratch/unpacked"
  chmod -R u+w "$scratch/unpacked"
  find "$scratch/unpacked" -name '*.tar.xz' | while IFS= read -r archive; do
    tar xJf "$archive" -C "$(dirname "$archive")"
    rm "$archive"
  done
}

# run_all: rows to table, notes to notes, names of sets that are not here to absent.
run_all() {
  local name rest folders paths folder
  : >"$scratch/table"
  : >"$scratch/notes"
  : >"$scratch/absent"
  rows testdata testdata/accumulate testdata/chain testdata/ecalli testdata/scenarios \
    testdata/vectors >>"$scratch/table"
  notes testdata >>"$scratch/notes"
  if [ -d ../shared/vectors ]; then
    mkdir "$scratch/unpacked"
    unpacked ../shared/vectors
    rows shared "$scratch/unpacked" >>"$scratch/table"
    notes shared >>"$scratch/notes"
  else
    echo shared >>"$scratch/absent"
  fi
  while IFS='|' read -r name rest; do
    [ -n "$name" ] || continue
    paths=()
    folders=${rest##*|}
    for folder in $folders; do
      [ ! -d "$vectors/$name/$folder" ] || paths+=("$vectors/$name/$folder")
    done
    if [ ${#paths[@]} -eq 0 ]; then
      echo "$name" >>"$scratch/absent"
      continue
    fi
    rows "$name" "${paths[@]}" >>"$scratch/table"
    notes "$name" >>"$scratch/notes"
  done <<<"$sets"
}

sets_table() {
  local name what licence repository ref folders
  while IFS='|' read -r name what licence repository ref folders; do
    # shellcheck disable=SC2016 # backquotes of Markdown
    [ -z "$name" ] ||
      printf '| %s | %s | %s | [%s](https://github.com/%s), `%s` | `%s` |\n' "$name" "$what" \
        "$licence" "$repository" "$repository" "$ref" "$folders"
  done <<<"$sets"
}

page() {
  cat <<'END'
# Conformance

Printed by `scripts/conformance.sh PVM`, never written by hand: what `pvm test` passes of the public sets of vectors that
were at hand when it was printed, and of our own. A vector that exists as JSON and as binary counts twice, a row of a
table of host calls once for each version and invocation. What a test compares is in [cli.md](cli.md#test).

Not compared is what no machine and no chain makes: names, notes, sources; of `accumulate-cases` `exit_detail`; of
`refine-cases` `host_rules` and `independently_published`; and what of the input nothing asks for. Of blocks of `traces`,
signatures, anchors of assurances and slots of guarantees are not looked at. A few vectors are
[known to contradict the GP](#vectors-that-contradict-the-gp) and pass with what it says instead.

| source | set | GP | passed | skipped |
|---|---|---|---|---|
END
  cat "$scratch/table"
  awk -F'[|/]' '{ p += $5; t += $6; s += $7 }
    END { printf "| **all** | | | **%d/%d** | %d |\n", p, t, s }' "$scratch/table"
  printf '\nOf how many files that is (of a set that was not at hand as a whole, those that were), what was\n'
  printf 'skipped, and how much of what blocks change was compared:\n\n'
  cat "$scratch/notes"
  if [ -s "$scratch/absent" ]; then
    printf '\nNot at hand, so not run: %s.\n' "$(paste -sd, "$scratch/absent" | sed 's/,/, /g')"
  fi
  cat <<'END'

## Vectors that contradict the GP

These are known by their names, and only in exactly what they are known for; they count as passed with the value of the
GP.

| set | vectors | what they expect | what is expected of them |
|---|---|---|---|
| pvm-programs | 13 of a load or store that faults, `inst_load_u8_nok` and others in `host/vector_program.c` | 2 gas for the first instruction, which faults | 1 gas, as all other public vectors have it |
| pvm-programs, pvm-gas-blocks | `inst_store_u8_trap_read_only`, `inst_store_imm_u8_trap_read_only` | a panic of a store at 0x10000 to a page that is read-only | a page fault at 0x10000 (GP 0.7.2 A.4) |

Blocks that were refused leave the state as it was: there is nothing to compare, and they are skipped.

## Getting the sets

`scripts/conformance.sh --get NAME` clones one into `vectors/NAME` beside the checkout (or where `PVM_VECTORS` says).
`testdata` is in this tree; `shared` is a collection beside the checkout, `../shared/vectors`, cut from these sets and
from recordings of single invocations, and is not published.

| name | what | licence | from | folders |
|---|---|---|---|---|
END
  sets_table
  cat <<'END'

```text
scripts/conformance.sh --get jam-test-vectors-0.7.2
scripts/conformance.sh build/release/pvm >docs/conformance.md
scripts/conformance.sh build/release/pvm --check
```

## Many machines

`--shard K/N` makes N runs of one. They share nothing but the files, and each file is in exactly one of them.
[`scripts/shards.sh`](../scripts/shards.sh) starts them and adds up what they print; its exit code is 1 when a test
failed and 3 when a shard did not come to its end.

With GNU parallel (Debian: `parallel`), on this machine, or on some that see the same folders:

```text
scripts/shards.sh parallel 16 build/release/pvm ../vectors
PVM_SHARDS_LOGINS=node1,node2 scripts/shards.sh parallel 64 "$PWD/build/release/pvm" /data/vectors
```

As an array job of Slurm. Partition, time and memory come from Slurm's own variables; what the shards print must be on a
disk that the nodes share:

```text
SBATCH_PARTITION=short PVM_SHARDS_OUT=/data/out scripts/shards.sh slurm 64 /data/pvm /data/vectors
```

Without the script, the job is three lines:

```text
#!/bin/bash
#SBATCH --array=1-64
exec /data/pvm test --jobs 1 --shard "$SLURM_ARRAY_TASK_ID/64" /data/vectors
```

[`scripts/slurm-one-machine.sh`](../scripts/slurm-one-machine.sh) installs Slurm from Debian's packages, makes a cluster of
this machine alone, runs such a job and compares its sums with those of one run.
END
}

# check: rows of the page about sets that are here are what was printed just now.
check() {
  local name same=0
  while IFS= read -r name; do
    [ "$name" != testdata ] || continue
    if ! diff -u --label docs/conformance.md --label now <(grep -F "| $name | " docs/conformance.md | grep '/[0-9]* |') \
      <(grep -F "| $name | " "$scratch/table"); then
      same=1
    fi
  done < <(cut -d'|' -f2 "$scratch/table" | tr -d ' ' | uniq)
  return $same
}

run_all
if [ "${2:-}" = --check ]; then
  if [ "$(cut -d'|' -f2 "$scratch/table" | tr -d ' ' | sort -u)" = testdata ]; then
    echo "SKIP: no set of vectors is here but our own"
    [ $failures -eq 0 ] || exit 1
    exit 77
  fi
  check || die "docs/conformance.md is not what is passed now; print it again"
else
  page
fi
exit $failures
