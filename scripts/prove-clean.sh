#!/usr/bin/env bash
# Proves that README's two commands are all it takes: makes a bare Debian 12 in a temporary folder
# (debootstrap, from the mirror that apt here is configured with), clones the last commit into it
# and runs scripts/run.sh and scripts/test.sh there. Needs root. Prints the outcome of both and
# keeps what they printed in the folder named by $PVM_TRANSCRIPTS, if that is set.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/chroot.sh"
need_packages git

work=$(mktemp -d)
chroot_dir=$work/debian
trap 'remove_debian "$chroot_dir"; rm -rf "$work"' EXIT
bare_debian "$chroot_dir"

git clone -q --no-hardlinks "$root" "$chroot_dir/src/pvm"
say "clone of $(git -C "$chroot_dir/src/pvm" rev-parse --short HEAD), packages: $(
  chroot "$chroot_dir" dpkg-query -W -f '.' | wc -c), compilers: $(
  chroot "$chroot_dir" sh -c 'command -v cc gcc clang cmake || echo none')"

# in_chroot SCRIPT: runs it in the clone and says how it went.
in_chroot() {
  local code=0 start=$SECONDS log
  log=$work/$(basename "$1").log
  in_debian "$chroot_dir" "cd /src/pvm && $1" >"$log" 2>&1 || code=$?
  say "$1: exit code $code after $((SECONDS - start)) s; the end of what it printed:"
  tail -n "${2:-20}" "$log"
  if [ -n "${PVM_TRANSCRIPTS:-}" ]; then
    cp "$log" "$PVM_TRANSCRIPTS/"
  fi
  return $code
}

failed=0
in_chroot scripts/run.sh 40 || failed=1
in_chroot scripts/test.sh 40 || failed=1
say "$([ $failed -eq 0 ] && echo 'both commands succeed' || echo 'FAILED')"
exit $failed
