#!/usr/bin/env bash
# Installs what is missing, builds every configuration and runs the tests through ctest: clang with
# sanitizers (unit tests), the plain-switch interpreter (those of core and corevm), release (all), dev
# with sanitizers (all but the unit tests, which clang's build had). Stops at the first that fails.
# PVM_PRESETS="dev" picks some.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# test_preset PRESET [CTEST OPTION...]
test_preset() {
  build "$1"
  say "testing preset $1"
  (cd "$root" && ctest --preset "$1" --parallel "$(jobs_count)" "${@:2}")
}

need_build_packages
[ -d "$root/../shared" ] ||
  say "SKIP: no folder 'shared' beside the checkout, so tests skip the public vectors in it"
for preset in ${PVM_PRESETS:-clang switch release dev}; do
  case $preset in
  clang)
    need_packages clang-14 libclang-rt-14-dev
    test_preset clang --label-regex unit
    ;;
  switch) test_preset switch --tests-regex '^core(vm)?/' ;;
  *)
    # What libpvm is used from in its tests; without them those are skipped, saying so.
    need_packages g++ python3 valgrind golang-go
    case $preset in
    dev) test_preset dev --label-exclude unit ;;
    *) test_preset "$preset" ;;
    esac
    ;;
  esac
done
