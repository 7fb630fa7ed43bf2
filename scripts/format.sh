#!/usr/bin/env bash
# Formats the sources by .clang-format with clang-format 14, the version that the style is pinned
# to; with --check only says what it would change.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
need_packages clang-format-14
mapfile -t sources < <(find core host corevm cmd -name '*.[ch]' | LC_ALL=C sort)
if [ "${1:-}" = --check ]; then
  clang-format-14 --dry-run --Werror "${sources[@]}"
else
  clang-format-14 -i "${sources[@]}"
fi
