# A reboot of a node: the module is there before the agent, and pods associate again.

tell "A reboot of a node"
check "node1 shuts down" "$cluster/node" stop 1
if monitored; then
  within "$soon" "the alert SctpAgentDown fires for node1" alert_fires SctpAgentDown node1
fi
booted=$(now)
check "node1 starts" "$cluster/node" start 1
within "$patience" "node1 answers" on 1 'systemctl is-active systemd-modules-load'
check "systemd-modules-load has loaded sctp" on 1 \
  'journalctl -b -t systemd-modules-load -o short-monotonic --no-pager | grep "Inserted module .sctp"'
check "that was before the container runtime started" on 1 'at() { systemctl show --value -p "$2" "$1"; }
  [ "$(at systemd-modules-load ActiveEnterTimestampMonotonic)" -lt "$(at containerd ExecMainStartTimestampMonotonic)" ] ||
    [ "$(at containerd ExecMainStartTimestampMonotonic)" = 0 ]'
within "$patience" "the node's agent is Ready" agent_ready_on node1 "$booted"
if monitored; then
  within "$soon" "the alert clears" alert_is_silent SctpAgentDown node1
fi
within "$patience" "the node's other pods run again" restarted_since "$booted" node1
within "$patience" "the servers are ready" example_ready
quietly show 'node1$' 'uptime -p; lsmod | grep ^sctp'
quietly show kubectl -n sctp-agent get pods -o wide
main_ways
