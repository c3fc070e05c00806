#: needs agent
#: disk 32
# The disk with the agent's state stops while a file drifts, so the agent waits inside a system call. Its server goes on
# answering. /livez reports after 30 s, and not earlier, that the loop makes no progress. When the disk is back, the
# file is repaired.

drop_ins=/disk/etc/modprobe.d
mkdir -p $drop_ins /disk/etc/modules-load.d /disk/var/lib
# Not on the disk that hangs: who changes the file must not hang with it.
mount -t tmpfs tmpfs $drop_ins
stock_blacklist $drop_ins
agent_start --root /disk
expect_ready

fsfreeze --freeze /disk
hung=$(uptime_centiseconds)
echo 'blacklist sctp' >$drop_ins/sctp-blacklist.conf
sleep 10
http_get /livez >/run/livez
expect "/livez with a write that has hung for 10 s" "200 ok" "$(http_code) $(cat /run/livez)"
read_status
expect "/status then" 200 "$(http_code)"
expect_json .kind NodeSCTPStatus
expect "the file then" "blacklist sctp" "$(cat $drop_ins/sctp-blacklist.conf)"
while [ $(($(uptime_centiseconds) - hung)) -lt 3200 ]; do
  busybox usleep 200000
done
http_get /livez >/run/livez
expect "/livez after 32 s" 503 "$(http_code)"
expect_match "/livez says" "*has made no progress for 3[0-9] s" "$(cat /run/livez)"
read_status
expect "/status then" 200 "$(http_code)"

fsfreeze --unfreeze /disk
for _ in $(seq 100); do
  [ -s $drop_ins/sctp-blacklist.conf ] || break
  busybox usleep 50000
done
expect "the file after that" "" "$(cat $drop_ins/sctp-blacklist.conf)"
# The pass ends a moment after its last write.
for _ in $(seq 100); do
  read_status
  [ "$(jq .drift.total $status_file)" = 0 ] || break
  busybox usleep 50000
done
expect_json .drift.total 1
http_get /livez >/run/livez
expect "/livez" 200 "$(http_code)"
agent_stop
