#: needs agent
# Nobody can open the module's file: libkmod waits inside the kernel, for as long as the file's disk does. The agent says
# so, after 30 s as a stalled load, goes on repairing files and answering, and ends on SIGTERM; once the file can be read, the
# module is loaded.

file=$(modinfo -n sctp)
stock_blacklist /etc/modprobe.d
hold-file "$file" >/run/held &
holder=$!
for _ in $(seq 100); do
  [ -s /run/held ] && break
  busybox usleep 20000
done
expect "the file is" held "$(cat /run/held)"

agent_start --resync 2
expect_published '.conditions[] | select(.type == "ModuleLoaded") | .reason' Loading
expect_json_match '.conditions[] | select(.type == "ModuleLoaded") | .message' 'loading sctp has not finished since *'
expect_json .ready false
expect_json .drift.total 0
echo 'blacklist sctp' >/etc/modprobe.d/sctp-blacklist.conf
expect_published .drift.total 1
expect "the file that drifted" "" "$(cat /etc/modprobe.d/sctp-blacklist.conf)"
expect_another_pass
expect_json '.conditions[] | select(.type == "ModuleLoaded") | .reason' Loading
http_get /livez >/run/livez
expect "/livez with a load that hangs" 200 "$(http_code)"
expect_exit 1 sctp-agent check
agent_stop

agent_start --resync 2
expect_published '.conditions[] | select(.type == "ModuleLoaded") | .reason' Loading
# After 30 s it counts as stalled, and the agent goes on all the same.
for _ in $(seq 45); do
  read_status
  [ "$(jq -r '.conditions[] | select(.type == "ModuleLoaded") | .reason' $status_file)" = Loading ] || break
  sleep 1
done
expect_json '.conditions[] | select(.type == "ModuleLoaded") | .reason' LoadStalled
expect_json .ready false
echo 'blacklist sctp' >/etc/modprobe.d/sctp-blacklist.conf
expect_published .drift.total 1
expect "the file that drifted beside a stalled load" "" "$(cat /etc/modprobe.d/sctp-blacklist.conf)"
kill $holder
expect_published .ready true
expect_module live
agent_stop
