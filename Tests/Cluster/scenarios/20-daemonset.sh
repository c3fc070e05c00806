# kubectl apply -k deploy/overlays/kubernetes: rolled out, Ready, and nothing is pending afterwards.

tell "The agent"
need check "kubectl apply -k deploy/overlays/kubernetes" show kubectl apply -k deploy/overlays/kubernetes
need within "$patience" "the DaemonSet is rolled out" agents_rolled_out
need within "$patience" "the agent says Ready on every node" agents_ready
quietly show kubectl -n sctp-agent get pods -o wide
quietly show kubectl -n sctp-agent exec daemonset/sctp-agent -- sctp-agent status
for n in $nodes; do
  check "node$n: sctp is loaded" has_module "$n"
  check "node$n: nothing blacklists sctp" on "$n" '[ -f /etc/modprobe.d/sctp-blacklist.conf ] &&
    ! grep -rs "^blacklist sctp" /etc/modprobe.d'
  check "node$n: sctp will be loaded at boot" on "$n" 'grep -x sctp /etc/modules-load.d/sctp-load.conf'
  check "node$n: the agent has not restarted" [ "$(agent_on "node$n" '.status.containerStatuses[0].restartCount')" = 0 ]
  within "$soon" "node$n: the kubelet has measured the agent's memory" agent_memory "$n"
  memory=$(agent_memory "$n")
  check "node$n: the agent takes ${memory:-?} KiB, at most 32 MiB" [ "${memory:-99999}" -le 32768 ]
done
check "a second apply changes nothing" apply_again deploy/overlays/kubernetes
check "the NetworkPolicy is there as shipped" k -n sctp-agent get networkpolicy sctp-agent
