#: needs agent
#: clock 1000
#: each WAY agent modprobe
# From an intent to SCTP that is usable, with the agent running, and the time of `modprobe sctp` alone. Run by
# Benchmarks/measures/vm.py, which reads the lines `measured: WHAT CENTISECONDS`.

stock_blacklist
echo "measured: boot $(uptime_centiseconds)"

# machine_config MODULE
machine_config() {
  cat <<END
apiVersion: machineconfiguration.openshift.io/v1
kind: MachineConfig
metadata:
  name: load-module
  labels:
    machineconfiguration.openshift.io/role: worker
spec:
  config:
    ignition:
      version: 3.2.0
    storage:
      files:
        - path: /etc/modprobe.d/sctp-blacklist.conf
          mode: 0644
          overwrite: true
          contents:
            source: data:,
        - path: /etc/modules-load.d/sctp-load.conf
          mode: 0644
          overwrite: true
          contents:
            source: data:,$1
END
}

if [ "$WAY" = modprobe ]; then
  # The program and its libraries are in the page cache for both.
  modprobe --version >/dev/null
  started=$(uptime_centiseconds)
  modprobe sctp
  echo "measured: modprobe $(($(uptime_centiseconds) - started))"
  expect_module live
else
  mkdir -p /etc/sctp-agent/intent.d
  machine_config no_such_module >/etc/sctp-agent/intent.d/sctp.yaml
  agent_start
  expect_not_ready
  machine_config sctp >/etc/sctp-agent/new
  http_get '/status?wait=ready&timeout=60' >$status_file &
  waiting=$!
  busybox usleep 300000
  started=$(uptime_centiseconds)
  mv /etc/sctp-agent/new /etc/sctp-agent/intent.d/sctp.yaml
  wait $waiting
  echo "measured: agent $(($(uptime_centiseconds) - started))"
  expect "/status answers" 200 "$(http_code)"
  expect_module live
  agent_stop
fi
