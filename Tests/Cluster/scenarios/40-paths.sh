# deploy/overlays/paths: every way between the nodes is proved; a dropped protocol is found, named, and found healed.

interval=10
paths=$run/kustomize/paths
mkdir -p "$paths"
cat >"$paths/kustomization.yaml" <<E
resources: [$(realpath --relative-to="$paths" deploy/overlays/paths)]
patches:
  - target: {kind: DaemonSet, name: sctp-agent}
    patch: |-
      - {op: add, path: /spec/template/spec/containers/0/args/-, value: --prove-interval=$interval}
E

paths_of() { in_agent "$1" status -o json | jq -c '.paths[]'; }
# proves NODE ADDRESS: whether the node's last proof of that address has succeeded.
proves() {
  local paths
  paths=$(paths_of "$1") || return
  echo "$paths"
  jq -es --arg address "$2" 'any(.[]; (.address | contains($address)) and .ok)' <<<"$paths"
}
# Both nodes' clocks are this machine's.
transition_of() { in_agent "$1" status -o json | jq -er '.conditions[] | select(.type == "PathsProved") | .lastTransitionTime'; }
# changed_within NODE SECONDS TIME: whether the condition's last change is at most that long after the time.
changed_within() {
  local at
  at=$(transition_of "$1") || return
  echo "from $3 to $at"
  [ "$(date -d "$at" +%s%3N)" -le $(($(date -d "$3" +%s%3N) + $2 * 1000)) ]
}
# names_failing_path NODE: whether the table of `fleet` says of that node that paths fail, and how many of how many.
names_failing_path() {
  local table
  table=$(k -n sctp-agent exec daemonset/sctp-agent -- sctp-agent fleet sctp-agent-nodes -o json) || return
  echo "$table"
  jq -e --arg node "$1" 'any(.nodes[]; .node == $node and .ready and .paths.proved < .paths.total)' <<<"$table"
}
rule="FORWARD -p sctp ! -d $pods.1.0/24 -j DROP"

need check "the overlay is applied, with a short interval" k apply -k "$paths"
need within "$patience" "the DaemonSet is rolled out" agents_rolled_out
for n in $nodes; do
  within "$patience" "node$n: PathsProved is True" condition_is "node$n" PathsProved 'True Proved'
done
service=$(k -n sctp-agent get service sctp-agent-echo -o jsonpath='{.spec.clusterIP}')
for n in $nodes; do
  for to in $nodes; do
    [ "$to" = "$n" ] || within "$soon" "node$n proves the way to the agent's pod on node$to" \
      proves "node$n" "$(agent_on "node$to" .status.podIP)"
  done
  within "$soon" "node$n proves the way through the Service" proves "node$n" "$service"
done
check "a second apply changes nothing" apply_again "$paths"
tell "Proof between the nodes, with deploy/overlays/paths"
check "fleet finds every node Ready" show kubectl -n sctp-agent exec daemonset/sctp-agent -- sctp-agent fleet sctp-agent-nodes

tell "Protocol 132 is dropped between the nodes"
need check "SCTP to the pods of the other nodes is dropped on node1" \
  on 1 "iptables -I $rule && date -u +%Y-%m-%dT%H:%M:%S.%3NZ >/run/dropped"
dropped=$(on 1 'cat /run/dropped')
quietly show 'node1$' 'iptables -S FORWARD | grep sctp'
for n in $nodes; do
  within "$soon" "node$n: PathsProved is False" condition_is "node$n" PathsProved 'False PathsFailing'
  check "node$n: that took the interval and 6 s at most" changed_within "node$n" $((interval + 6)) "$dropped"
  check "node$n is still Ready: paths do not count" in_agent "node$n" status
  within "$soon" "fleet says that paths of node$n fail" names_failing_path "node$n"
done
quietly show kubectl -n sctp-agent exec daemonset/sctp-agent -- sctp-agent fleet sctp-agent-nodes
for n in $nodes; do
  within "$soon" "the alert SctpPathFailing fires for node$n" alert_fires SctpPathFailing "node$n"
done
tell "The rule is removed"
check "the rule is removed" on 1 "iptables -D $rule"
for n in $nodes; do
  within "$soon" "node$n: PathsProved is True" condition_is "node$n" PathsProved 'True Proved'
done
quietly show kubectl -n sctp-agent exec daemonset/sctp-agent -- sctp-agent fleet sctp-agent-nodes
for n in $nodes; do
  within "$soon" "the alert clears for node$n" alert_is_silent SctpPathFailing "node$n"
done
check "the NetworkPolicy of the overlay is there as shipped" k -n sctp-agent get networkpolicy sctp-agent-paths
check "the plain overlay is applied again" k apply -k deploy/overlays/kubernetes
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
