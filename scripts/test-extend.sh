#!/usr/bin/env bash
# Tests extensions as those meet them who write them: shared objects that are built against an
# installed pvm, outside the tree, and loaded by it.
#
#   scripts/test-extend.sh PREFIX hash|fetch_dir|scenario|names|errors|embed
#
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -eq 2 ] || die "usage: test-extend.sh PREFIX WHAT"
prefix=$(cd "$1" && pwd)
so=$(find "$prefix" -name 'libpvm.so.0')
[ -n "$so" ] || die "no libpvm.so.0 in $prefix"
lib=$(dirname "$so")
pvm=$prefix/bin/pvm
extending=$root/docs/extending
CC=${CC:-cc}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PKG_CONFIG_PATH=$lib/pkgconfig LD_LIBRARY_PATH=$lib LC_ALL=C
unset PVM_GP

flags=(-std=c11 -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wstrict-prototypes
  -Werror)
# A pvm with the sanitizers watches the extensions too; one without runs under valgrind.
sanitize=()
run=("$pvm" run)
if nm -D "$so" | grep __asan_init >/dev/null; then
  sanitize=(-fsanitize=address -fsanitize=undefined)
elif command -v valgrind >/dev/null; then
  run=(valgrind -q --leak-check=full --error-exitcode=9 "$pvm" run)
fi

# extension SOURCE NAME [FLAG...]: builds NAME.so with the installed headers only. It may need libc
# and what the flags say, but nothing of pvm.
extension() {
  local pc
  read -ra pc <<<"$(pkg-config --cflags pvm)"
  "$CC" "${flags[@]}" "${sanitize[@]}" -D_POSIX_C_SOURCE=200809L -shared -fPIC "$1" \
    -o "$scratch/$2.so" "${pc[@]}" "${@:3}"
  if nm -D -u "$scratch/$2.so" | grep -E ' (pvm|jam)_'; then
    die "^ wanted by $2.so"
  fi
}

hash_extension() {
  extension "$extending/hash.c" hash -lb2 -lxxhash
  "$pvm" asm --extension "$scratch/hash.so" --no-symbols "$extending/hash.s" -o "$scratch/hash.jam"
}

# fails CODE TEXT COMMAND...: it ends with the exit code and says the text on standard error.
fails() {
  local code=0
  "${@:3}" >"$scratch/out" 2>"$scratch/err" || code=$?
  [ $code -eq "$1" ] || die "exit code $code, not $1: ${*:3}: $(cat "$scratch/err")"
  [ -z "$2" ] || grep -F -- "$2" "$scratch/err" >/dev/null ||
    die "expected: $2 got: $(cat "$scratch/err") from: ${*:3}"
  count=$((${count:-0} + 1))
}

# The guest compares with known hashes by itself; b2sum knows what its payload hashes to.
test_hash() {
  hash_extension
  printf 'some payload' >"$scratch/payload"
  local want version
  want=$(b2sum -l 256 "$scratch/payload" | cut -d ' ' -f 1)
  for version in 0.6.7 0.7.1 0.7.2 0.8.0; do
    "$pvm" asm --extension "$scratch/hash.so" --no-symbols --gp $version "$extending/hash.s" \
      -o "$scratch/hash.jam"
    "${run[@]}" "$scratch/hash.jam" --gp $version --extension "$scratch/hash.so" \
      --payload "@$scratch/payload" >"$scratch/out"
    grep -F "output       0x$want (32 octets)" "$scratch/out"
  done
  # 500 + ceil(2000 * r8 / 1024) three times, r8 being 3, 3 and 12; 100 + ceil(100 * 3 / 1024).
  grep -E '^  blake2b +200 +3 +1536$' "$scratch/out"
  grep -E '^  xxh3 +201 +1 +101$' "$scratch/out"
  sed -n '/^extension hash$/,$p' "$scratch/out" | head -n 3 |
    diff -u <(printf 'extension hash\n  calls 4\n  octets 21\n') -
  # Somebody without the extension checks and runs again what was recorded, and sees whose word it is.
  "$pvm" run "$scratch/hash.jam" --gp 0.8.0 --extension "$scratch/hash.so" --segments "$scratch/seg" \
    --payload "@$scratch/payload" >"$scratch/out"
  "$pvm" verify "$scratch/seg" | grep -Fx 'taken as recorded: calls of extensions, 200, 201'
  "$pvm" resume "$scratch/seg" | grep -Fx halt
  # Without the extension its numbers are no calls.
  fails 1 '' "$pvm" run "$scratch/hash.jam" --gp 0.8.0
}

test_fetch_dir() {
  extension "$extending/fetch_dir.c" fetch_dir
  "$pvm" asm --no-symbols "$extending/greet.s" -o "$scratch/greet.jam"
  local load=(--extension "$scratch/fetch_dir.so") greet=("${run[@]}" "$scratch/greet.jam")
  mkdir "$scratch/files"
  printf 'hello, ' >"$scratch/files/3-0-3"
  # What there is no file for is fetched as ever.
  "${greet[@]}" "${load[@]}" --fetch-dir "$scratch/files" --payload 0x776f726c64 | tee "$scratch/out"
  grep -F '"hello, world"' "$scratch/out"
  printf 'moon' >"$scratch/files/13"
  "${greet[@]}" "${load[@]}" --fetch-dir "$scratch/files" --payload 0x776f726c64 --json \
    >"$scratch/json"
  grep -F '"output": "0x68656c6c6f2c206d6f6f6e"' "$scratch/json"
  grep -A 2 -F '"fetch-dir": {' "$scratch/json" | grep -F "\"folder\": \"$scratch/files\""
  grep -F '"answered": 2' "$scratch/json"
  # Segments tell that it was not the GP's fetch.
  "$pvm" run "$scratch/greet.jam" "${load[@]}" --fetch-dir "$scratch/files" --segments "$scratch/seg" \
    >"$scratch/out"
  "$pvm" verify "$scratch/seg" |
    grep -Fx 'taken as recorded: calls of extensions, 1 (instead of fetch)'
  # A fixture says where, from its own folder on; the command line goes before it.
  printf '{"extensions": {"fetch-dir": {"fetch-dir": "files"}}}' >"$scratch/fixture.json"
  "${greet[@]}" "${load[@]}" --fixture "$scratch/fixture.json" | grep -F '"hello, moon"'
  mkdir "$scratch/empty"
  "${greet[@]}" "${load[@]}" --fixture "$scratch/fixture.json" --fetch-dir "$scratch/empty" |
    grep -F 'output       empty'
  # A work package: the authorizer fetches nothing, the item does.
  "$pvm" work-package run "$scratch/fixture.json" "${load[@]}" >"$scratch/out" || :
  grep -F 'GP 0.7.2' "$scratch/out"
  fails 2 'say with --fetch-dir' "${greet[@]}" "${load[@]}"
  fails 4 'nowhere: no folder' "${greet[@]}" "${load[@]}" --fetch-dir nowhere
  fails 3 '$.extensions.fetch-dir: no extension of this name is loaded' \
    "${greet[@]}" --fixture "$scratch/fixture.json"
  "$pvm" run "${load[@]}" --help | grep -e '--fetch-dir DIR'
}

# Rounds whose packages use them, in source that the scenario names too; the state that is left is
# one of the GP's version as ever.
test_scenario() {
  hash_extension
  cp "$extending/hash.s" "$root/testdata/scenarios/authorizer.s" "$scratch"
  cat >"$scratch/scenario.json" <<'END'
{
  "params": "tiny",
  "state": {"slot": 9, "services": [{"id": 7, "balance": 1000000, "code": {"asm": "hash.s"}}]},
  "extensions": {"hash": {}},
  "rounds": [
    {
      "slot": 10,
      "packages": [
        {
          "work_package": {"items": [{"service": 7, "payload": {"text": "x"}}]},
          "authorizer": {"code": {"asm": "authorizer.s"}}
        }
      ]
    }
  ]
}
END
  "$pvm" scenario run "$scratch/scenario.json" --extension "$scratch/hash.so" \
    --write-state "$scratch/after.json" --json >"$scratch/out" || [ $? -eq 1 ]
  local want
  want=$(printf x | b2sum -l 256 | cut -d ' ' -f 1)
  grep -F "\"output\": \"0x$want\"" "$scratch/out"
  "$pvm" state root "$scratch/after.json"
  fails 3 '$.extensions.hash: no extension of this name is loaded' \
    "$pvm" scenario run "$scratch/scenario.json"
}

# The names of its calls wherever calls have names.
test_names() {
  hash_extension
  local load=(--extension "$scratch/hash.so") blob=$scratch/hash.jam
  "$pvm" disasm "${load[@]}" "$blob" -o "$scratch/again.s"
  grep 'ecalli blake2b' "$scratch/again.s"
  "$pvm" asm "${load[@]}" --no-symbols "$scratch/again.s" -o "$scratch/again.jam"
  cmp "$blob" "$scratch/again.jam"
  "$pvm" inspect "${load[@]}" "$blob" | grep -E '^  200 +blake2b +3 instructions'
  "$pvm" inspect "${load[@]}" "$blob" --json | grep -F '"name": "xxh3"'
  "$pvm" gas "${load[@]}" "$blob" --timeline 0x32 | grep 'ecalli xxh3'
  "$pvm" tables hostcalls "${load[@]}" | grep -E '^\| blake2b .*500 \+ ceil\(2000 \* r8 / 1024\)'
  "$pvm" run "${load[@]}" "$blob" --trace - | grep 'host call 201 xxh3, gas'
  "$pvm" run "${load[@]}" "$blob" --profile-folded /dev/stdout | grep ';ecalli blake2b '
  # Accumulate has no payload to fetch, so the guest panics, but not before.
  "$pvm" run "${load[@]}" "$blob" --accumulate --entry refine --json >"$scratch/out" || [ $? -eq 1 ]
  grep -F '"name": "blake2b"' "$scratch/out"
  # A report on where a run stopped: raw programs have nobody who serves their calls.
  "$pvm" asm "${load[@]}" -f raw --no-symbols - -o "$scratch/raw.pvm" <<<$'        ecalli  xxh3\n'
  "$pvm" run "${load[@]}" --raw "$scratch/raw.pvm" >"$scratch/out" || [ $? -eq 1 ]
  grep 'host call 201 (xxh3)' "$scratch/out"
  fails 3 "unknown host call 'blake2b'" "$pvm" asm --no-symbols "$extending/hash.s" -o "$scratch/x"
}

# bad BAD CODE TEXT [OPTION...]
bad() {
  extension "$root/testdata/extend/bad.c" bad -DBAD="$1"
  fails "$2" "$3" "${run[@]}" "$scratch/odd.jam" --extension "$scratch/bad.so" "${@:4}"
}

test_errors() {
  "$pvm" asm --no-symbols "$root/testdata/extend/odd.s" -o "$scratch/odd.jam"
  bad 1 3 'bad.so: extension of ABI version 99, this is version 1'
  bad 2 3 'bad.so: no extension: it has no jam_extension_table'
  bad 3 3 'extension odd: call odd: number 6 is that of historical_lookup (extension refine) under GP'
  bad 3 3 'number 6 is that of assign (extension accumulate) under GP 0.6.3' --gp 0.6.3
  bad 4 3 'extension odd: call peek: extension refine has a call of this name'
  bad 5 3 'extension odd: setting gas: there is an option --gas already'
  bad 12 3 'extension odd: setting help: there is an option --help already'
  bad 6 3 'extension odd: call odd: invocations 0x80, expected some of 0xf'
  bad 7 5 'extension odd: not on a Monday'
  bad 8 5 'extension odd: call odd reads 4 octets at 0x20008, which its row does not declare'
  bad 9 5 'extension odd: call odd writes 3 octets at 0x20000, which its row does not declare'
  bad 10 5 'extension odd: call odd reads r11, which its row does not declare'
  extension "$root/testdata/extend/bad.c" good -DBAD=11
  "${run[@]}" "$scratch/odd.jam" --extension "$scratch/good.so" --oddity 5 | grep 'outcome *halt'
  fails 2 'unknown option --odity, did you mean --oddity?' \
    "$pvm" run "$scratch/odd.jam" --extension "$scratch/good.so" --odity 5
  fails 3 'extension odd is there already, from' \
    "$pvm" run "$scratch/odd.jam" --extension "$scratch/good.so" --extension "$scratch/bad.so"
  fails 4 'nothing.so' "$pvm" run "$scratch/odd.jam" --extension "$scratch/nothing.so"
  fails 3 'odd.jam' "$pvm" run "$scratch/odd.jam" --extension "$scratch/odd.jam"
  # One whose libraries are not there: which one, and whose.
  "$CC" -shared -fPIC -x c /dev/null -o "$scratch/libgone.so"
  extension "$root/testdata/extend/bad.c" needs -DBAD=11 -Wl,--no-as-needed -L"$scratch" -lgone
  rm "$scratch/libgone.so"
  fails 3 'needs.so: libgone.so: cannot open shared object file' \
    "$pvm" run "$scratch/odd.jam" --extension "$scratch/needs.so"
  fails 2 '--extension needs a value' "$pvm" run "$scratch/odd.jam" --extension
  cd "$scratch"
  "$pvm" run odd.jam --extension good.so >/dev/null # this folder, not where libraries are
  echo "$count errors"
}

# The same by jam.h, with the extension inside the program.
test_embed() {
  hash_extension
  local pc program=("$scratch/embed" "$scratch/hash.jam")
  read -ra pc <<<"$(pkg-config --cflags --libs pvm)"
  "$CC" "${flags[@]}" "${sanitize[@]}" "$root/testdata/extend/embed.c" "$extending/hash.c" \
    "${pc[@]}" -lb2 -lxxhash -o "$scratch/embed"
  [ "${run[0]}" != valgrind ] ||
    program=(valgrind -q --leak-check=full --error-exitcode=9 "${program[@]}")
  "${program[@]}" | tee "$scratch/out"
  local want
  want=$(b2sum -l 256 /dev/null | cut -d ' ' -f 1)
  diff -u - "$scratch/out" <<END
halt $want
{
  "hash": {
    "calls": 4,
    "octets": 9
  }
}
END
}

case $2 in
hash | fetch_dir | scenario | names | errors | embed) "test_$2" ;;
*) die "no test $2" ;;
esac
