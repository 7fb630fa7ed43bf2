# shellcheck shell=bash
# Sourced by scripts that need a bare Debian 12: makes one in a folder and enters it. Needs root.
# SPDX-License-Identifier: Apache-2.0

debian_suite=bookworm

# bare_debian FOLDER: debootstrap from the mirror that apt here is configured with. Whoever calls it
# calls remove_debian in the end.
bare_debian() {
  local mirror setting
  [ "$(id -u)" -eq 0 ] || die "must be root, to make and enter a chroot"
  need_packages debootstrap
  # The first address apt would fetch the suite's packages from.
  # shellcheck disable=SC2016 # apt's own variables
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' |
    awk -v suite=$debian_suite '$2 == suite && $3 == "main" && !found { print $1; found = 1 }')
  [ -n "$mirror" ] || die "apt here knows no mirror for $debian_suite"
  say "a bare Debian 12 by debootstrap"
  debootstrap --variant=minbase "$debian_suite" "$1" "$mirror" >"$1.log" ||
    die "debootstrap failed: $(tail -n 3 "$1.log")"
  mount -t proc proc "$1/proc"
  mount --bind /dev "$1/dev"
  mount --bind /dev/pts "$1/dev/pts" # terminals
  cp /etc/resolv.conf /etc/hosts "$1/etc/"
  # How apt here reaches the network is how it must there: proxies and the like.
  for setting in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy*; do
    if [ -f "$setting" ]; then
      cp "$setting" "$1/etc/apt/apt.conf.d/"
    fi
  done
}

# remove_debian FOLDER
remove_debian() {
  local point
  for point in proc dev/pts dev; do
    if mountpoint -q "$1/$point"; then
      umount "$1/$point"
    fi
  done
  rm -rf --one-file-system "$1"
}

# in_debian FOLDER SCRIPT: runs it as a stranger would, without a terminal.
in_debian() {
  chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 sh -ec "$2" </dev/null
}
