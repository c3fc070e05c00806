#: machine systemd
#: needs agent
#: timeout 240
# The unit file as it is shipped, under all of its hardening: loads, repairs, reloads, survives, stops.

stock_blacklist
install_unit
expect_exit 0 systemd-analyze verify --man=no /etc/systemd/system/sctp-agent.service
systemd-analyze security --offline=yes --threshold=25 /etc/systemd/system/sctp-agent.service >$output 2>&1
expect_match "exposure is at most 2.5" 0 $?
tail -n 1 $output
expect_exit 0 systemctl start sctp-agent
read_status
expect_json .ready true
expect_converged
expect_match "systemctl shows the state" '*[Rr]eady*' "$(unit_property sctp-agent StatusText)"

is_empty() {
  [ -f "$1" ] && [ ! -s "$1" ]
}
echo 'blacklist sctp' >/etc/modprobe.d/sctp-blacklist.conf
wait_for 50 "drift is repaired" is_empty /etc/modprobe.d/sctp-blacklist.conf
rm /etc/modprobe.d/sctp-blacklist.conf
wait_for 50 "a removed file is made again" is_empty /etc/modprobe.d/sctp-blacklist.conf

first=$(unit_property sctp-agent MainPID)
expect_exit 0 systemctl reload sctp-agent
expect "process after a reload" "$first" "$(unit_property sctp-agent MainPID)"
is_running_anew() {
  [ "$(unit_property sctp-agent ActiveState)" = active ] && [ "$(unit_property sctp-agent MainPID)" != "$1" ]
}
kill -KILL "$first"
wait_for 300 "restarted after SIGKILL" is_running_anew "$first"
expect_converged

second=$(unit_property sctp-agent MainPID)
watchdog=$(unit_property sctp-agent WatchdogUSec)
expect_match "the watchdog is armed" '[1-9]*' "$watchdog"
kill -STOP "$second"
wait_for 900 "restarted after a stall, by the watchdog" is_running_anew "$second"

stop_started=$(uptime_centiseconds)
expect_exit 0 systemctl stop sctp-agent
at_most 150 "systemctl stop" $(($(uptime_centiseconds) - stop_started))
expect "result of the unit" success "$(unit_property sctp-agent Result)"
expect_converged
