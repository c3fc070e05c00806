#: machine systemd
#: needs agent
#: each PROXY iptables nftables
# The documented uses: pod to pod, a Service by its cluster address, a Service by a port of the node. Destination NAT is
# written as kube-proxy writes it in each of its modes. All are refused before the agent runs, and work afterwards.

backend=10.88.0.2 service=10.96.0.10 port=36412 node_port=30412

iptables_proxy() {
  iptables -t nat -N KUBE-SERVICES
  iptables -t nat -N KUBE-NODEPORTS
  iptables -t nat -N KUBE-MARK-MASQ
  iptables -t nat -N KUBE-SVC-ECHO
  iptables -t nat -N KUBE-SEP-ECHO
  iptables -t nat -N KUBE-POSTROUTING
  iptables -t nat -A PREROUTING -j KUBE-SERVICES
  iptables -t nat -A OUTPUT -j KUBE-SERVICES
  iptables -t nat -A POSTROUTING -j KUBE-POSTROUTING
  iptables -t nat -A KUBE-SERVICES -d $service/32 -p sctp -m sctp --dport $port -j KUBE-SVC-ECHO
  iptables -t nat -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
  iptables -t nat -A KUBE-NODEPORTS -p sctp -m sctp --dport $node_port -j KUBE-MARK-MASQ
  iptables -t nat -A KUBE-NODEPORTS -p sctp -m sctp --dport $node_port -j KUBE-SVC-ECHO
  iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
  iptables -t nat -A KUBE-SVC-ECHO -j KUBE-SEP-ECHO
  iptables -t nat -A KUBE-SEP-ECHO -p sctp -m sctp -j DNAT --to-destination $backend:$port
  iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
  iptables -t nat -A KUBE-POSTROUTING -j MASQUERADE --random-fully
}

nftables_proxy() {
  nft -f - <<RULES
table ip kube-proxy {
  map service-ips {
    type ipv4_addr . inet_proto . inet_service : verdict
    elements = { $service . sctp . $port : goto service-echo }
  }
  map service-nodeports {
    type inet_proto . inet_service : verdict
    elements = { sctp . $node_port : goto external-echo }
  }
  chain endpoint-echo { meta l4proto sctp dnat to $backend:$port; }
  chain service-echo { goto endpoint-echo; }
  chain external-echo {
    meta mark set meta mark or 0x4000
    goto service-echo
  }
  chain services {
    ip daddr . meta l4proto . th dport vmap @service-ips
    fib daddr type local meta l4proto . th dport vmap @service-nodeports
  }
  chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
  chain nat-output { type nat hook output priority -100; jump services; }
  chain nat-postrouting {
    type nat hook postrouting priority srcnat;
    meta mark & 0x4000 != 0 masquerade fully-random
  }
}
RULES
}

stock_blacklist
pod_network
pod server $backend
pod client 10.88.0.3
outside peer
expect_exit 0 "${PROXY}_proxy"

probe="sctp-agent probe connect --count 3 --timeout 5"
expect_exit 1 in_pod server sctp-agent probe listen $backend:$port
expect_output "the server learns why" '*EPROTONOSUPPORT*'
expect_exit 1 in_pod client $probe $backend:$port
expect_exit 1 in_pod client $probe $service:$port
expect_exit 1 ip netns exec peer $probe 192.0.2.1:$node_port
expect_module absent

expect_exit 0 sctp-agent apply
in_pod server sctp-agent probe listen $backend:$port >/run/server.log 2>&1 &
listens() {
  ip netns exec server grep -q " $port " /proc/net/sctp/eps
}
wait_for 50 "the server listens" listens
expect_exit 0 in_pod client $probe $backend:$port
expect_exit 0 in_pod client $probe $service:$port
expect_exit 0 in_pod peer $probe 192.0.2.1:$node_port
expect_exit 0 $probe $service:$port
expect_exit 0 in_pod client $probe --size 1 $service:$port
expect_exit 0 in_pod client $probe --size 16384 $service:$port
expect_exit 1 in_pod client $probe $backend:$((port + 1))
expect_output "refusal is named" '*ECONNREFUSED*'
echo "server:" && tail -n 5 /run/server.log
