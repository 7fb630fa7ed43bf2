#!/usr/bin/env bash
# Installs whatever Debian packages the build and the tests need and this machine lacks.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_build_packages
