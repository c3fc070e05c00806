# A Prometheus scrapes the agents by the PodMonitor, and has the alerts of deploy/overlays/monitoring.

check "the definitions of foreign kinds are applied" k apply -f "$cluster/manifests/crds.yaml"
need within "$soon" "the API server knows them" k get podmonitors,prometheusrules,nodefeaturerules -A
check "kubectl apply -k deploy/overlays/monitoring" k apply -k deploy/overlays/monitoring
check "a second apply changes nothing" apply_again deploy/overlays/monitoring
need check "Prometheus starts" start_prometheus
within "$patience" "it scrapes every node's agent" every_target_is_up
for n in $nodes; do
  within "$patience" "node$n: sctp_agent_ready is 1" metric_is "sctp_agent_ready{node=\"node$n\"}" 1
done
within "$patience" "no alert fires" no_alert
