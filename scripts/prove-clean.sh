#!/usr/bin/env bash
# Proves that README's two commands are all it takes: makes a bare Debian 12 in a temporary folder
# (debootstrap, from the mirror that apt here is configured with), clones the last commit into it
# and runs scripts/run.sh and scripts/test.sh there. Needs root. Prints the outcome of both and
# keeps what they printed in the folder named by $PVM_TRANSCRIPTS, if that is set.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
suite=bookworm

[ "$(id -u)" -eq 0 ] || die "must be root, to make and enter a chroot"
need_packages debootstrap git

# The first address apt would fetch the suite's packages from.
# shellcheck disable=SC2016 # apt's own variables
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' |
  awk -v suite=$suite '$2 == suite && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || die "apt here knows no mirror for $suite"

work=$(mktemp -d)
chroot_dir=$work/debian

# shellcheck disable=SC2317 # called by the trap
clean_up() {
  local point
  for point in proc dev; do
    if mountpoint -q "$chroot_dir/$point"; then
      umount "$chroot_dir/$point"
    fi
  done
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT

say "a bare Debian 12 by debootstrap"
debootstrap --variant=minbase "$suite" "$chroot_dir" "$mirror" >"$work/debootstrap.log" ||
  die "debootstrap failed: $(tail -n 3 "$work/debootstrap.log")"
mount -t proc proc "$chroot_dir/proc"
mount --bind /dev "$chroot_dir/dev"
cp /etc/resolv.conf /etc/hosts "$chroot_dir/etc/"
# How apt here reaches the network is how it must there: proxies and the like.
for setting in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy*; do
  if [ -f "$setting" ]; then
    cp "$setting" "$chroot_dir/etc/apt/apt.conf.d/"
  fi
done

git clone -q --no-hardlinks "$root" "$chroot_dir/src/pvm"
say "clone of $(git -C "$chroot_dir/src/pvm" rev-parse --short HEAD), packages: $(
  chroot "$chroot_dir" dpkg-query -W -f '.' | wc -c), compilers: $(
  chroot "$chroot_dir" sh -c 'command -v cc gcc clang cmake || echo none')"

# in_chroot SCRIPT: runs it as a stranger would, in the clone, without a terminal.
in_chroot() {
  local code=0 start=$SECONDS log
  log=$work/$(basename "$1").log
  chroot "$chroot_dir" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    sh -c "cd /src/pvm && $1" >"$log" 2>&1 </dev/null || code=$?
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
