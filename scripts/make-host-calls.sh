#!/usr/bin/env bash
# Prints docs/host-calls.md: which rows of the tables in testdata/accumulate cover which result of
# which host call. Ends with 1 when a result has neither a row nor a reason for having none.
#
#   scripts/make-host-calls.sh PVM >docs/host-calls.md
#   scripts/make-host-calls.sh PVM --check      says whether the page is up to date
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
[ $# -ge 1 ] || die "usage: make-host-calls.sh PVM [--check]"
pvm=$1
tables=testdata/accumulate
general=(gas grow_heap fetch lookup read write info log unknown)
refine=(historical_lookup export machine peek poke pages zero void invoke expunge)
accumulate=(bless assign designate checkpoint new upgrade transfer eject query solicit forget yield
  provide)

page() {
  cat <<'END'
# Host calls, result by result

Printed by `scripts/make-host-calls.sh` out of the tables in [`testdata/accumulate`](../testdata/accumulate); a test
fails when this page is not what it prints. [tables.md](tables.md) describes the tables, and
`pvm tables hostcalls` prints the calls with their numbers and prices.

For each host call and each invocation that has it: the results it can give, and under each GP version the numbers of
the rows that make it give them. "value" is any number that is no result code. In a row of out-of-gas, "each" says that
each row of that version is also made with one unit of gas less than it takes. A letter stands for the reason why there
is no row, which is below the matrix. A result that a matrix does not list is one that the call's equations have no
case for.

END
  "$pvm" replay --coverage "${general[@]/#/$tables/general/}" "${refine[@]/#/$tables/refine/}" \
    "${accumulate[@]/#/$tables/}"
}

general=("${general[@]/%/.json}")
refine=("${refine[@]/%/.json}")
accumulate=("${accumulate[@]/%/.json}")
if [ "${2:-}" != --check ]; then
  page
  exit
fi
page | diff -u docs/host-calls.md - | head -n 40 ||
  die "docs/host-calls.md is not what scripts/make-host-calls.sh prints"
# Every table is on the page.
on_page=$((${#general[@]} + ${#refine[@]} + ${#accumulate[@]}))
there=$(find "$tables" -name '*.json' ! -name common.json ! -name state.json | wc -l)
[ "$on_page" = "$there" ] || die "$there tables, $on_page of them on the page"
