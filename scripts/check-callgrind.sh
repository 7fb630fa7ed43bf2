#!/usr/bin/env bash
# Counts the machine instructions that three workloads take (callgrind's count is the same on a busy
# machine) and fails when one takes over 5% more than testdata/bench/callgrind.txt says. A change
# that is worth it changes the file in the same commit: --update writes it.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -ge 1 ] || die "usage: check-callgrind.sh BINARY [--update], BINARY of a release build with gcc"
if ! command -v valgrind >/dev/null; then
  echo "SKIP: valgrind is not installed"
  exit 77
fi
pvm=$(realpath "$1")
counts=$root/testdata/bench/callgrind.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# arguments N: as 8 octets, the least significant first.
arguments() {
  local i
  printf 0x
  for i in 0 8 16 24 32 40 48 56; do
    printf %02x $(($1 >> i & 255))
  done
}

# count PROGRAM N: machine instructions of the whole process.
count() {
  "$pvm" asm -f standard "$root/testdata/bench/$1.s" -o "$work/$1.jam"
  valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$pvm" run "$work/$1.jam" --args "$(arguments "$2")" >/dev/null 2>"$work/log" ||
    die "$1: $(tail -n 3 "$work/log")"
  sed -n 's/.*Collected : //p' "$work/log"
}

{
  echo "# Machine instructions under callgrind: program, n, count. Release build, gcc 12, x86-64."
  echo "# Checked and written by scripts/check-callgrind.sh."
} >"$work/new"
while read -r program n stored; do
  got=$(count "$program" "$n")
  [ -n "$got" ] || die "$program: no count"
  echo "$program $n $got" >>"$work/new"
  awk -v what="$program" -v got="$got" -v stored="$stored" 'BEGIN {
    printf "%-12s %12d, stored %12d: %+.2f%%\n", what, got, stored, 100 * (got / stored - 1)
    exit got > stored * 1.05
  }' || bad=1
done < <(grep -v '^#' "$counts")
if [ "${2:-}" = --update ]; then
  cp "$work/new" "$counts"
elif [ $bad -ne 0 ]; then
  die "more than 5% above the stored count; see the head of this script"
fi
