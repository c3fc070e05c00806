# Pods, as a container runtime makes them: network namespaces with one interface on a bridge, whose processes have no
# privileges; and a client outside of the node.

pod_network() {
  modprobe -a veth bridge br_netfilter
  sysctl -q -w net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
  ip link add pods type bridge
  ip address add 10.88.0.1/24 dev pods
  ip link set pods up
}

# pod NAME ADDRESS
pod() {
  ip netns add "$1"
  ip link add "$1" type veth peer name eth0 netns "$1"
  ip link set "$1" master pods up
  ip -n "$1" link set lo up
  ip -n "$1" address add "$2/24" dev eth0
  ip -n "$1" link set eth0 up
  ip -n "$1" route add default via 10.88.0.1
}

# outside NAME: a host at 192.0.2.2, the node's way to everything else; the node is 192.0.2.1 for it.
outside() {
  ip netns add "$1"
  ip link add "$1" type veth peer name eth0 netns "$1"
  ip address add 192.0.2.1/24 dev "$1"
  ip link set "$1" up
  ip -n "$1" link set lo up
  ip -n "$1" address add 192.0.2.2/24 dev eth0
  ip -n "$1" link set eth0 up
  ip route add default via 192.0.2.2
}

# in_pod NAME COMMAND...: as uid 65534 with no capability.
in_pod() {
  pod_name=$1
  shift
  ip netns exec "$pod_name" $unprivileged "$@"
}
