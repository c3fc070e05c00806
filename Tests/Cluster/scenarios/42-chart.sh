# deploy/chart/sctp-agent by Helm's engine: installed, upgraded, reverted on the nodes, and uninstalled.

helm() { "$cluster/lib/helm" "$@"; }
generations() { k get all,networkpolicies,serviceaccounts -n sctp-agent -o json | jq -c '[.items[] | select(.kind != "Pod") | [.kind, .metadata.name, .metadata.generation]]'; }
upgrade_changes_nothing() {
  local before after
  before=$(generations) && helm upgrade sctp-agent '{}' && after=$(generations) || return
  printf '%s\n%s\n' "$before" "$after"
  [ "$before" = "$after" ]
}
releases() { k get secrets -l owner=helm -o name; }

need check "the overlay's objects are deleted" k delete -k deploy/overlays/kubernetes --wait=false
need within "$patience" "its namespace is gone" namespace_gone sctp-agent
need check "helm install" helm install sctp-agent '{}'
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
check "helm upgrade with the same values changes nothing" upgrade_changes_nothing
check "a pod on node1 makes an association" reaches prober node1 "$(cluster_address):36412"

check "helm upgrade --set revert.enabled=true" helm upgrade sctp-agent '{"revert": {"enabled": true}}'
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
for n in $nodes; do
  check "node$n: the files are as they came" stock_files "$n"
done
check "helm uninstall" helm uninstall sctp-agent
within "$patience" "the namespace is gone" namespace_gone sctp-agent
check "Helm knows no release any more" says '' releases
for n in $nodes; do
  within "$patience" "node$n: no agent runs" no_agent_runs "$n"
  check "node$n: the agent's state is gone" state_gone "$n"
done
need check "kubectl apply -k deploy/overlays/kubernetes" k apply -k deploy/overlays/kubernetes
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
