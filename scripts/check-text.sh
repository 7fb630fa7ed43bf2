#!/usr/bin/env bash
# What must not get in: paths of one machine, work left open, tabs and trailing blanks, sources
# without their licence line, links between pages that lead nowhere.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
mapfile -t texts < <(find . \( -path ./build -o -path ./.git \) -prune -o -type f \( \
  -name '*.[ch]' -o -name '*.inc' -o -name '*.sh' -o -name '*.s' -o -name '*.md' -o -name '*.cmake' \
  -o -name 'CMake*' -o -name '*.json' -o -path './.ci/*' \) ! -name check-text.sh -print |
  LC_ALL=C sort)
[ ${#texts[@]} -gt 0 ] || die "no files found"
bad=0

# none WHAT PATTERN FILE...: fails when a line of the files matches.
none() {
  if grep -nIE -- "$2" "${@:3}"; then
    echo "^ $1"
    bad=1
  fi
}

none 'path of one machine' '(^|[^a-zA-Z0-9_.~-])/(work|farm|root|home|Users)/' "${texts[@]}"
none 'work left open' '\<(TODO|FIXME|XXX|HACK|[Uu]nimplemented|[Nn]ot implemented)\>' "${texts[@]}"
none 'trailing blank' '[[:blank:]]$' "${texts[@]}"
none 'tab' $'\t' "${texts[@]}"

for file in "${texts[@]}"; do
  case $file in
  *.md | *.json | *.cmake | *CMakeLists.txt) continue ;;
  ./testdata/*) continue ;;
  esac
  if ! head -n 12 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0'; then
    echo "$file: no SPDX line in its first 12"
    bad=1
  fi
done

# Links to files; those to other sites and within a page are not followed.
while IFS=: read -r page link; do
  target=${link%%#*}
  if [ -n "$target" ] && [ ! -e "$(dirname "$page")/$target" ]; then
    echo "$page: link to $target, which does not exist"
    bad=1
  fi
done < <(grep -oHE '\]\([^):]+\)' ./*.md docs/*.md testdata/*.md | sed -e 's/](//' -e 's/)$//')
echo "${#texts[@]} files"
exit $bad
