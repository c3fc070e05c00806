# deploy/overlays/intents: a change of the ConfigMap reaches the running agents.

changed=$run/kustomize/intents
mkdir -p "$changed"
cp deploy/components/intents/intent.d/load-sctp-module.yaml "$changed/load-sctp-module.yaml"
sed -i 's|source: data:text/plain;charset=utf-8,sctp$|&%0Asctp_diag%0A|' "$changed/load-sctp-module.yaml"
cat >"$changed/kustomization.yaml" <<E
resources: [$(realpath --relative-to="$changed" deploy/overlays/intents)]
configMapGenerator:
  - {name: sctp-agent-intents, namespace: sctp-agent, behavior: replace, files: [load-sctp-module.yaml]}
generatorOptions: {disableNameSuffixHash: true}
E

check "kubectl apply -k deploy/overlays/intents" k apply -k deploy/overlays/intents
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
check "a second apply changes nothing" apply_again deploy/overlays/intents
pod=$(agent_on node1)
for n in $nodes; do
  check "node$n: sctp_diag is not loaded" not on "$n" 'grep "^sctp_diag " /proc/modules'
done
check "the ConfigMap names sctp_diag too" k apply -k "$changed"
for n in $nodes; do
  # The kubelet looks at ConfigMaps every 60 to 90 s.
  within "$patience" "node$n: sctp_diag is loaded" on "$n" 'grep "^sctp_diag " /proc/modules'
  check "node$n: it will be loaded at boot" on "$n" 'grep -x sctp_diag /etc/modules-load.d/sctp-load.conf'
done
check "node1 has the same pod" [ "$(agent_on node1)" = "$pod" ]
check "which has not restarted" [ "$(agent_on node1 '.status.containerStatuses[0].restartCount')" = 0 ]
check "the plain overlay is applied again" k apply -k deploy/overlays/kubernetes
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
