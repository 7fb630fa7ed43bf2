#!/usr/bin/env bash
# Runs the commands that README.md and docs/*.md show, against a built binary, in a copy of the
# tree. In ```sh blocks a line that begins with "$ " is a command, and lines that begin with "> "
# behind it go on with it; it must exit with 0. The lines that follow, if any, are what it must
# print; a line "..." stands for any number of lines. Blocks without "$ " are not run. Each page
# starts with a fresh copy, in which build/release/pvm is the binary too.
#
#   scripts/test-docs.sh PVM [PAGE...]
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
[ $# -ge 1 ] || die "usage: test-docs.sh PVM [PAGE...]"
pvm=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
PATH=$(dirname "$pvm"):$PATH
shift
pages=("$@")
[ ${#pages[@]} -gt 0 ] || pages=(README.md docs/*.md)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# commands PAGE: "number:command" for a command, "+text" for more of it, "=text" for a line that it
# prints.
commands() {
  awk '
    /^```/ { inside = !inside && /^```sh$/; shown = 0; more = 0; next }
    inside && /^\$ / { print NR ":" substr($0, 3); shown = more = 1; next }
    inside && more && /^> / { print "+" substr($0, 3); next }
    inside && shown { print "=" $0; more = 0 }
  ' "$1"
}

# like EXPECTED: whether standard input is the text, with "..." for any lines.
like() {
  local pattern text
  pattern=$(sed -e 's/[][*?\\]/\\&/g' -e 's/^\.\.\.$/\x01/' <<<"$1")$'\n'
  pattern=${pattern//$'\x01\n'/'*'}
  text=$(cat)
  # shellcheck disable=SC2053 # a pattern on purpose
  [[ "$text"$'\n' == $pattern ]]
}

ran=0
failed=0

# check PAGE LINE COMMAND EXPECTED: runs it in the current folder.
check() {
  local output code=0
  ran=$((ran + 1))
  output=$(bash -c "$3" 2>&1 </dev/null) || code=$?
  if [ $code -ne 0 ]; then
    printf '%s:%s: exit code %d: %s\n%s\n' "$1" "$2" $code "$3" "$output"
    failed=$((failed + 1))
  elif [ -n "$4" ] && ! like "$4" <<<"$output"; then
    printf '%s:%s: %s\nshown:\n%s\nprinted:\n%s\n' "$1" "$2" "$3" "$4" "$output"
    failed=$((failed + 1))
  fi
}

# check_page PAGE: all of its commands, in a copy of the tree.
check_page() {
  local row line='' command='' expected=''
  while IFS= read -r row; do
    case $row in
    =*)
      expected+=${expected:+$'\n'}${row#=}
      continue
      ;;
    +*)
      command+=$'\n'${row#+}
      continue
      ;;
    esac
    [ -z "$command" ] || check "$1" "$line" "$command" "$expected"
    line=${row%%:*} command=${row#*:} expected=''
  done < <(commands "$root/$1")
  [ -z "$command" ] || check "$1" "$line" "$command" "$expected"
}

for page in "${pages[@]}"; do
  copy=$scratch/$(basename "$page" .md)
  mkdir "$copy"
  tar c -C "$root" --exclude=./build --exclude=./.git . | tar x -C "$copy"
  mkdir -p "$copy/build/release"
  ln -s "$pvm" "$copy/build/release/pvm"
  cd "$copy"
  check_page "$page"
done
echo "$ran commands, $failed failed"
[ $failed -eq 0 ]
