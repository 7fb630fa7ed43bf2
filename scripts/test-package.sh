#!/usr/bin/env bash
# Makes the Debian package and tests it in a bare Debian 12: it installs with what it depends on,
# runs, serves a program that links with the library, and leaves nothing behind when it is removed.
# Needs root and a network; takes a minute or two.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/chroot.sh"

need_build_packages
need_packages dpkg-dev
build release
work=$(mktemp -d)
debian=$work/debian
trap 'remove_debian "$debian"; rm -rf "$work"' EXIT
(cd "$root/build/release" && cpack -B "$work" >"$work/log") || die "$(cat "$work/log")"
package=$(find "$work" -maxdepth 1 -name '*.deb')
say "$(basename "$package")"
dpkg-deb --info "$package" | sed -n 's/^ \(Depends\|Conflicts\):/\1:/p'

bare_debian "$debian"
cp "$package" "$debian/tmp/jam-pvm.deb"
cp "$root/docs/embedding/hello.c" "$root/docs/embedding/guest.s" "$debian/tmp/"
# Everything else the test needs comes first, so that what the package adds can be told.
in_debian "$debian" 'apt-get update -q && apt-get install -y -q --no-install-recommends \
  gcc libc6-dev pkg-config libb2-1 libcjson1 libedit2 libxxhash0 libzstd1' >"$work/log" 2>&1 || die "$(tail "$work/log")"

# files NAME: what there is, but for places where dpkg and ldconfig keep their records.
files() {
  in_debian "$debian" "find / -xdev \( -path /proc -o -path /dev -o -path /tmp -o -path /var \
    -o -path /etc/ld.so.cache \) -prune -o -print | sort" >"$work/$1"
}

files before
say "installing"
in_debian "$debian" 'apt-get install -y -q --no-install-recommends /tmp/jam-pvm.deb' \
  >"$work/log" 2>&1 || die "$(tail "$work/log")"
# shellcheck disable=SC2016 # for the shell in there
in_debian "$debian" '
  dpkg --verify jam-pvm
  pvm version
  cd /tmp
  pvm asm -f raw guest.s -o guest.pvm
  pvm run guest.pvm --raw --page 0x20000:4096:rw --reg a0=1 >report || test $? -eq 1
  grep -q panic report
  ldconfig -p | grep libpvm.so.0
  gcc -Wall -Werror hello.c $(pkg-config --cflags --libs pvm) -o hello
  ./hello
  test -f /usr/share/man/man1/pvm.1.gz || ls /etc/dpkg/dpkg.cfg.d'

say "removing"
in_debian "$debian" 'dpkg --purge jam-pvm && ! dpkg-query -W jam-pvm 2>/dev/null && rm -f /tmp/*' \
  >"$work/log" 2>&1 || die "$(tail "$work/log")"
files after
diff "$work/before" "$work/after" || die "^ left behind, or taken away"
if in_debian "$debian" 'ldconfig -p' | grep libpvm; then
  die "^ still known to the loader"
fi
say "the package installs, runs and goes away"
