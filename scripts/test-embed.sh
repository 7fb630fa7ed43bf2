#!/usr/bin/env bash
# Tests an installed libpvm as its users meet it: headers, symbols, packages, man pages, bindings.
#
#   scripts/test-embed.sh PREFIX headers|symbols|consumer|pages|c|invoke|python|go|bindings
#
# Exit code 77: skipped, because something it needs is not installed.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -eq 2 ] || die "usage: test-embed.sh PREFIX WHAT"
prefix=$(cd "$1" && pwd)
so=$(find "$prefix" -name 'libpvm.so.0')
[ -n "$so" ] || die "no libpvm.so.0 in $prefix"
lib=$(dirname "$so")
embedding=$root/docs/embedding
CC=${CC:-cc}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PKG_CONFIG_PATH=$lib/pkgconfig LD_LIBRARY_PATH=$lib LC_ALL=C

# A library built with the sanitizers wants its users to be too.
sanitize=()
if nm -D "$so" | grep __asan_init >/dev/null; then
  sanitize=(-fsanitize=address -fsanitize=undefined)
fi

need() {
  command -v "$1" >/dev/null && return
  echo "SKIP: $1 is not installed"
  exit 77
}

flags=(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wstrict-prototypes -Werror)

# compile SOURCE OUTPUT [FLAG...]: a C11 program by pkg-config.
compile() {
  local pc
  read -ra pc <<<"$(pkg-config --cflags --libs pvm)"
  "$CC" -std=c11 -O1 "${flags[@]}" "${sanitize[@]}" "${@:3}" "$1" "${pc[@]}" -o "$2"
}

# like FILE NAME: whether the file is what the example must print.
like() {
  diff -u --label expected --label "$2" "$embedding/expected.txt" "$1"
}

guest() {
  "$prefix/bin/pvm" asm -f raw --no-symbols "$embedding/guest.s" -o "$scratch/guest.pvm"
}

# Every installed header compiles alone, in three languages and under every compiler there is.
test_headers() {
  local header standard compiler count=0
  "$CC" -std=c11 -I"$prefix/include" -fsyntax-only "$root/testdata/embed/layout.c"
  for header in "$prefix"/include/*.h; do
    for standard in c11 c17 c++17; do
      for compiler in gcc clang-14 g++ clang++-14; do
        case $standard:$compiler in
        c++17:g++ | c++17:clang++* | c1?:gcc | c1?:clang-14) ;;
        *) continue ;;
        esac
        command -v $compiler >/dev/null || continue
        printf '#include <%s>\nextern int nothing;\n' "$(basename "$header")" |
          $compiler -std=$standard -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" \
            -fsyntax-only -x "$([ $standard = c++17 ] && echo c++ || echo c)" -
        count=$((count + 1))
      done
    done
  done
  echo "compiled $count times"
  [ $count -gt 0 ]
  need g++
}

# What is visible is a list kept in the tree; what is used is nothing that ends the process, prints,
# or takes signals; nothing of ours can change but what is on the heap.
test_symbols() {
  nm -D --defined-only "$so" | awk '$3 !~ /^_/ { print $3 }' | LC_ALL=C sort >"$scratch/symbols"
  diff -u "$root/testdata/embed/libpvm.symbols" "$scratch/symbols"
  readelf -d "$so" | grep 'soname: \[libpvm.so.0\]'
  [ ${#sanitize[@]} -eq 0 ] || {
    echo "SKIP: a sanitizer's symbols are no business of ours"
    exit 77
  }
  local ends='_?exit|_Exit|quick_exit|abort|atexit|v?f?d?printf|f?puts|f?putc|putchar|fwrite|perror'
  ends+='|stdout|stderr|signal|sigaction|sigprocmask|raise|kill|_?(sig)?(long|set)jmp|system|v?fork|exec.*'
  ends+='|setlocale|setenv|__assert_fail'
  if nm -D -u "$so" | awk '{ print $NF }' | sed -E 's/@.*//; s/^__(.*)_chk$/\1/' |
    grep -xE "$ends"; then
    die "^ used by $so"
  fi
  if objdump --syms "$so" | awk '/ O \.(data|bss|tdata|tbss)\t/ { print $NF }' |
    grep -vE '^(__dso_handle|__TMC_END__|completed\.[0-9]+)$'; then
    die "^ can change"
  fi
  wc -l <"$scratch/symbols"
}

# A project outside the tree, by pkg-config and by find_package, shared and static.
test_consumer() {
  local want=$'host call 1: a0 is 42\nhalt, 997 gas left' pc program
  compile "$embedding/hello.c" "$scratch/by_pkg_config"
  read -ra pc <<<"$(pkg-config --cflags pvm) $lib/libpvm.a $(pkg-config --libs libcjson libxxhash libb2)"
  "$CC" -std=c11 "${sanitize[@]}" "$embedding/hello.c" "${pc[@]}" -o "$scratch/by_archive"
  cp -r "$root/testdata/embed/consumer" "$scratch/project"
  cmake -S "$scratch/project" -B "$scratch/build" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="${sanitize[*]}" -DHELLO="$embedding/hello.c" \
    >"$scratch/log" || die "$(cat "$scratch/log")"
  cmake --build "$scratch/build" >"$scratch/log" || die "$(cat "$scratch/log")"
  for program in by_pkg_config by_archive build/with_shared build/with_static; do
    [ "$("$scratch/$program")" = "$want" ] || die "$program does not print what it should"
  done
  if ldd "$scratch/by_archive" "$scratch/build/with_static" | grep libpvm; then
    die "^ a static program"
  fi
  # The page shows the file that was just compiled.
  awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$root/README.md" >"$scratch/shown.c"
  diff -u "$embedding/hello.c" "$scratch/shown.c"
}

test_pages() {
  local page count=0
  for page in "$prefix"/share/man/man1/*.1; do
    if command -v man >/dev/null && man --warnings -l "$page" 2>&1 >/dev/null | grep .; then
      die "^ $page"
    fi
    grep -q '^\.SH NAME$' "$page"
    count=$((count + 1))
  done
  [ "$count" -eq $(($("$prefix/bin/pvm" help --list | wc -l) + 1)) ]
  # shellcheck source=/dev/null
  . "$prefix/share/bash-completion/completions/pvm"
  completes 'inspect' pvm ins
  completes 'raw' pvm asm -f r
  completes 'raw standard jam' pvm asm --format ''
  completes '0.7.2' pvm run x.jam --gp 0.7.2
  completes '--symbols' pvm disasm --sy
  completes 'bash' pvm help --completion b
  completes '' pvm run --gas 1
  (cd "$root/docs" && completes 'cli.md' pvm inspect cl)
  (cd "$root" && completes 'docs' pvm corevm fib --out "do")
  ! command -v zsh >/dev/null || zsh -n "$prefix/share/zsh/site-functions/_pvm"
  if command -v fish >/dev/null; then
    fish -c "source $prefix/share/fish/vendor_completions.d/pvm.fish; complete -C 'pvm asm -f j'" |
      grep '^jam'
  fi
  echo "$count pages"
}

# completes EXPECTED WORD...: what bash offers behind the words.
completes() {
  COMP_WORDS=("${@:2}")
  COMP_CWORD=$(($# - 2))
  _pvm || : # its status means nothing
  [ "${COMPREPLY[*]}" = "$1" ] || die "completing ${*:2}: got ${COMPREPLY[*]}, want $1"
}

test_c() {
  guest
  compile "$embedding/example.c" "$scratch/example"
  "$scratch/example" "$scratch/guest.pvm" >"$scratch/out"
  like "$scratch/out" example.c
  "$scratch/example" "$scratch/guest.pvm" 10000 >/dev/null
  [ ${#sanitize[@]} -eq 0 ] || return 0
  need valgrind
  valgrind -q --leak-check=full --error-exitcode=9 "$scratch/example" "$scratch/guest.pvm" >/dev/null
}

# Accumulate on a state, by jam.h: what the example says it changed is what pvm finds.
test_invoke() {
  local pvm=$prefix/bin/pvm
  "$pvm" asm -f jam --no-symbols "$embedding/service.s" -o "$scratch/service.jam"
  "$pvm" state init --service 5 --code "$scratch/service.jam" --balance 1000000 \
    -o "$scratch/before.json"
  compile "$embedding/invoke.c" "$scratch/invoke"
  "$scratch/invoke" 5 <"$scratch/before.json" >"$scratch/after.json" 2>"$scratch/said"
  "$pvm" state diff "$scratch/before.json" "$scratch/after.json" >"$scratch/found" || [ $? -eq 1 ]
  tail -n +2 "$scratch/said" | diff -u - "$scratch/found"
  grep -x 'halt, 19 gas' "$scratch/said"
  grep 'storage "greeting" none -> 5 bytes 0x68656c6c6f' "$scratch/found"
}

test_python() {
  need python3
  guest
  local preload=()
  if [ ${#sanitize[@]} -ne 0 ]; then
    preload=(env "LD_PRELOAD=$("$CC" -print-file-name=libasan.so)" ASAN_OPTIONS=detect_leaks=0)
  fi
  export PVM_LIBRARY=$so PYTHONDONTWRITEBYTECODE=1
  "${preload[@]}" python3 "$embedding/example.py" "$scratch/guest.pvm" >"$scratch/out"
  like "$scratch/out" example.py
  "${preload[@]}" python3 "$embedding/example.py" "$scratch/guest.pvm" 1000 >/dev/null
}

test_go() {
  need go
  guest
  local asan=()
  [ ${#sanitize[@]} -eq 0 ] || asan=(-asan)
  [ "$(basename "$CC")" != cc ] || CC=gcc # -asan knows compilers by their names
  export GOPROXY=off GOFLAGS=-mod=mod GO111MODULE=on CGO_ENABLED=1 GOCACHE=$prefix/../go-cache CC
  cp -r "$embedding/go" "$scratch/go"
  cd "$scratch/go"
  [ -z "$(gofmt -l .)" ] || die "gofmt would change $(gofmt -l .)"
  go vet ./...
  go build "${asan[@]}" -o "$scratch/example" ./example
  ASAN_OPTIONS=detect_leaks=0 GODEBUG=cgocheck=2 "$scratch/example" "$scratch/guest.pvm" \
    >"$scratch/out"
  like "$scratch/out" go
  ASAN_OPTIONS=detect_leaks=0 "$scratch/example" "$scratch/guest.pvm" 1000 >/dev/null
}

# pvm bench runs the host calls of w7 in other languages and verifies what came out.
test_bindings() {
  local name skipped=0
  export GOCACHE=$prefix/../go-cache CC
  "$root/scripts/make-bindings.sh" "$prefix" "$scratch/bindings"
  for name in w7-python w7-go; do
    if [ ! -e "$scratch/bindings/$name" ]; then
      skipped=77
      continue
    fi
    "$prefix/bin/pvm" bench "$name" --quick --runs 2 --json --bindings "$scratch/bindings" \
      >"$scratch/json"
    grep "\"name\": *\"$name\"" "$scratch/json"
    grep '"n": *100000\>' "$scratch/json"
  done
  return $skipped
}

case $2 in
headers | symbols | consumer | pages | c | invoke | python | go | bindings) "test_$2" ;;
*) die "no test $2" ;;
esac
