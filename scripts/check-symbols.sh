#!/usr/bin/env bash
# Every global symbol of a layer's library begins with the layer's prefix, and no variable with
# static storage can change. Argument: the build folder.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
build_dir=${1:-$root/build/dev}

bad=0
for pair in core:pvm_ host:jam_ corevm:corevm_ cmd:cmd_; do
  layer=${pair%%:*}
  prefix=${pair##*:}
  library=$build_dir/libpvm_$layer.a
  [ -f "$library" ] || die "$library does not exist; build first"
  # Names that begin with __ belong to the compiler and its sanitizers.
  names=$(nm --defined-only --extern-only --format=posix "$library" |
    awk 'NF >= 2 && $1 !~ /^__/ { print $1 }' | LC_ALL=C sort -u)
  [ -n "$names" ] || die "nm finds no symbols in $library"
  if grep -v "^$prefix" <<<"$names"; then
    echo "^ global in libpvm_$layer.a, but without $prefix"
    bad=1
  fi
  # Objects in writable sections; an LTO build has none to look at, the others do.
  if objdump --syms "$library" |
    awk '/ O (\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && !/ O \.data\.rel\.ro/ && $NF !~ /^(__|\.L)/' |
    grep .; then
    echo "^ variables in libpvm_$layer.a that can change"
    bad=1
  fi
  echo "$layer: $(wc -l <<<"$names") global symbols"
done
exit $bad
