# Nodes whose agents prove the way to each other: network namespaces, with this machine as the router between them.

# From the beginning of one round of proofs to the next, in seconds. The agent waits a second less than that, in which the
# proof, its report and the look at it have their time. Waiting costs nothing by a clock that counts instructions.
interval=10

# prepare_paths: SCTP is loaded, names come from each node's own hosts file, and packets are forwarded.
prepare_paths() {
  expect_exit 0 sctp-agent apply
  expect_module live
  echo 1 >/proc/sys/net/ipv4/ip_forward
  echo 'hosts: files' >/etc/nsswitch.conf
  echo 'multi on' >/etc/host.conf
  # `ip netns exec` mounts the namespace's own file on it.
  echo '127.0.0.1 localhost' >/etc/hosts
}

# node NAME NUMBER: a node at 10.0.NUMBER.2, whose way to every other is this machine.
node() {
  ip netns add "$1"
  ip link add "$1" type veth peer name eth0 netns "$1"
  ip address add "10.0.$2.1/24" dev "$1"
  ip link set "$1" up
  ip -n "$1" link set lo up
  ip -n "$1" address add "10.0.$2.2/24" dev eth0
  ip -n "$1" link set eth0 up
  ip -n "$1" route add default via "10.0.$2.1"
  mkdir -p "/etc/netns/$1"
  hosts "$1" 10.0.1.2 10.0.2.2
}

# hosts NODE ADDRESS...: what the name `agents` stands for there.
hosts() {
  hosts_file=/etc/netns/$1/hosts
  shift
  echo '127.0.0.1 localhost' >"$hosts_file"
  for address in "$@"; do echo "$address agents" >>"$hosts_file"; done
}

# many_hosts NODE FIRST LAST: `agents` stands for 10.0.2.FIRST to 10.0.2.LAST there.
many_hosts() {
  seq "$2" "$3" | sed 's/.*/10.0.2.& agents/' >"/etc/netns/$1/hosts"
}

# agent_at NODE ARGUMENT...: an agent that only observes, and whatever else the arguments ask for. $wrapper runs it.
wrapper=
agent_at() {
  agent_node=$1
  shift
  ip netns exec "$agent_node" $wrapper sctp-agent run --observe-only --node-name "$agent_node" --log-format text \
    --prove-interval $interval "$@" >>"/run/$agent_node.log" 2>&1 &
  echo $! >"/run/$agent_node.pid"
}

# pair: two nodes, whose agents prove each other.
pair() {
  node east 1
  node west 2
  for name in east west; do agent_at $name --echo :9133 --prove agents:9133; done
  expect_both Proved $((interval + 2))
}

stop_at() {
  stop_pid=$(cat "/run/$1.pid")
  stop_started=$(uptime_centiseconds)
  kill "$stop_pid"
  wait "$stop_pid"
  at_most 100 "SIGTERM to exit of the agent of $1" $(($(uptime_centiseconds) - stop_started))
}

# status_at NODE: leaves the agent's /status in $status_file; `{}` if it does not answer.
status_at() {
  ip netns exec "$1" sh -c "printf 'GET /status HTTP/1.0\r\n\r\n' | busybox nc 127.0.0.1 9132" 2>/dev/null |
    sed '1,/^\r$/d' >$status_file
  [ -s $status_file ] || echo '{}' >$status_file
}

# expect_at NODE FILTER EXPECTED [SECONDS]: the agent of the node says so within that time; without it, within one interval
# and the 6 s that a round may take.
expect_at() {
  at_begun=$(uptime_centiseconds)
  at_seconds=${4:-$((interval + 6))}
  while :; do
    status_at "$1"
    at_elapsed=$(($(uptime_centiseconds) - at_begun))
    [ "$(jq -r "$2" $status_file 2>/dev/null)" != "$3" ] || break
    [ $at_elapsed -lt $((at_seconds * 100)) ] || break
    busybox usleep 200000
  done
  # To the harness, which holds it to the schema.
  sed 's/^/status: /' $status_file >/dev/console
  expect_json "$2" "$3"
  at_most $((at_seconds * 100)) "the agent of $1: $3" $at_elapsed
}

# expect_path NODE ADDRESS REASON [SECONDS]
expect_path() {
  expect_at "$1" "(.paths // [])[] | select(.address == \"$2\") | .reason" "$3" "${4:-}"
}

# expect_both REASON [SECONDS]: of the path from east to west, and of the one from west to east.
expect_both() {
  expect_path east 10.0.2.2 "$1" "${2:-}"
  expect_path west 10.0.1.2 "$1" "${2:-}"
}

# expect_proved_again: the fault is gone, and the paths are proved within one interval.
expect_proved_again() {
  expect_both Proved $interval
}

# forward_rule [RULE]: the only rule for what this machine forwards; without one, everything passes.
forward_rule() {
  nft flush ruleset
  [ $# = 0 ] ||
    echo "table inet way { chain forward { type filter hook forward priority 0; $1; }; }" | nft -f - ||
    failed "nft takes the rule: $1"
}
