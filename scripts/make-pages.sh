#!/usr/bin/env bash
# Writes the manual pages (man1/) and the completions (pvm.bash, pvm.zsh, pvm.fish) of a built binary
# into a folder.
#
#   scripts/make-pages.sh PVM FOLDER
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
[ $# -eq 2 ] || {
  echo "usage: make-pages.sh PVM FOLDER" >&2
  exit 2
}
pvm=$1
folder=$2

rm -rf "$folder/man1"
mkdir -p "$folder/man1"
"$pvm" help --man >"$folder/man1/pvm.1"
for command in $("$pvm" help --list); do
  "$pvm" help --man "$command" >"$folder/man1/pvm-$command.1"
done
for shell in bash zsh fish; do
  "$pvm" help --completion $shell >"$folder/pvm.$shell"
done
