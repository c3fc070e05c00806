#: needs agent
#: modules sctp sctp_diag veth
#: file /usr/sbin/ip
#: clock 1000
#: timeout 900
# What an agent costs that proves 16 addresses a minute, beside one that proves none. Run by Benchmarks/measures/paths.py,
# which reads the lines `measured: WHAT NUMBER`: processor time in microseconds, memory in KiB.

seconds=600

# cpu PID: the processor time of all its threads.
cpu() {
  cat "/proc/$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%d\n", sum / 1000 }'
}

# resident PID
resident() {
  awk '/^Rss:/ { print $2 }' "/proc/$1/smaps_rollup"
}

prepare_paths
node east 1
node west 2
many_hosts east 10 25
for number in $(seq 10 25); do ip -n west address add "10.0.2.$number/24" dev eth0; done
agent_at west --echo :9133
interval=60 agent_at east --prove agents:9133
expect_at east '[.paths[]? | select(.ok)] | length' 16 20
ip netns exec east sctp-agent run --observe-only --listen 127.0.0.1:9134 >/run/plain.log 2>&1 &
plain=$!
proving=$(cat /run/east.pid)

# Both have had their first passes, and have given back what those needed.
busybox sleep 130
plain_before=$(cpu $plain)
proving_before=$(cpu "$proving")
busybox sleep $seconds
echo "measured: seconds $seconds"
echo "measured: plain_cpu $(($(cpu $plain) - plain_before))"
echo "measured: proving_cpu $(($(cpu "$proving") - proving_before))"
echo "measured: plain_memory $(resident $plain)"
echo "measured: proving_memory $(resident "$proving")"
status_at east
expect_json '[.paths[] | select(.ok)] | length' 16
