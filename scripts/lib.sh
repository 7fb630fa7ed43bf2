# shellcheck shell=bash
# Sourced by the other scripts: where the tree is, what it needs installed, how it is built.
# SPDX-License-Identifier: Apache-2.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() {
  printf '\n== %s\n' "$*"
}

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# as_root COMMAND...: runs it directly when we are root, else through sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "must install packages, but is not run by root and finds no sudo: $*"
  fi
}

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages PACKAGE...: installs those of the Debian packages that are missing.
need_packages() {
  local missing=() package
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: these packages, or what corresponds to them, must be there: $*"
    return
  fi
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    return
  fi
  say "installing ${missing[*]}"
  as_root apt-get update -q || die "apt-get update failed; is there a network?"
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" ||
    die "could not install ${missing[*]}"
}

# What a build with the tests needs on a bare Debian 12.
need_build_packages() {
  need_packages gcc libc6-dev make cmake pkg-config libcjson-dev libxxhash-dev libb2-dev libedit-dev libzstd-dev check
}

jobs_count() {
  nproc 2>/dev/null || echo 2
}

# build PRESET: configures and builds build/PRESET.
build() {
  say "building preset $1"
  (cd "$root" && cmake --preset "$1" && cmake --build --preset "$1" --parallel "$(jobs_count)")
}
