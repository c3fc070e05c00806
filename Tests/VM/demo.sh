#!/bin/bash
# demo.sh
# What `make demo` shows: a virtual machine with this distribution's stock kernel and the files that keep SCTP out on
# RHEL, in which the agent makes it work. Exits 0 if it did.
set -euo pipefail
. "$(dirname "$0")/lib/settings.sh"

"$vm/install-packages"
agent=$(agent_binary) || die "no sctp-agent is built: run make build"
kernel=$("$vm/lib/kernel")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree/scenario"
chmod 755 "$work/tree"
cp "$vm/guest/demo" "$work/tree/scenario/start"
cp -r "$vm/fixtures" "$work/tree/scenario"
"$vm/lib/initramfs" "$work/initramfs" -m sctp -m sctp_diag -f "$agent:/usr/bin/sctp-agent" -t "$work/tree"

echo "Booting Linux $(cat "$kernel/RELEASE") in a virtual machine ..."
"$vm/lib/boot" -t 120 - -no-reboot -kernel "$kernel/vmlinuz" -initrd "$work/initramfs" \
  -append "$kernel_words" | tr -d '\r'
