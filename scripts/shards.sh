#!/usr/bin/env bash
# One pvm test over many processes or machines: runs its shards and adds up what they say.
#
#   scripts/shards.sh parallel N PVM PATH...   N shards with GNU parallel, as many at a time as there
#                                              are CPUs, or on machines: PVM_SHARDS_LOGINS=host1,host2
#   scripts/shards.sh slurm N PVM PATH...      the same as a Slurm array job of N tasks
#   scripts/shards.sh merge FILE...            adds up what shards printed
#
# Machines must see PVM and the paths under the same names. Options of pvm test may stand among the
# paths. What each shard printed is kept in PVM_SHARDS_OUT, a temporary folder if that is not said;
# for Slurm it must be on a disk that all nodes share.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  die "usage: shards.sh parallel|slurm N PVM PATH... | merge FILE..."
}

# merge FILE...: failures as they are, then the sums. Exit code 1 when there was a failure, 3 when a
# shard did not come to its end.
merge() {
  awk '
    function sum_of(list, reason, line) {
      if (!(reason in list))
        order[++reasons] = reason
      list[reason] += line
    }
    FNR == 1 { files++ }
    /^FAIL / || /^skip / || /^pass / { print; next }
    /^stopped at the first failure$/ { print; next }
    /^none / { if ($0 !~ /: of other shards$/) print; next }
    /^set +GP +passed +failed +skipped$/ { table = 1; head = $0; next }
    /^skipped: [0-9]+: / { n = $2; sub(/^skipped: [0-9]+: /, ""); sum_of(skips, $0, n); next }
    /^not run: / {
      n = $3
      sub(/^not run: [0-9]+ files?: /, "")
      sub(/ \([^(]*\)$/, "")
      if ($0 != "of other shards")
        sum_of(others, $0, n)
      next
    }
    /^key-values / {
      match($0, /: [0-9]+ of [0-9]+ /)
      split(substr($0, RSTART + 2), word, " ")
      checked += word[1]
      changed += word[3]
      if (match($0, /; not ours: .*/)) {
        count = split(substr($0, RSTART + 12), name, ", ")
        for (i = 1; i <= count; i++)
          foreign[name[i]] = 1
      }
      next
    }
    /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped, in [0-9]+ files?$/ {
      passed += $1; failed += $3; skipped += $5; ran += $8; ended++; table = 0
      next
    }
    table {
      if (!(($1, $2) in row))
        rows[++row_count] = $1 SUBSEP $2
      row[$1, $2] = 1; p[$1, $2] += $3; f[$1, $2] += $4; s[$1, $2] += $5
    }
    END {
      if (row_count)
        print head
      for (i = 1; i <= row_count; i++)
        for (j = i + 1; j <= row_count; j++)
          if (rows[j] < rows[i]) {
            swap = rows[i]; rows[i] = rows[j]; rows[j] = swap
          }
      for (i = 1; i <= row_count; i++) {
        split(rows[i], key, SUBSEP)
        printf "%-16s %-13s %9d %9d %9d\n", key[1], key[2], p[rows[i]], f[rows[i]], s[rows[i]]
      }
      for (i = 1; i <= reasons; i++)
        if (order[i] in skips)
          printf "skipped: %d: %s\n", skips[order[i]], order[i]
      for (i = 1; i <= reasons; i++)
        if (order[i] in others)
          printf "not run: %d %s: %s\n", others[order[i]],
            others[order[i]] == 1 ? "file" : "files", order[i]
      if (changed) {
        permille = int(checked * 1000 / changed)
        printf "key-values that blocks of traces change: %d of %d checked (%d.%d %%)", checked,
          changed, permille / 10, permille % 10
        between = "; not ours: "
        for (i = 1; i < 32; i++)
          for (one in foreign)
            if (index(one, "C(" i ")") == 1) {
              printf "%s%s", between, one
              between = ", "
            }
        print ""
      }
      printf "%d passed, %d failed, %d skipped, in %d %s\n", passed, failed, skipped, ran,
        ran == 1 ? "file" : "files"
      if (ended != ARGC - 1) {
        printf "%d of %d shards did not come to an end\n", ARGC - 1 - ended, ARGC - 1
        exit 3
      }
      exit failed > 0
    }' "$@"
}

# outputs N: the names of what N shards print.
outputs() {
  seq -f "$out/shard-%g.txt" "$1"
}

[ $# -ge 2 ] || usage
what=$1
if [ "$what" = merge ]; then
  merge "${@:2}"
  exit
fi
[ $# -ge 4 ] || usage
[[ $2 =~ ^[1-9][0-9]*$ ]] || die "how many shards? got \"$2\""
count=$2
pvm=$(realpath "$3")
shift 3
out=${PVM_SHARDS_OUT:-$(mktemp -d)}
mkdir -p "$out"
mapfile -t files < <(outputs "$count")

case $what in
parallel)
  command -v parallel >/dev/null || die "GNU parallel is not installed (Debian: parallel)"
  # One worker each: parallel itself runs as many as there are CPUs. Exit codes are in what is
  # printed: merge looks at that.
  seq "$count" | parallel --no-notice --workdir . \
    ${PVM_SHARDS_LOGINS:+--sshlogin "$PVM_SHARDS_LOGINS"} \
    "$(printf '%q' "$pvm") test --jobs 1 --shard {}/$count $(printf '%q ' "$@") >$(printf '%q' "$out")/shard-{}.txt" ||
    true
  ;;
slurm)
  command -v sbatch >/dev/null || die "sbatch is not installed (Debian: slurm-client)"
  job=$out/job.sh
  {
    echo '#!/bin/bash'
    printf 'cd %q\n' "$PWD"
    printf 'exec %q test --jobs "%s" ' "$pvm" "\${SLURM_CPUS_PER_TASK:-1}"
    printf -- '--shard "%s/%s" %s\n' "\$SLURM_ARRAY_TASK_ID" "$count" "$(printf '%q ' "$@")"
  } >"$job"
  # Options for Slurm (partition, time, memory) come from its own variables, as SBATCH_PARTITION.
  sbatch --wait --job-name=pvm-test --array="1-$count" --output="$out/shard-%a.txt" "$job" || true
  ;;
*) usage ;;
esac
for file in "${files[@]}"; do
  [ -e "$file" ] || : >"$file"
done
echo "what the shards printed: $out" >&2
merge "${files[@]}"
