# The agent goes with its changes: they are reverted, and after a reboot a node is as it came.

no_agent_runs() { on "$1" '! pgrep -f "^/usr/bin/sctp-agent run"'; }
stock() {
  on "$1" 'ls /etc/modprobe.d /etc/modules-load.d; cat /etc/modprobe.d/sctp-blacklist.conf
    grep -q "^blacklist sctp" /etc/modprobe.d/sctp-blacklist.conf && [ ! -e /etc/modules-load.d/sctp-load.conf ]'
}

check "the DaemonSet is deleted" k -n sctp-agent delete daemonset sctp-agent --wait=false
for n in $nodes; do
  within "$patience" "node$n: no agent runs" no_agent_runs "$n"
  check "node$n: sctp is still loaded" has_module "$n"
  check "node$n: sctp-agent revert" on "$n" '/run/node/tools/sctp-agent revert'
  check "node$n: the files are as they came" stock "$n"
done
for n in $nodes; do
  check "node$n shuts down" "$cluster/node" stop "$n"
done
for n in $nodes; do
  check "node$n starts" "$cluster/node" start "$n"
done
for n in $nodes; do
  within "$patience" "node$n answers" on "$n" 'systemctl is-active systemd-modules-load'
  check "node$n: sctp is not loaded" lacks_module "$n"
done
