# shellcheck shell=bash
# Questions about nodes, pods and the agent, for the scenarios.

has_module() { on "$1" 'grep -q "^sctp " /proc/modules'; }
lacks_module() { on "$1" '! grep -q "^sctp " /proc/modules'; }
# configuration N: name, mode, owner and checksum of every file that says which modules a node loads.
configuration() { on "$1" 'cd /etc && stat -c "%n %a %u:%g" modprobe.d/* modules-load.d/* && sha256sum modprobe.d/* modules-load.d/*'; }
# keep_stock N, stock_files N: keeps the configuration that a node of a new cluster came with; whether it is that again.
keep_stock() { [ -e "$run/stock$1" ] || configuration "$1" >"$run/stock$1"; }
stock_files() { configuration "$1" | diff "$run/stock$1" -; }
no_agent_runs() { on "$1" '! pgrep -f "^/usr/bin/sctp-agent run"'; }
# The kubelet makes the directory anew for a mount that is there no longer, so an empty one counts as gone.
state_gone() { on "$1" '! ls -A /var/lib/sctp-agent 2>/dev/null | grep .'; }
namespace_gone() { says '' k get namespace "$1" --ignore-not-found -o name; }
node_ready() { k wait --for=condition=Ready --timeout=1s "node/$1"; }

# pod_on NAMESPACE LABEL NODE [JSONPATH]: of the pod with that label on that node which is not being deleted; its name, or
# what the path selects of it.
pod_on() {
  k -n "$1" get pods -l "$2" --field-selector "spec.nodeName=$3" -o json |
    jq -er "[.items[] | select(.metadata.deletionTimestamp == null)] | sort_by(.metadata.creationTimestamp) | last
      | ${4:-.metadata.name}"
}

agent_on() { pod_on sctp-agent app.kubernetes.io/name=sctp-agent "$1" "${2:-.metadata.name}"; }

# in_agent NODE ARGUMENT...: a command of the agent's in its pod on that node.
in_agent() {
  local pod
  pod=$(agent_on "$1") || return
  k -n sctp-agent exec "$pod" -- /usr/bin/sctp-agent "${@:2}"
}

# agent_ready_on NODE [TIME]: whether the agent's pod there is Ready and, with a time, has started since. After a node's
# restart the API shows its pods as Ready until its kubelet has looked at them.
agent_ready_on() {
  local started
  started=$(agent_on "$1" '.status.containerStatuses[0].state.running.startedAt') || return
  [[ -z ${2:-} || $started > $2 ]] && in_agent "$1" status
}

agents_rolled_out() { k -n sctp-agent rollout status daemonset/sctp-agent --timeout=1s; }

# Whether the agent's own status says Ready on every node.
agents_ready() {
  local n
  for n in $nodes; do
    in_agent "node$n" status || return
  done
}

# condition NODE TYPE: status and reason of a condition, as "True InSync".
condition() {
  in_agent "$1" status -o json | jq -er --arg type "$2" '.conditions[] | select(.type == $type) | .status + " " + .reason'
}

condition_is() { says "$3" condition "$1" "$2"; }

example_pods() { k -n sctp-example get pods -l "app.kubernetes.io/name=$1" -o name; }

# every_log_says APP TEXT, some_log_says APP TEXT: of the example's pods, of which there has to be one.
every_log_says() {
  local pod pods
  pods=$(example_pods "$1") && [ -n "$pods" ] || return
  for pod in $pods; do
    [[ $(k -n sctp-example logs "$pod") == *"$2"* ]] || return
  done
}

some_log_says() {
  local pod
  for pod in $(example_pods "$1"); do
    [[ $(k -n sctp-example logs "$pod") != *"$2"* ]] || return 0
  done
  return 1
}

example_ready() { k -n sctp-example rollout status deployment/echo --timeout=1s; }
probe_complete() { k -n sctp-example wait --for=condition=complete --timeout=1s job/probe; }

# The machine outside of the cluster makes an association with ADDRESS:PORT.
outside() { on 0 "/run/node/tools/sctp-agent probe connect $1 --count=10 --timeout=5"; }

# apply_again PATH: whether that changes nothing, and kubectl diff finds nothing.
apply_again() {
  local output
  output=$(k apply -k "$1" 2>&1) || {
    echo "$output"
    return 1
  }
  echo "$output"
  ! grep -v ' unchanged$' <<<"$output" && k diff -k "$1"
}

# probers_ready: whether the pods from which the ways are tried are ready on every node.
probers_ready() {
  k rollout status daemonset/prober --timeout=1s && k rollout status daemonset/prober-host --timeout=1s
}

# start_probers: on every node one pod in the pods' network and one in the node's, both without privileges.
start_probers() {
  sed "s|IMAGE|$(agent_image)|" "$cluster/manifests/probers.yaml" | k apply -f -
}

# prober APP NODE [JSONPATH]
prober() { pod_on default "app=$1" "$2" "${3:-.metadata.name}"; }

# reaches APP NODE TARGET: whether the pod of that app on that node exchanges ten messages with the target.
reaches() {
  local answer pod
  pod=$(prober "$1" "$2") || return
  answer=$(k exec "$pod" -- /usr/bin/sctp-agent probe connect "$3" --count=10 --timeout=5 2>&1)
  printf '%s\n' "$answer"
  grep -q '^10 of 10 ' <<<"$answer"
}

cluster_address() { k -n sctp-example get service echo -o jsonpath='{.spec.clusterIP}'; }

# A Service works once kube-proxy has written its rules, which nothing promises to be done by a certain time.
#
# every_way: from every node to a pod's own address, the cluster address and the port of every node; and from outside.
every_way() {
  local address node to
  need within "$patience" "on every node there is a pod to try the ways from" probers_ready
  address=$(cluster_address)
  for node in $nodes; do
    for to in $nodes; do
      within "$soon" "pod on node$node to pod on node$to" reaches prober "node$node" "$(prober prober "node$to" .status.podIP):36412"
    done
    within "$soon" "pod on node$node to the ClusterIP" reaches prober "node$node" "$address:36412"
    within "$soon" "node$node itself to the ClusterIP" reaches prober-host "node$node" "$address:36412"
    for to in $nodes; do
      within "$soon" "pod on node$node to the NodePort of node$to" reaches prober "node$node" "$(node_address "$to"):30412"
    done
    within "$soon" "node$node itself to the NodePort of the last node" reaches prober-host "node$node" "$(node_address "$to"):30412"
    within "$soon" "the machine outside to the NodePort of node$node" outside "$(node_address "$node"):30412"
  done
}

# main_ways: the ClusterIP from every node, from the first node's pod to the last node's and back, and from outside.
main_ways() {
  local address node
  need within "$patience" "on every node there is a pod to try the ways from" probers_ready
  address=$(cluster_address)
  for node in $nodes; do
    within "$soon" "pod on node$node to the ClusterIP" reaches prober "node$node" "$address:36412"
  done
  if [ "$node_count" -gt 1 ]; then
    within "$soon" "pod on node1 to pod on node2" reaches prober node1 "$(prober prober node2 .status.podIP):36412"
    within "$soon" "pod on node2 to pod on node1" reaches prober node2 "$(prober prober node1 .status.podIP):36412"
  fi
  within "$soon" "the machine outside to the NodePort of node1" outside "$(node_address 1):30412"
}

# hold_association NODE TARGET: on that node, a client sends five numbered messages a second over one association until
# release_association. The client is socat: an agent of ours would end when the messages are over.
hold_association() {
  on "${1#node}" "systemctl reset-failed held 2>/dev/null; rm -f /run/held; systemd-run --quiet --unit=held bash -c '
    for ((i = 1; i <= 6000; i++)); do [ ! -e /run/held.end ] || break; echo message \$i; sleep 0.2; done |
      socat -T 30 STDIO SCTP4:$2 >/run/held'; rm -f /run/held.end"
}

# association_holds NODE: whether at least five messages have come back.
association_holds() { on "${1#node}" '[ "$(wc -l </run/held)" -ge 5 ]'; }

# release_association NODE: whether every message came back, in order, over the association that was opened at first.
release_association() {
  on "${1#node}" 'touch /run/held.end; for i in $(seq 100); do systemctl is-active -q held || break; sleep 0.1; done
    systemctl is-failed -q held && { journalctl -u held -n 5 -o cat --no-pager; exit 1; }
    n=$(wc -l </run/held); echo "$n messages came back"; [ "$n" -ge 5 ] && seq -f "message %g" "$n" | cmp - /run/held'
}

# now: the time as Kubernetes writes it.
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# restarted_since TIME NODE: whether every container that is to run on the node has started since.
restarted_since() {
  local started
  started=$(k get pods -A --field-selector "spec.nodeName=$2" -o json | jq -r '.items[] |
    select(.metadata.deletionTimestamp == null) | .status |
    select(.phase == "Running") | .containerStatuses[].state.running.startedAt // "none"') || return
  echo "$started"
  [ -n "$started" ] && ! grep -qx none <<<"$started" && [[ $(sort <<<"$started" | head -n 1) > "$1" ]]
}

# --- Prometheus, in the network of the control plane ---

start_prometheus() {
  mkdir -p "$run/prometheus"
  k get podmonitors,prometheusrules -A -o json | "$cluster/lib/prometheus-config" "$run/prometheus" &&
    promtool check config "$run/prometheus/prometheus.yml" &&
    start_process scrape-targets "$cluster/lib/scrape-targets" sctp-agent "$run/prometheus/sctp-agent.json" &&
    start_process prometheus prometheus --config.file="$run/prometheus/prometheus.yml" \
      --storage.tsdb.path="$run/prometheus/data" --web.listen-address=127.0.0.1:9090
}

# ask_prometheus PATH [CURL-ARGUMENT...]
ask_prometheus() { in_cluster curl -sS --max-time 10 "http://127.0.0.1:9090/api/v1/$1" "${@:2}"; }

every_target_is_up() {
  [ "$(ask_prometheus targets | jq '[.data.activeTargets[] | select(.health == "up")] | length')" = "$node_count" ]
}

# metric_is EXPRESSION VALUE
metric_is() {
  ask_prometheus query -G --data-urlencode "query=$1" | tee /dev/stderr | jq -e --arg value "$2" \
    '.data.result | length > 0 and all(.value[1] == $value)'
}

# Whether this cluster has a Prometheus: the short form of the run has none.
monitored() { [ -e "$run/prometheus/prometheus.yml" ]; }

# alert_fires NAME NODE
alert_fires() {
  ask_prometheus alerts | tee /dev/stderr | jq -e --arg name "$1" --arg node "$2" \
    'any(.data.alerts[]; .labels.alertname == $name and .labels.node == $node and .state == "firing")'
}

# alert_is_silent NAME NODE: Prometheus answers, and the alert does not fire for that node.
alert_is_silent() {
  ask_prometheus alerts | tee /dev/stderr | jq -e --arg name "$1" --arg node "$2" \
    '.data.alerts | all(.labels.alertname != $name or .labels.node != $node or .state != "firing")'
}

# no_alert: none is firing, and there is one rule at least that could.
no_alert() {
  ask_prometheus alerts | tee /dev/stderr | jq -e 'all(.data.alerts[]; .state != "firing")' &&
    ask_prometheus rules | jq -e '[.data.groups[].rules[]] | length > 0'
}
# agent_memory N: the working set of the agent on node N in KiB, as its kubelet sees it; fails until the kubelet has measured it.
agent_memory() {
  k get --raw "/api/v1/nodes/node$1/proxy/stats/summary" | jq -e '[.pods[] | select(.podRef.namespace == "sctp-agent")
    | .containers[] | .memory.workingSetBytes // empty] | if length == 0 then null else max / 1024 | ceil end'
}
