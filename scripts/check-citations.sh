#!/usr/bin/env bash
# Every "GP x.y.z SECTION" in the sources is a row of docs/gp-map.md, and every file such a row
# names cites the section. --list prints what the sources cite, as version, section and file.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
map=docs/gp-map.md

# version section file, one line a citation. "GP 0.7.2 A.5, A.6 and B.3" is three.
cited() {
  find core host corevm cmd -name '*.[ch]' -o -name '*.inc' -o -name '*.s' | LC_ALL=C sort |
    xargs grep -HoE "GP [0-9]+\.[0-9]+\.[0-9]+ $section((, | and |, and )$section)*" |
    awk '{
      split($0, part, ":GP ")
      gsub(/,| and /, " ", part[2])
      count = split(part[2], word, " ")
      for (i = 2; i <= count; i++)
        print word[1], word[i], part[1]
    }' | LC_ALL=C sort -u
}
section='([A-I](\.[0-9]+)+|[0-9]+\.[0-9]+(\.[0-9]+)*)'

if [ "${1:-}" = --list ]; then
  cited
  exit
fi
cited | awk -v map="$map" '
  # A citation may be more exact than its row: A.5.3 falls under A.5.
  function row_of(version, section) {
    while (section != "" && !((version " " section) in title))
      if (!sub(/\.[0-9]+$/, "", section))
        section = ""
    return section
  }
  BEGIN {
    while ((getline line < map) > 0)
      if (line ~ /^\| [0-9]+\.[0-9]+\.[0-9]+ \|/) {
        split(line, cell, / *\| */)
        title[cell[2] " " cell[3]] = cell[4]
        files[cell[2] " " cell[3]] = cell[5]
        rows++
      }
    if (!rows) {
      print map ": no rows"
      exit bad = 1
    }
  }
  {
    found = row_of($1, $2)
    if (found == "") {
      printf "%s: GP %s %s is no row of %s\n", $3, $1, $2, map
      bad = 1
    }
    for (; found != ""; found = row_of($1, found)) {
      cites[$1 " " found " " $3] = 1
      if (!sub(/\.[0-9]+$/, "", found))
        found = ""
    }
    count++
  }
  END {
    for (row in files) {
      n = split(files[row], name, /[` ,]+/)
      for (i = 1; i <= n; i++)
        if (name[i] ~ /\// && !((row " " name[i]) in cites)) {
          printf "%s: row GP %s names %s, which does not cite it\n", map, row, name[i]
          bad = 1
        }
    }
    printf "%d citations, %d rows\n", count, rows
    exit bad
  }
' || exit 1

if grep -rnE --include='*.[ch]' --include='*.inc' '\<GP [A-I]\.[0-9]' core host corevm cmd; then
  echo "^ section without the version of the GP"
  exit 1
fi
