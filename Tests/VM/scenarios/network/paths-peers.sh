#: needs agent
#: modules sctp sctp_diag veth nf_tables nft_reject_inet nft_reject_ipv4 nft_ct nft_chain_nat nft_nat nft_masq nf_conntrack
#: file /usr/sbin/nft
#: file /usr/sbin/ip
#: clock 1000
#: timeout 1200
# Peers without an echo, and peers that are no echo: they flood, never read, or change what they send back. And a node
# that refuses the socket itself. 300 clients that flood leave a slower processor no time for the proof.

prepare_paths
pair

echo "== no echo"
stop_at west
expect_path east 10.0.2.2 Refused
agent_at west --echo :9133
expect_path east 10.0.2.2 Proved $((interval + 2))
stop_at west

# The outcome of one is not that of the next, so that each is seen.
for kind in flood deaf corrupt; do
  echo "== $kind"
  ip netns exec west sctp-try serve 9133 $kind &
  peer=$!
  case $kind in
    deaf) expect_path east 10.0.2.2 NoAnswer ;;
    *) expect_path east 10.0.2.2 Corrupted ;;
  esac
  case $kind in
    deaf) expect_json_match '.paths[0].message' 'the association came up, and 64 bytes did not come back*' ;;
    # The proof's own bytes are random: the first of them may be what the flood sends.
    flood) expect_json_match '.paths[0].message' 'byte * of 64 came back changed*' ;;
    corrupt) expect_json_match '.paths[0].message' 'byte 63 of 64 came back changed*' ;;
  esac
  status_at east
  expect_json .ready true
  kill $peer
  wait $peer
done
stop_at east

echo "== clients that flood the echo and never read"
agent_at west --echo :9133
agent_at east --prove agents:9133
expect_path east 10.0.2.2 Proved $((interval + 2))
last=$(jq -r '.paths[0].at' $status_file)
before=$(awk '/^VmRSS/ { print $2 }' "/proc/$(cat /run/west.pid)/status")
ip netns exec east sctp-try flood 10.0.2.2 9133 300 300 &
flood=$!
expect_at east ".paths[0] | .reason + (if .at > \"$last\" then \" again\" else \"\" end)" 'Proved again'
after=$(awk '/^VmRSS/ { print $2 }' "/proc/$(cat /run/west.pid)/status")
expect "the echo's process grows by at most 4 MiB ($((after - before)) KiB)" yes "$([ $((after - before)) -le 4096 ] && echo yes)"
kill $flood
wait $flood
stop_at west
stop_at east

for error in EPERM EACCES; do
  echo "== this node refuses the socket: $error"
  wrapper="deny-socket $error" agent_at east --prove agents:9133
  expect_path east 10.0.2.2 Denied
  expect_json_match '.paths[0].message' "socket: *($error)*"
  stop_at east
done
