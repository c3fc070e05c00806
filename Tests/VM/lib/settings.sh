# Sourced by every script of the harness: where things are, and what the environment may change.
#
#   SCTP_AGENT_VM_CACHE    kernels, root file systems, initramfs layers, consoles (default: Tests/VM/.cache)
#   SCTP_AGENT_VM_SCENARIOS  the scenarios (default: Tests/VM/scenarios)
#   SCTP_AGENT_BINARY      the agent under test (default: that of .build/dist, then .build/release, then .build/debug)
#   SCTP_AGENT_VM_ACCEL    qemu accelerator (default: tcg,thread=multi; `kvm` only where /dev/kvm is known to work)
#   SCTP_AGENT_VM_KERNEL   kernel package to resolve (default: the distribution's small kernel for clouds)
#   SCTP_AGENT_VM_SUITE    release of Debian to take the kernel from, such as bullseye (default: this machine's)
#   SCTP_AGENT_VM_USERLAND  root of a release, newer than this machine's, from which small machines have kmod and the C library
# shellcheck disable=SC2034 # used by those who source this

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repository=$(cd "$vm/../.." && pwd)
cache=${SCTP_AGENT_VM_CACHE:-$vm/.cache}
accel=${SCTP_AGENT_VM_ACCEL:-tcg,thread=multi}
# Of every machine. no_timer_check: on a busy host an emulated timer may be too late for the kernel's test of it, and then the
# kernel panics ("IO-APIC + timer doesn't work").
# clearcpuid: an emulated 6.12 panics in kmem_cache_alloc where it uses that instruction.
kernel_words="console=ttyS0 panic=-1 loglevel=4 mitigations=off no_timer_check"
case ${SCTP_AGENT_VM_SUITE:-} in
  '' | bullseye | bookworm) ;;
  *) kernel_words+=" clearcpuid=cx16" ;;
esac
PATH=$PATH:/usr/sbin:/sbin
scenarios=${SCTP_AGENT_VM_SCENARIOS:-$vm/scenarios}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# Prints the agent under test; fails where there is none.
agent_binary() {
  "$repository/.ci/agent-binary"
}

# Prints a short digest of what stands on stdin.
digest() {
  sha256sum | cut -c1-16
}

# Prints the digest of the named files: path, size, time of change.
digest_of_files() {
  stat -L -c '%n %s %Y' "$@" | digest
}

# with_lock KIND COMMAND...: one process at a time makes objects of this kind in the cache.
with_lock() {
  local lock=$cache/$1.lock
  shift
  (
    flock 9
    "$@"
  ) 9>"$lock"
}
