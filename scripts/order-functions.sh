#!/usr/bin/env bash
# Writes scripts/cmake/run-order.ld: what a run of a small program calls, which the linker then puts
# side by side. The system maps code in stretches of 64 KiB around what is touched, so that scattered
# functions cost a small run most of its memory. An old list costs memory, nothing else.
#
#     scripts/order-functions.sh BINARY
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -eq 1 ] || die "usage: order-functions.sh BINARY"
binary=$(realpath "$1")
command -v valgrind >/dev/null || die "valgrind is not installed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$binary" asm "$root/testdata/cli/sum.s" -o "$work/sum.jam"
valgrind --tool=callgrind --callgrind-out-file="$work/calls" "$binary" run "$work/sum.jam" \
  >/dev/null 2>"$work/log" || die "$(tail -n 1 "$work/log")"
# fn=(NUMBER) NAME, or cfn=, where a name may end with what the compiler made of it.
grep -Eo '^c?fn=\([0-9]*\) [A-Za-z_][A-Za-z0-9_.]*' "$work/calls" | sed 's/.* //; s/\..*//; s/'"'"'.*//' |
  sort -u >"$work/called"
nm "$binary" | sed -n 's/^[0-9a-f]* [tT] //p' | sed 's/\..*//' | sort -u >"$work/ours"
{
  echo "/* SPDX-License-Identifier: Apache-2.0"
  echo " * Made by scripts/order-functions.sh: what a run of a small program calls, side by side. */"
  echo "SECTIONS {"
  echo "  .text.run : {"
  comm -12 "$work/called" "$work/ours" | sed 's/.*/    *(.text.& .text.&.*)/'
  echo "    *libb2.a:*blake2b*.o(.text .text.*)"
  echo "    *libb2.a:*dispatch.o(.text .text.*)"
  echo "    *libgcc.a:_popcountdi2.o(.text .text.*)"
  echo "  }"
  echo "}"
  echo "INSERT BEFORE .text;"
} >"$root/scripts/cmake/run-order.ld"
say "$(grep -c '^    \*' "$root/scripts/cmake/run-order.ld") places in scripts/cmake/run-order.ld"
