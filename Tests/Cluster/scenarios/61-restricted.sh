# deploy/overlays/restricted on nodes as they came: one capability is enough.

for n in $nodes; do
  check "node$n: sctp is not loaded" lacks_module "$n"
done
need check "kubectl apply -k deploy/overlays/restricted" k apply -k deploy/overlays/restricted
need within "$patience" "the DaemonSet is rolled out" agents_rolled_out
need within "$patience" "the agent says Ready on every node" agents_ready
check "a second apply changes nothing" apply_again deploy/overlays/restricted
for n in $nodes; do
  check "node$n: sctp is loaded" has_module "$n"
  # 0x10000 is CAP_SYS_MODULE.
  check "node$n: the agent has that one capability" on "$n" 'pid=$(pgrep -f "^/usr/bin/sctp-agent run") &&
    grep -x "CapBnd:.0000000000010000" /proc/$pid/status && grep -x "NoNewPrivs:.1" /proc/$pid/status'
done
check "a drift is repaired" on 1 'echo "blacklist sctp" >/etc/modprobe.d/sctp-blacklist.conf
  for i in $(seq 100); do grep -q blacklist /etc/modprobe.d/sctp-blacklist.conf || exit 0; sleep 0.1; done; exit 1'
# Their tries before the agent failed; new pods instead of waiting for the kubelet's next try.
check "the servers are deleted" k -n sctp-example delete pods -l app.kubernetes.io/name=echo --wait=false
check "the probers are deleted" k delete pods -l 'app in (prober, prober-host)' --wait=false
within "$patience" "the servers are ready" example_ready
main_ways
