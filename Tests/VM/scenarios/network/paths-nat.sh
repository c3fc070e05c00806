#: needs agent
#: modules sctp sctp_diag veth nf_tables nft_reject_inet nft_reject_ipv4 nft_ct nft_chain_nat nft_nat nft_masq nf_conntrack
#: file /usr/sbin/nft
#: file /usr/sbin/ip
#: clock 250
#: timeout 1200
# A NAT that translates TCP and does not know SCTP, on the way out and on the way in.

prepare_paths
pair

# On the way out, TCP gets the router's address. SCTP keeps an address that the peer cannot answer.
ip -n west route del default
nft -f - <<RULES
table ip nat {
  chain out {
    type nat hook postrouting priority srcnat;
    ip saddr 10.0.1.0/24 meta l4proto { tcp, udp, icmp } masquerade;
  }
  chain in {
    type nat hook prerouting priority dstnat;
    ip daddr 10.0.1.1 tcp dport 9133 dnat to 10.0.2.2:9133;
  }
}
RULES
ip netns exec west busybox nc -l -p 9133 >/run/tcp &
listener=$!
busybox usleep 200000
expect_exit 0 ip netns exec east sh -c 'echo over TCP | busybox nc -w 2 10.0.1.1 9133'
wait $listener
expect "TCP passes both translations" "over TCP" "$(cat /run/tcp)"
expect_path east 10.0.2.2 NoAnswer

# On the way in, the port leads to the peer for TCP only. SCTP ends at the router, where nobody listens.
stop_at east
agent_at east --echo :9133 --prove 10.0.1.1:9133
expect_path east 10.0.1.1 Refused
stop_at east

nft flush ruleset
ip -n west route add default via 10.0.2.1
agent_at east --echo :9133 --prove agents:9133
expect_both Proved $((interval + 2))
stop_at east
stop_at west
