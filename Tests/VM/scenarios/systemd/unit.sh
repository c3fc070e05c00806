#: machine systemd
#: needs agent
#: timeout 500
# The unit file as it is shipped, with all of its hardening: it loads, repairs, reloads, survives and stops.

stock_blacklist
install_unit
features=/etc/kubernetes/node-feature-discovery/features.d
mkdir -p /etc/sctp-agent $features
echo SCTP_AGENT_NFD_FEATURES_DIR=$features >/etc/sctp-agent/environment
expect_exit 0 systemd-analyze verify --man=no sctp-agent.service sctp-agent.socket
expect_exit 0 systemd-analyze security --offline=yes --threshold=25 /etc/systemd/system/sctp-agent.service
tail -n 1 $output
expect_exit 0 systemctl start sctp-agent
read_status
expect_json .ready true
expect_json .agent.mode systemd
expect_converged
expect_match "Node Feature Discovery's file" '*# +expiry-time=20??-??-??T??:??:??Z*feature.node.kubernetes.io/sctp=true' \
  "$(cat $features/sctp-agent)"
expect_match "systemctl shows the state" '*[Rr]eady*' "$(unit_property sctp-agent StatusText)"

echo 'blacklist sctp' >/etc/modprobe.d/sctp-blacklist.conf
wait_for 50 "drift is repaired" is_empty /etc/modprobe.d/sctp-blacklist.conf
rm /etc/modprobe.d/sctp-blacklist.conf
wait_for 50 "a removed file is made again" is_empty /etc/modprobe.d/sctp-blacklist.conf
expect_converged

# The owner that an intent names, which takes CAP_CHOWN and CAP_FOWNER, and reading it back CAP_DAC_READ_SEARCH.
cat >/etc/sctp-agent/intent.d/owned.yaml <<INTENT
apiVersion: machineconfiguration.openshift.io/v1
kind: MachineConfig
metadata: {name: owned, labels: {machineconfiguration.openshift.io/role: worker}}
spec:
  config:
    ignition: {version: 3.2.0}
    storage:
      files:
        - {path: /etc/modprobe.d/owned.conf, mode: 384, user: {name: nobody}, contents: {source: "data:,%23%20mine"}}
        - {path: /etc/modules-load.d/sctp.conf, mode: 420, contents: {source: "data:,sctp"}}
INTENT
first=$(unit_property sctp-agent MainPID)
expect_exit 0 systemctl reload sctp-agent
is_owned() {
  [ "$(stat -c '%a %U' /etc/modprobe.d/owned.conf)" = '600 nobody' ]
}
wait_for 50 "a file of another owner is written" is_owned
expect_published '.files[] | select(.path == "/etc/modprobe.d/owned.conf") | .state' InSync
expect_json '.intent.machineConfigs | join(" ")' owned
expect "process after a reload" "$first" "$(unit_property sctp-agent MainPID)"
rm /etc/sctp-agent/intent.d/owned.yaml
expect_exit 0 systemctl reload sctp-agent

kill -KILL "$first"
wait_for 300 "restarted after SIGKILL" is_running_anew "$first"
expect_converged

second=$(unit_property sctp-agent MainPID)
expect_match "the watchdog is armed" '[1-9]*' "$(unit_property sctp-agent WatchdogUSec)"
kill -STOP "$second"
wait_for 900 "restarted after a stall, by the watchdog" is_running_anew "$second"
expect_match "the journal says why" '*Watchdog timeout*' "$(journalctl -b -o cat -u sctp-agent | grep -i watchdog)"

expect_exit 0 systemctl stop sctp-agent
# By systemd's clock, because systemctl takes its own time on an emulated machine.
stopped=$(unit_property sctp-agent ExecMainExitTimestampMonotonic)
at_most 100 "order to stop until the exit" $(((stopped - $(unit_property sctp-agent ActiveExitTimestampMonotonic)) / 10000))
expect "left of Node Feature Discovery's file" "" "$(ls -A $features)"
expect "result of the unit" success "$(unit_property sctp-agent Result)"
expect_converged
