#!/usr/bin/env bash
# Installs what is missing, builds the release preset and runs CoreVM's Fibonacci loop.
# Arguments go to `pvm corevm fib`.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_build_packages
build release
say "pvm corevm fib $*"
"$root/build/release/pvm" corevm fib "$@"
