#: needs agent
#: modules sctp sctp_diag veth nf_tables nft_reject_inet nft_reject_ipv4 nft_ct nft_chain_nat nft_nat nft_masq nf_conntrack
#: file /usr/sbin/nft
#: file /usr/sbin/ip
#: clock 250
#: timeout 1200
# Two agents that prove each other, and a router between them whose rules do to SCTP what security groups, firewalls and
# broken routes do. Each fault has the reason that the contract names, is reported within one interval and 6 s, and is gone
# within one interval.

prepare_paths
pair
status_at east
expect_condition PathsProved True
expect_json '.paths | length' 1
expect_json '.paths[0].seconds | . > 0 and . < 3' true
expect_json '.paths[0].target' agents:9133

echo "== dropped"
forward_rule "meta l4proto sctp drop"
expect_both NoAnswer
status_at east
expect_condition PathsProved False
expect_json_match '.conditions[] | select(.type == "PathsProved") | .message' '1 of 1 paths fail; agents:9133 at 10.0.2.2: NoAnswer*'
expect_json .ready true
expect_json '[.recent[] | select(.what == "path")] | length > 0' true
forward_rule
expect_proved_again

echo "== dropped in one direction"
forward_rule "ip saddr 10.0.1.2 meta l4proto sctp drop"
expect_both NoAnswer
forward_rule
expect_proved_again

echo "== rejected"
for answer in port-unreachable admin-prohibited no-route; do
  forward_rule "meta l4proto sctp reject with icmpx $answer"
  expect_both Unreachable
  expect_json_match '.paths[0].message' 'a firewall on the way rejects IP protocol 132*'
  forward_rule
  expect_proved_again
done

echo "== rejected as a protocol that the peer does not have"
forward_rule "ip protocol sctp reject with icmp type prot-unreachable"
expect_both Refused
expect_json_match '.paths[0].message' '*has no SCTP*'
forward_rule
expect_proved_again

echo "== large packets lost"
forward_rule "meta l4proto sctp meta length > 1000 drop"
expect_both LargeMessageLost
forward_rule
expect_proved_again

echo "== no route on the node"
ip -n east route del default
expect_path east 10.0.2.2 Unreachable
expect_json_match '.paths[0].message' '*no route*'
# West reaches east, whose answer finds no way.
expect_path west 10.0.1.2 NoAnswer
ip -n east route add unreachable 10.0.2.2
expect_at east '.paths[0].message | test("EHOSTUNREACH")' true
expect_json '.paths[0].reason' Unreachable
ip -n east route del unreachable 10.0.2.2
ip -n east route add prohibit 10.0.2.2
expect_path east 10.0.2.2 Denied
ip -n east route del prohibit 10.0.2.2
ip -n east route add default via 10.0.1.1
expect_proved_again

echo "== no route on the way"
ip route add unreachable 10.0.2.2
expect_path east 10.0.2.2 Unreachable
ip route del unreachable 10.0.2.2
expect_proved_again

stop_at east
stop_at west
tail -n 5 /run/east.log
