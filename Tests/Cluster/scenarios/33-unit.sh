# The systemd unit and the DaemonSet on one node at once; from one to the other and back.

unit_json() { on 1 "/usr/local/bin/sctp-agent status -o json | jq -e '$1'"; }
pod_json() { in_agent node1 status -o json | jq -e "$1"; }
no_pod() { not agent_on node1; }
drift_is_repaired() {
  on 1 'echo "blacklist sctp" >/etc/modprobe.d/sctp-blacklist.conf
    for i in $(seq 100); do grep -q blacklist /etc/modprobe.d/sctp-blacklist.conf || exit 0; sleep 0.1; done; exit 1'
}

check "a client on the last node opens an association with a pod on node1" \
  hold_association "node$node_count" "$(prober prober node1 .status.podIP):36412"
within "$soon" "messages come back" association_holds "node$node_count"

check "the unit is installed and started beside the pod" on 1 'install -m 755 /run/node/tools/sctp-agent /usr/local/bin
  install -m 644 /run/node/tools/sctp-agent.service /etc/systemd/system
  systemctl daemon-reload && systemctl enable --quiet --now sctp-agent'
within "$soon" "the unit's agent is on standby" unit_json '.agent.standby'
check "its status says which process holds the node" unit_json '.notes[] | select(test("process"))'
check "its status says that the node is Ready" unit_json '.ready'
check "the pod's agent is not on standby" pod_json '.agent.standby == false'
check "a drift is repaired" drift_is_repaired

check "the DaemonSet leaves node1" k -n sctp-agent patch daemonset sctp-agent -p \
  '{"spec": {"template": {"spec": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
    {"nodeSelectorTerms": [{"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "NotIn", "values": ["node1"]}]}]}}}}}}}'
within "$patience" "its pod on node1 is gone" no_pod
within "$soon" "the unit's agent has taken over" unit_json '.agent.standby == false'
check "a drift is repaired" drift_is_repaired

check "the DaemonSet comes back to node1" k -n sctp-agent patch daemonset sctp-agent --type=json -p \
  '[{"op": "remove", "path": "/spec/template/spec/affinity"}]'
within "$patience" "the pod's agent is on standby" pod_json '.agent.standby'
check "the unit is stopped and removed" on 1 'systemctl disable --quiet --now sctp-agent
  rm /etc/systemd/system/sctp-agent.service /usr/local/bin/sctp-agent; systemctl daemon-reload'
within "$soon" "the pod's agent has taken over" pod_json '.agent.standby == false'
check "a drift is repaired" drift_is_repaired
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
check "every message of the association came back, in order" release_association "node$node_count"
