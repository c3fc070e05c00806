# A new version of the DaemonSet while one node is blocked: every node gets it.

# The overlay with another tag, as a cluster's own kustomization has it.
next=$run/kustomize/next
mkdir -p "$next"
cat >"$next/kustomization.yaml" <<E
resources: [$(realpath --relative-to="$next" "$repository/deploy/overlays/kubernetes")]
images: [{name: localhost/sctp-agent, newTag: $("$repository/deploy/release/version")-next}]
E
runs_next() { [ "$(agent_on "node$1" '.spec.containers[0].image')" = "$(agent_image)-next" ]; }
every_node_runs_next() {
  local n
  for n in $nodes; do
    runs_next "$n" || return
  done
}

blames_line() {
  local output status=0
  output=$(in_agent "$1" "$2") || status=$?
  printf '%s\nexit status %s\n' "$output" $status
  [ $status = 1 ] && [[ $output == */etc/modprobe.d/99-blocked.conf:1* && $output != */host/etc* ]]
}
refuses_to_revert() {
  local output status=0
  output=$(in_agent "$1" revert 2>&1) || status=$?
  printf '%s\nexit status %s\n' "$output" $status
  [ $status = 1 ] && on "${1#node}" '[ -e /etc/modules-load.d/sctp-load.conf ]'
}

check "an install line blocks node1" on 1 'echo "install sctp /bin/false" >/etc/modprobe.d/99-blocked.conf'
within "$soon" "the agent says which line" says '*/etc/modprobe.d/99-blocked.conf:1*' in_agent node1 status
within "$soon" "the node is not Ready" exits 1 in_agent node1 status
for command in check explain; do
  check "sctp-agent $command in the pod names the node's file and line, and exits 1" blames_line node1 $command
done
check "sctp-agent plan in the pod finds nothing that the policy allows" exits 0 in_agent node1 plan
check "sctp-agent revert in the pod says that the agent runs, and exits 1" refuses_to_revert node1
check "SCTP still works there: the module is loaded" reaches prober node1 "$(cluster_address):36412"
within "$soon" "the alert SctpAtRisk fires for node1" alert_fires SctpAtRisk node1
check "the next version is applied" k apply -k "$next"
within "$patience" "every node runs it" every_node_runs_next
within "$patience" "kubectl rollout status says so" agents_rolled_out
within "$soon" "node1 is still blocked" exits 1 in_agent node1 status
check "the block is removed" on 1 'rm /etc/modprobe.d/99-blocked.conf'
within "$soon" "node1 is Ready" in_agent node1 status
within "$soon" "the alert clears" alert_is_silent SctpAtRisk node1
check "the former version is applied" k apply -k deploy/overlays/kubernetes
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
