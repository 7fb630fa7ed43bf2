#!/usr/bin/env bash
# clang-tidy with .clang-tidy's checks, over the sources as the dev preset compiles them.
#
#   scripts/tidy.sh [FILE...]      default: every source that is no test
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
need_build_packages
need_packages clang-tidy-14
cmake --preset dev >/dev/null
sources=("$@")
[ ${#sources[@]} -gt 0 ] ||
  mapfile -t sources < <(find core host corevm cmd -name '*.c' ! -name '*_test.c' | LC_ALL=C sort)
printf '%s\0' "${sources[@]}" |
  xargs -0 -n 1 -P "$(jobs_count)" clang-tidy-14 -p build/dev --quiet
