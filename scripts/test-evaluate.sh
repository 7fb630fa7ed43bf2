#!/usr/bin/env bash
# Ten million random instructions, or as many as are asked for: the interpreter against the second
# statement of their meaning (core/evaluate.h).
# usage: scripts/test-evaluate.sh BUILD [INSTRUCTIONS]
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -ge 1 ] || die "usage: scripts/test-evaluate.sh BUILD [INSTRUCTIONS]"
[ -x "$1/core_tests" ] || die "$1/core_tests: not built"
CK_DEFAULT_TIMEOUT=0 PVM_RANDOM_INSTRUCTIONS=${2:-10000000} "$1/core_tests" evaluate
