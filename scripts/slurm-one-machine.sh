#!/usr/bin/env bash
# Runs pvm test as a Slurm array job with this machine for a cluster: installs Slurm from Debian's
# packages, starts a controller and a node of its own in a temporary folder, runs
# scripts/shards.sh slurm, compares the sums with those of one run, and ends what it started. Needs
# root (or sudo, to install, then run it as root). Not part of the tests.
#
#   scripts/slurm-one-machine.sh SHARDS PVM PATH...
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -ge 3 ] || die "usage: slurm-one-machine.sh SHARDS PVM PATH..."
count=$1
pvm=$(realpath "$2")
shift 2
need_packages slurm-wlm munge
[ "$(id -u)" = 0 ] || die "must be run by root: it starts a Slurm node"

folder=$(mktemp -d)
chmod 755 "$folder"
pids=()
# shellcheck disable=SC2317 # the trap calls it
finish() {
  local pid
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  wait
  rm -rf "$folder"
}
trap finish EXIT

export SLURM_CONF=$folder/slurm.conf
cpus=$(jobs_count)
name=$(hostname -s)
mkdir "$folder"/{state,spool,munge}
chmod 700 "$folder/munge"
head -c 1024 /dev/urandom >"$folder/munge/key"
chmod 400 "$folder/munge/key"
cat >"$SLURM_CONF" <<END
ClusterName=one
SlurmctldHost=$name(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
NodeName=$name NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=all Nodes=$name Default=YES MaxTime=INFINITE State=UP
END

# started WHAT COMMAND...: in the background, its output to a log.
started() {
  local what=$1
  shift
  "$@" >"$folder/$what.log" 2>&1 &
  pids+=($!)
}

started munged munged --foreground --force --key-file="$folder/munge/key" \
  --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
  --seed-file="$folder/munge/seed" --log-file="$folder/munge/log"
for _ in $(seq 1 50); do
  [ ! -S "$folder/munge/socket" ] || break
  sleep 0.2
done
started slurmctld slurmctld -D -c -f "$SLURM_CONF"
started slurmd slurmd -D -c -N "$name" -f "$SLURM_CONF"
for _ in $(seq 1 100); do
  state=$(sinfo -h -o %t 2>/dev/null || true)
  [ "$state" != idle ] || break
  sleep 0.3
done
if [ "${state:-}" != idle ]; then
  tail -n 20 "$folder"/*.log
  die "the node does not come up: state \"${state:-}\""
fi

say "an array job of $count tasks on $cpus CPUs"
export PVM_SHARDS_OUT=$folder/out
code=0
"$root/scripts/shards.sh" slurm "$count" "$pvm" "$@" >"$folder/shards.txt" || code=$?
cat "$folder/shards.txt"
say "one run"
"$pvm" test "$@" | tee "$folder/whole.txt" | tail -n 1 || true
[ "$(tail -n 1 "$folder/shards.txt")" = "$(tail -n 1 "$folder/whole.txt")" ] ||
  die "the shards do not add up to the whole"
say "the same"
exit $code
