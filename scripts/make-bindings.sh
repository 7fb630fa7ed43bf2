#!/usr/bin/env bash
# Makes DIR/w7-python and DIR/w7-go for `pvm bench --bindings DIR`: host calls served in Python and
# Go, through the libpvm that is installed in PREFIX. Says which of them it skips, because what they
# need is not installed. They use the prefix and this tree when they run.
#
#     scripts/make-bindings.sh PREFIX DIR
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -eq 2 ] || die "usage: make-bindings.sh PREFIX DIR"
so=$(find "$(realpath "$1")" -name 'libpvm.so.0')
[ -n "$so" ] || die "no libpvm.so.0 in $1"
lib=$(dirname "$so")
mkdir -p "$2"
to=$(realpath "$2")
CC=${CC:-gcc}
[ "$(basename "$CC")" != cc ] || CC=gcc # go's -asan knows compilers by their names

# A library built with the sanitizers wants its users to be too.
environment=("LD_LIBRARY_PATH=$lib" "PVM_LIBRARY=$so" PYTHONDONTWRITEBYTECODE=1) preload=() asan=()
if nm -D "$so" | grep __asan_init >/dev/null; then
  environment+=(ASAN_OPTIONS=detect_leaks=0)
  preload=("LD_PRELOAD=$("$CC" -print-file-name=libasan.so)")
  asan=(-asan)
fi

# program NAME COMMAND...: a program in DIR that runs the command, with what it is called with.
program() {
  {
    echo '#!/usr/bin/env bash'
    printf 'exec env'
    printf ' %q' "${environment[@]}" "${@:2}"
    echo ' "$@"'
  } >"$to/$1"
  chmod 755 "$to/$1"
}

if command -v python3 >/dev/null; then
  program w7-python "${preload[@]}" python3 "$root/docs/embedding/bench.py"
else
  echo "SKIP: w7-python: python3 is not installed"
fi

if ! command -v go >/dev/null; then
  echo "SKIP: w7-go: go is not installed"
elif ! command -v pkg-config >/dev/null || ! command -v "$CC" >/dev/null; then
  echo "SKIP: w7-go: cgo needs pkg-config and a C compiler"
else
  export GOPROXY=off GOFLAGS=-mod=mod GO111MODULE=on CGO_ENABLED=1 CC
  export PKG_CONFIG_PATH=$lib/pkgconfig
  scratch=$(mktemp -d)
  trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
  cp -r "$root/docs/embedding/go" "$scratch/go"
  (cd "$scratch/go" && go build "${asan[@]}" -o "$to/go-program" ./bench)
  program w7-go "$to/go-program"
fi
