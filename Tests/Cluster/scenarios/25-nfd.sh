# deploy/overlays/nfd: the file for Node Feature Discovery is there while SCTP works, and is gone with the agent.

file=/etc/kubernetes/node-feature-discovery/features.d/sctp-agent

check "kubectl apply -k deploy/overlays/nfd" k apply -k deploy/overlays/nfd
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
for n in $nodes; do
  within "$patience" "node$n: the file has the label" on "$n" "grep sctp=true $file"
done
check "the plain overlay is applied again" k apply -k deploy/overlays/kubernetes
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
for n in $nodes; do
  check "node$n: the file is gone" on "$n" "[ -d ${file%/*} ] && [ ! -e $file ]"
done
