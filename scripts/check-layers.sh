#!/usr/bin/env bash
# Includes point only cmd -> corevm -> host -> core, are written from the root, and every header
# compiles alone. Argument: the build folder, for headers that are generated there.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
build_dir=${1:-build/dev}

# The layers that a file of this one may include.
allowed() {
  case $1 in
  core) echo 'core' ;;
  host) echo 'core|host' ;;
  corevm) echo 'core|host|corevm' ;;
  cmd) echo 'core|host|corevm|cmd' ;;
  esac
}

bad=0
for layer in core host corevm cmd; do
  # A quoted include is "LAYER/FILE", of this layer or of one below.
  if grep -rnE --include='*.[ch]' --include='*.inc' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
    "$layer" | grep -vE "\"($(allowed "$layer"))/[^\"/.][^\"]*\""; then
    echo "^ $layer/ may only include from: $(allowed "$layer")"
    bad=1
  fi
done

read -ra flags <<<"$(pkg-config --cflags libcjson libxxhash libb2 libedit libzstd)"
count=0
while read -r header; do
  count=$((count + 1))
  # The declaration is for headers that hold macros only.
  if ! said=$(printf '#include "%s"\nextern int nothing;\n' "$header" | "${CC:-cc}" -std=c17 \
    -D_POSIX_C_SOURCE=200809L -DPVM_TESTDATA='""' -DPVM_SHARED='""' -Wall -Wextra -Wpedantic -Werror \
    -fsyntax-only -I. -I"$build_dir" "${flags[@]}" -x c - 2>&1); then
    grep -m 3 -E 'error' <<<"$said" || head -n 3 <<<"$said"
    echo "^ $header does not compile alone"
    bad=1
  fi
done < <(find core host corevm cmd -name '*.h' | LC_ALL=C sort)
[ "$count" -gt 0 ] || die "no headers found"

echo "$count headers compile alone; layers $([ $bad = 0 ] && echo hold || echo 'do NOT hold')"
exit $bad
