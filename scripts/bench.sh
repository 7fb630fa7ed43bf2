#!/usr/bin/env bash
# Measures pvm and writes the figures into docs/performance.md, between its markers: builds the
# release preset, the native twins and, with Python and Go, the bindings, runs pvm bench pinned to
# one core, and uses hyperfine (whole processes) and perf (counters) where they are installed. A
# binary that is named must be in its build folder for the bindings.
#
#     scripts/bench.sh [--quick] [--runs N] [--binary PVM] [--page FILE]
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

page=$root/docs/performance.md binary='' built='' runs=3 options=()
while [ $# -gt 0 ]; do
  case $1 in
  --quick) options+=(--quick) ;;
  --runs) runs=$2 && shift ;;
  --binary) binary=$(realpath "$2") && shift ;;
  --page) page=$2 && shift ;;
  *) die "usage: bench.sh [--quick] [--runs N] [--binary PVM] [--page FILE]" ;;
  esac
  shift
done
[ -f "$page" ] || die "$page: not there"
if [ -z "$binary" ]; then
  build release
  built=" at commit $(git -C "$root" rev-parse --short HEAD)"
  binary=$root/build/release/pvm
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pin=()
if command -v taskset >/dev/null; then
  pin=(taskset -c "$(($(nproc) - 1))")
fi

say "building the native twins"
"${CC:-gcc}" -std=c17 -O2 -D_POSIX_C_SOURCE=200809L -o "$work/native" \
  "$root/testdata/bench/native/native.c"

say "building the bindings"
bindings=()
if [ -e "$(dirname "$binary")/cmake_install.cmake" ]; then
  cmake --install "$(dirname "$binary")" --prefix "$work/prefix" >/dev/null
  "$root/scripts/make-bindings.sh" "$work/prefix" "$work/bindings"
  [ -z "$(ls "$work/bindings")" ] || bindings=(--bindings "$work/bindings")
else
  echo "SKIP: $binary is not in its build folder: no libpvm to install"
fi

say "running the workloads, $runs times each"
"${pin[@]}" "$binary" bench --runs "$runs" --native "$work/native" "${bindings[@]}" \
  "${options[@]}" >"$work/table"

{
  echo
  echo "Measured $(date -u +%Y-%m-%d)$built on" \
    "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors, load" \
    "$(cut -d ' ' -f 1 /proc/loadavg); $runs runs each${options[*]:+, quick}."
  echo
  cat "$work/table"
  echo
  # "x native" of w1 to w6, w9 and w10.
  awk -F '|' '$2 ~ /^ w(1|2|3|4|5|6|9|10) +$/ && $8 > 0 {
      sum += log($8); n++
      if ($8 > worst) { worst = $8; name = $2 }
    }
    END {
      gsub(/ /, "", name)
      if (n) printf "Native is %.2f times as fast in the geometric mean of %d workloads;" \
        " at worst %.1f times (%s).\n", exp(sum / n), n, worst, name
    }' "$work/table"
} >"$work/figures"

if command -v hyperfine >/dev/null; then
  "$binary" asm -f standard "$root/testdata/bench/w1_fib.s" -o "$work/tiny.jam"
  "${pin[@]}" hyperfine --warmup 5 --runs 100 --export-csv "$work/csv" -N \
    "$binary run $work/tiny.jam --args 0x0100000000000000" >/dev/null
  awk -F , 'NR == 2 {
    printf "\nA whole process with a tiny program: median %.2f ms, least %.2f.\n", 1e3 * $4, 1e3 * $7
  }' "$work/csv" >>"$work/figures"
fi
if command -v perf >/dev/null && perf stat -e instructions true >/dev/null 2>&1; then
  perf stat -x ';' -e instructions,cycles,branch-misses \
    "${pin[@]}" "$binary" bench w3 w6 w9 --quick --runs 1 >/dev/null 2>"$work/perf" || true
  awk -F ';' '$1 ~ /^[0-9]+$/ { v[$3] = $1 }
    END { if (v["cycles"]) printf "\nw3, w6 and w9 together: %.2f machine instructions a cycle, %.1f branch misses in" \
        " a thousand.\n", v["instructions"] / v["cycles"], 1e3 * v["branch-misses"] / v["instructions"] }' "$work/perf" >>"$work/figures"
fi
echo >>"$work/figures"

awk -v figures="$work/figures" '
  /<!-- figures: begin -->/ {
    print
    while ((getline line < figures) > 0)
      print line
    skip = 1
  }
  /<!-- figures: end -->/ { skip = 0; seen = 1 }
  !skip { print }
  END { exit !seen }' "$page" >"$work/page" || die "$page: no markers"
cp "$work/page" "$page"
cat "$work/figures"
