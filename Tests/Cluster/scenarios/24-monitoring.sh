# A Prometheus scrapes the agents by the PodMonitor, and has the alerts of deploy/overlays/monitoring.

check "the definitions of foreign kinds are applied" k apply -f "$cluster/manifests/crds.yaml"
need within 60 "the API server knows them" k get podmonitors,prometheusrules,nodefeaturerules -A
check "kubectl apply -k deploy/overlays/monitoring" k apply -k deploy/overlays/monitoring
check "a second apply changes nothing" apply_again deploy/overlays/monitoring
need check "Prometheus starts" start_prometheus
within 60 "it scrapes every node's agent" every_target_is_up
for n in $nodes; do
  within 60 "node$n: sctp_agent_ready is 1" metric_is "sctp_agent_ready{node=\"node$n\"}" 1
done
within 60 "no alert fires" no_alert
