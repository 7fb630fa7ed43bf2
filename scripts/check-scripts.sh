#!/usr/bin/env bash
# ShellCheck finds nothing in the scripts. Skipped (77) where it is not installed; every
# script still has to parse.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

for script in scripts/*.sh .ci/run; do
  bash -n "$script"
done
if ! command -v shellcheck >/dev/null; then
  echo "SKIP: shellcheck is not installed"
  exit 77
fi
shellcheck scripts/*.sh .ci/run
