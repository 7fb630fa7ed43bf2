#!/usr/bin/env bash
# No source file above 800 lines, no function above 60 (from its opening to its closing brace).
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
mapfile -t sources < <(find core host corevm cmd scripts \
  -name '*.[ch]' -o -name '*.inc' -o -name '*.sh' | LC_ALL=C sort)
[ ${#sources[@]} -gt 0 ] || die "no sources found"

awk -v max_file=800 -v max_function=60 '
  function end_file() {
    if (lines > max_file) {
      printf "%s: %d lines, at most %d\n", file, lines, max_file
      bad = 1
    }
  }
  FNR == 1 { end_file(); file = FILENAME; head = ""; start = 0 }
  { lines = FNR }
  FILENAME ~ /\.sh$/ { next }
  # House style: a function opens with a brace alone in the first column and closes with one.
  /^[a-zA-Z_].*\(/ { head = $0 }
  /^{$/ { start = FNR }
  /^}/ {
    if (start && FNR - start + 1 > max_function) {
      printf "%s:%d: %d lines, at most %d: %s\n", FILENAME, start, FNR - start + 1,
        max_function, head
      bad = 1
    }
    functions += start > 0
    start = 0
  }
  END { end_file(); printf "%d files, %d functions\n", ARGC - 1, functions; exit bad }
' "${sources[@]}"
