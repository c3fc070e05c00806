#: machine systemd
#: needs agent
# What the unit may not do, and its optional socket.

capabilities() {
  capsh --decode="$(sed -n "s/^$1:[[:space:]]*//p" "/proc/$agent_process/status")" | sed 's/.*=//'
}
process_status() {
  sed -n "s/^$1:[[:space:]]*//p" "/proc/$agent_process/status"
}
stock_blacklist
install_unit
systemctl enable --quiet --now sctp-agent.socket
expect "the unit before anybody asks" inactive "$(unit_property sctp-agent ActiveState)"
http_get '/status?wait=ready&timeout=20' >$status_file
expect "the first question starts the agent and is answered" 200 "$(http_code)"
expect_json .ready true
agent_process=$(unit_property sctp-agent MainPID)

expect_match "who listens" "*systemd*" "$(ss -Hlntp 'sport = 9132')"

for place in /new /etc/new /usr/new /var/new /var/lib/new /boot/new /lib/modules/new /proc/sys/kernel/panic /sys/new; do
  expect_exit 1 in_unit_files touch "$place"
  expect_output "the unit may not write $place" '*: Read-only file system'
done
for directory in /etc/modprobe.d /etc/modules-load.d /var/lib/sctp-agent /run/sctp-agent; do
  expect_exit 0 in_unit_files sh -c "touch $directory/allowed && rm $directory/allowed"
done
expect "homes that the unit sees" "" "$(in_unit_files find /root /home -mindepth 1)"
expect "its capabilities" "cap_chown,cap_dac_read_search,cap_fowner,cap_sys_module" "$(capabilities CapBnd)"
expect "no new privileges" 1 "$(process_status NoNewPrivs)"
expect "a filter of system calls" 2 "$(process_status Seccomp)"
# Nothing that the agent does was refused.
expect "refusals in its log" "" "$(journalctl -b -o cat -u sctp-agent | grep -E 'EPERM|EROFS|EACCES')"
expect_json '[.conditions[] | select(.status != "True")] | length' 0

# A restart behind the socket loses no question.
kill -KILL "$agent_process"
http_get '/status?wait=ready&timeout=20' >$status_file
expect "asked while the agent was dead" 200 "$(http_code)"
systemctl stop sctp-agent.socket sctp-agent
expect "mode of the ledger's directory" 700 "$(stat -c %a /var/lib/sctp-agent)"
