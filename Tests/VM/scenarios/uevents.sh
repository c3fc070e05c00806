#: needs agent
# The agent notices a module that another program loads, because the kernel sends an event: the resync is two hours
# away, and no file changes. The intent keeps sctp out, so the agent reports the state and can do nothing about it
# before a reboot.

stock_blacklist
mkdir -p /etc/sctp-agent/intent.d
cat >/etc/sctp-agent/intent.d/keep-out.json <<'END'
{"apiVersion": "machineconfiguration.openshift.io/v1", "kind": "MachineConfig",
 "metadata": {"name": "keep-sctp-out", "labels": {"machineconfiguration.openshift.io/role": "worker"}},
 "spec": {"config": {"ignition": {"version": "3.2.0"}, "storage": {"files": [
   {"path": "/etc/modprobe.d/sctp-blacklist.conf", "mode": 420, "overwrite": true,
    "contents": {"source": "data:,blacklist%20sctp%0A"}}]}}}}
END
agent_start --resync 7200 --probe-interval 7200
expect_ready
expect_condition ModuleAbsent True
expect_module absent

began=$(uptime_centiseconds)
modprobe sctp
expect_module live
for _ in $(seq 100); do
  read_status
  [ "$(jq -r '.conditions[] | select(.type == "ModuleAbsent") | .status' $status_file)" = True ] || break
  busybox usleep 20000
done
echo "load to /status: $(($(uptime_centiseconds) - began)) cs"
expect_condition ModuleAbsent False
expect_json '.conditions[] | select(.type == "ModuleAbsent") | .reason' PinnedUntilReboot
expect_json '.modules[] | select(.name == "sctp") | .state' live
expect_json .ready false
agent_stop
