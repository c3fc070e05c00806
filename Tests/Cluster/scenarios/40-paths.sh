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

# Both nodes' clocks are this machine's.
transition_of() { in_agent "$1" status -o json | jq -er '.conditions[] | select(.type == "PathsProved") | .lastTransitionTime'; }
# changed_within NODE SECONDS TIME: whether the condition's last change is at most that long after the time.
changed_within() {
  local at
  at=$(transition_of "$1") || return
  echo "from $3 to $at"
  [ "$(date -d "$at" +%s%3N)" -le $(($(date -d "$3" +%s%3N) + $2 * 1000)) ]
}

need check "the overlay is applied, with a short interval" k apply -k "$paths"
need within "$patience" "the DaemonSet is rolled out" agents_rolled_out
for n in $nodes; do
  within "$patience" "node$n: PathsProved is True" condition_is "node$n" PathsProved 'True Proved'
done
check "a second apply changes nothing" apply_again "$paths"
tell "Proof between the nodes, with deploy/overlays/paths"
check "fleet finds every node Ready" show kubectl -n sctp-agent exec daemonset/sctp-agent -- sctp-agent fleet sctp-agent-nodes
check "SCTP to the pods of the other nodes is dropped on node1" on 1 "iptables -I FORWARD -p sctp ! -d $pods.1.0/24 -j DROP"
dropped=$(on 1 'date -u +%Y-%m-%dT%H:%M:%S.%3NZ')
within "$soon" "node1: PathsProved is False" condition_is node1 PathsProved 'False PathsFailing'
check "node1: that took the interval and 6 s at most" changed_within node1 $((interval + 6)) "$dropped"
check "node1 is still Ready: paths do not count" in_agent node1 status
check "fleet says which path fails" says '*node1*' show kubectl -n sctp-agent exec daemonset/sctp-agent -- sctp-agent fleet sctp-agent-nodes
within "$soon" "the alert SctpPathFailing fires for node1" alert_fires SctpPathFailing node1
check "the rule is removed" on 1 "iptables -D FORWARD -p sctp ! -d $pods.1.0/24 -j DROP"
for n in $nodes; do
  within "$soon" "node$n: PathsProved is True" condition_is "node$n" PathsProved 'True Proved'
done
within "$soon" "the alert clears" alert_is_silent SctpPathFailing node1
check "the plain overlay is applied again" k apply -k deploy/overlays/kubernetes
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
