# A power cut right after a repair: the node comes back with the repaired file and the module.

check "a drift is repaired on node1" on 1 'echo "blacklist sctp" >/etc/modprobe.d/sctp-blacklist.conf; sync
  for i in $(seq 100); do grep -q blacklist /etc/modprobe.d/sctp-blacklist.conf || exit 0; sleep 0.1; done; exit 1'
check "the power of node1 is cut" "$cluster/node" kill 1
booted=$(now)
check "node1 starts" "$cluster/node" start 1
within "$patience" "node1 answers" on 1 'systemctl is-active systemd-modules-load'
check "the file is the repaired one" on 1 '[ -f /etc/modprobe.d/sctp-blacklist.conf ] && ! grep . /etc/modprobe.d/sctp-blacklist.conf'
check "sctp is loaded" has_module 1
within "$patience" "the node's agent is Ready" agent_ready_on node1 "$booted"
within "$patience" "the node's other pods run again" restarted_since "$booted" node1
within "$patience" "the servers are ready" example_ready
main_ways
