#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the cases of testdata/cli/*.t against a built binary, each file in a temporary folder of its
# own that holds copies of the other files there. In a .t file:
#
#     $ COMMAND       a shell command; pvm is the binary
#     > TEXT          a line of its standard output; "> ..." stands for any lines
#     ! TEXT          a line of its standard error; "! ..." stands for any lines
#     ? CODE          its exit code, 0 if not said
#     % COMMAND       what the cases behind it need: where it fails they are skipped, saying so
#
# as-user COMMAND runs a command as somebody whom permissions stop, even where the tests run as root.
# Anything else is for people. What a case does not mention must be empty. Arguments: the binary,
# then the names of .t files to run instead of all, without folder and ending. Exit code 77: all that
# ran is good, but not all ran.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -ge 1 ] || die "usage: test-cli.sh BINARY [NAME...]"
binary=$(realpath "$1")
shift
cases=$root/testdata/cli
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(cd "$cases" && printf '%s\n' *.t | sed 's/\.t$//')
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
mkdir "$work/bin"
chmod 755 "$work"
cp "$binary" "$work/bin/pvm"
# as-user COMMAND...: as somebody whom permissions stop.
cat >"$work/bin/as-user" <<'END'
#!/bin/sh
[ "$(id -u)" = 0 ] || exec "$@"
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
END
chmod 755 "$work/bin/as-user"
export PATH=$work/bin:$PATH LC_ALL=C SHELL=/bin/sh
unset PVM_GP NO_COLOR
total=0 failed=0 skipped=0

# matches EXPECTED ACTUAL: whether the lines are the same; "..." in EXPECTED is any lines.
matches() {
  awk -v want_file="$1" -v got_file="$2" '
    function fits(i, j) {
      for (; i <= w && want[i] != "..."; i++) {
        if (j > g || want[i] != got[j])
          return 0
        j++
      }
      if (i > w)
        return j > g
      for (; j <= g + 1; j++)
        if (fits(i + 1, j))
          return 1
      return 0
    }
    BEGIN {
      while ((getline line < want_file) > 0)
        want[++w] = line
      while ((getline line < got_file) > 0)
        got[++g] = line
      exit !fits(1, 1)
    }'
}

# One case: the command in $command, what is expected in $work/want.*.
run_case() {
  local code=0 bad=
  [ -n "$command" ] || return 0
  total=$((total + 1))
  (cd "$work/$name" && timeout 60 bash -c "$command") </dev/null \
    >"$work/got.out" 2>"$work/got.err" || code=$?
  # A missing newline at the end is not told apart.
  matches "$work/want.out" "$work/got.out" || bad+=" stdout"
  matches "$work/want.err" "$work/got.err" || bad+=" stderr"
  [ "$code" = "$want_code" ] || bad+=" exit code $code instead of $want_code"
  if [ -n "$bad" ]; then
    failed=$((failed + 1))
    printf '%s.t:%s: $ %s\n  differs:%s\n' "$name" "$line_number" "$command" "$bad"
    diff -u --label expected --label stdout "$work/want.out" "$work/got.out" | head -n 60 || true
    diff -u --label expected --label stderr "$work/want.err" "$work/got.err" | head -n 20 || true
  fi
}

start_case() {
  command=$1 want_code=0 line_number=$2
  : >"$work/want.out"
  : >"$work/want.err"
}

for name in "${names[@]}"; do
  mkdir "$work/$name"
  find "$cases" -maxdepth 1 -type f ! -name '*.t' -exec cp {} "$work/$name/" \;
  start_case "" 0
  number=0
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $line in
    '$ '*)
      run_case
      start_case "${line#??}" "$number"
      ;;
    '> '* | '>') printf '%s\n' "${line:2}" >>"$work/want.out" ;;
    '! '* | '!') printf '%s\n' "${line:2}" >>"$work/want.err" ;;
    '? '*) want_code=${line#??} ;;
    '% '*)
      if ! timeout 60 bash -c "${line#??}" </dev/null >/dev/null 2>&1; then
        echo "SKIP: $name.t from line $number on: it needs '${line#??}'"
        skipped=1
        break
      fi
      ;;
    esac
  done <"$cases/$name.t"
  run_case
done
echo "$total cases, $failed failed"
if [ "$failed" = 0 ] && [ "$skipped" = 1 ]; then
  exit 77
fi
[ "$total" -gt 0 ] && [ "$failed" = 0 ]
