# deploy/overlays/revert brings the nodes back: after a reboot they are as they came.

need check "kubectl apply -k deploy/overlays/revert" k apply -k deploy/overlays/revert
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
for n in $nodes; do
  check "node$n: the files are as they came" stock_files "$n"
  check "node$n: sctp is still loaded" has_module "$n"
done
check "everything is deleted" k delete -k deploy/overlays/revert --wait=false
for n in $nodes; do
  within "$patience" "node$n: no agent runs" no_agent_runs "$n"
  check "node$n: the agent's state is gone" state_gone "$n"
done
within "$patience" "the namespace is gone" namespace_gone sctp-agent
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
