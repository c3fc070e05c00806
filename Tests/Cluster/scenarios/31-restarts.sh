# Eviction of the agent's pod and a restart of the kubelet: an association is held open through both.

last=node$node_count
# evict NAMESPACE POD: as `kubectl drain` does it.
evict() {
  printf '{"apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "%s"}}' "$2" "$1" |
    k create --raw "/api/v1/namespaces/$1/pods/$2/eviction" -f -
}
node_heartbeat_since() {
  [[ $(k get node "$1" -o json | jq -r '.status.conditions[] | select(.type == "Ready") | .lastHeartbeatTime') > $2 ]] &&
    node_ready "$1"
}

target=$(prober prober "$last" .status.podIP):36412
check "a client on node1 opens an association with a pod on $last" hold_association node1 "$target"
within "$soon" "messages come back" association_holds node1
begin=$(now)
old=$(agent_on "$last")
check "the agent's pod on $last is evicted" evict sctp-agent "$old"
check "meanwhile a new association with that pod can be made" reaches prober node1 "$target"
within "$patience" "a new pod of the agent is Ready there" agent_ready_on "$last" "$begin"
check "it is another pod" [ "$(agent_on "$last")" != "$old" ]
check "$last: sctp is loaded" has_module "$node_count"

started=$(agent_on "$last" '.status.containerStatuses[0].state.running.startedAt')
sleep 1
begin=$(now)
check "the kubelet of $last is restarted" on "$node_count" 'systemctl restart kubelet'
within "$patience" "the node is Ready" node_heartbeat_since "$last" "$begin"
within "$patience" "the agent there says Ready" agent_ready_on "$last"
check "its container is the same" [ "$(agent_on "$last" '.status.containerStatuses[0].state.running.startedAt')" = "$started" ]
check "every message of the first association came back, in order" release_association node1

# The pod of the fight in 30-drift ended here or is calm again; either clears the alert.
within "$patience" "the alert SctpContended has cleared" alert_is_silent SctpContended node1
