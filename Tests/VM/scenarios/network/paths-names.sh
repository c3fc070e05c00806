#: needs agent
#: modules sctp sctp_diag veth nf_tables nft_reject_inet nft_reject_ipv4 nft_ct nft_chain_nat nft_nat nft_masq nf_conntrack
#: file /usr/sbin/nft
#: file /usr/sbin/ip
#: clock 250
#: timeout 1200
# Names that stand for nothing, for this node only, and for 200 addresses of which 190 are silent; and what the process is
# with the options and without.

reason='.conditions[] | select(.type == "PathsProved") | .status + " " + .reason'

# expect_threads COUNT: of the agent of east, once it is at rest.
expect_threads() {
  for _ in $(seq 50); do
    count=$(ls "/proc/$(cat /run/east.pid)/task" | wc -l)
    [ "$count" != "$1" ] || break
    busybox usleep 100000
  done
  expect "threads" "$1" "$count"
}

prepare_paths
node east 1
node west 2

echo "== names"
agent_at east --echo :9133 --prove nobody:9133
expect_path east "" NotResolved
expect_json "$reason" 'False PathsFailing'
expect_threads 4
for task in "/proc/$(cat /run/east.pid)"/task/*; do
  case $(cat "$task/comm") in
    sctp-paths | sctp-echo)
      expect "capabilities of $(cat "$task/comm")" "0000000000000000" "$(awk '/^CapPrm/ { print $2 }' "$task/status")"
      expect "effective capabilities of $(cat "$task/comm")" "0000000000000000" "$(awk '/^CapEff/ { print $2 }' "$task/status")"
      ;;
  esac
done
stop_at east
hosts east 10.0.1.2
agent_at east --prove agents:9133
expect_at east "$reason" 'Unknown NoPeers'
expect_json .ready true
expect_threads 3
stop_at east

echo "== 200 addresses, 190 of them silent"
many_hosts east 10 209
for number in $(seq 10 19); do ip -n west address add "10.0.2.$number/24" dev eth0; done
# Nobody answers ARP for the others. With a neighbour entry, the packets go out and nothing comes back.
for number in $(seq 20 209); do ip neighbour add "10.0.2.$number" lladdr 02:00:00:00:00:01 dev west; done
agent_at west --echo :9133
interval=60 agent_at east --prove agents:9133 --prove-limit 200
begun=$(uptime_centiseconds)
# From before the first round to its end and beyond.
ip netns exec east http-times 9132 /livez 10000 >/run/livez &
asking=$!
expect_at east '.paths | length' 200 9
at_most 900 "start of the agent to the end of the round" $(($(uptime_centiseconds) - begun))
expect_json '[.paths[] | select(.reason == "Proved")] | length' 10
expect_json '[.paths[] | select(.reason == "NoAnswer")] | length' 190
expect_json 'def at: .[0:19] + "Z" | fromdate; [.paths[].at] | (max | at) - (min | at) <= 6' true
expect_json '.conditions[] | select(.type == "PathsProved") | .message | .[0:21]' "190 of 200 paths fail"
wait $asking
cat /run/livez
answers=$(awk '{ print $2 }' /run/livez)
longest=$(awk '{ print $4 }' /run/livez)
expect "answers of /livez during the round are many" yes "$([ "$answers" -gt 500 ] && echo yes)"
expect "each came within 10 ms" yes "$([ "$longest" -le 10000 ] && echo yes)"
stop_at east
stop_at west

echo "== without the options"
agent_at east
expect_at east .ready true
expect_json '[.conditions[].type] | contains(["PathsProved"])' false
expect_json '.paths | length' 0
expect_threads 2
stop_at east
