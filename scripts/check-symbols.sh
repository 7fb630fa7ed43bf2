#!/usr/bin/env bash
# Every global symbol of a layer's library begins with the layer's prefix, and no variable with
# static storage can change; what verifies segments calls nothing of the interpreter. Argument: the build
# folder.
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

# What pvm verify is made of runs no machine and serves no host call.
for library in core host cmd; do
  nm --undefined-only --extern-only "$build_dir/libpvm_$library.a"
done | awk '
  /\.o:$/ { verifies = /^(evaluate|evaluate_ops|cmd_verify|seg_(call|check.*|directory|file|manifest|memory|state))\.c\.o:$/ }
  verifies && /\.o:$/ { objects++ }
  verifies && / (pvm_vm_|pvm_run|pvm_interp|jam_run_|jam_call_dispatch|jam_machines_)/ {
    print $NF " is wanted by what verifies"
    bad = 1
  }
  END {
    print objects " objects verify"
    exit bad || objects != 12
  }' || bad=1
exit $bad
