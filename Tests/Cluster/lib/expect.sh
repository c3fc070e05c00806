# shellcheck shell=bash
# Assertions of the scenarios, and what they ask the cluster. Each assertion prints one line with its time, and a failed one
# also prints the logs that tell why. A scenario goes on after a failed assertion, unless it uses `need`.
#
# A scenario runs in a shell of its own: its results are lines of the file $run/results.

results=$run/results
evidence_left=3

clock() { echo "${EPOCHREALTIME/[.,]/}"; }
# since MICROSECONDS: how long ago that was, as "1.5 s".
since() {
  local tenths=$((($(clock) - $1) / 100000))
  echo "$((tenths / 10)).$((tenths % 10)) s"
}

passed() {
  echo passed >>"$results"
  echo "  ok: $1"
}

# failed WHAT [DETAIL]
failed() {
  echo failed >>"$results"
  echo "  FAILED: $1"
  [ -z "${2:-}" ] || printf '%s\n' "$2" | tail -n 40 | sed 's/^/    | /'
  # One cause makes many assertions fail: its logs need no repetition.
  if [ "$evidence_left" -gt 0 ]; then
    evidence_left=$((evidence_left - 1))
    evidence 2>&1 | sed 's/^/    | /'
  fi
}

# check WHAT COMMAND...: that the command succeeds.
check() {
  local what=$1 output begin status=0
  shift
  begin=$(clock)
  output=$("$@" 2>&1) || status=$?
  if [ $status = 0 ]; then
    passed "$what ($(since "$begin"))"
  else
    failed "$what ($(since "$begin"))" "exit status $status of: $*
$output"
    return 1
  fi
}

# within SECONDS WHAT COMMAND...: that the command succeeds before the time is over.
within() {
  local limit=$1 what=$2 output begin elapsed
  shift 2
  begin=$(clock)
  until output=$("$@" 2>&1); do
    elapsed=$((($(clock) - begin) / 1000000))
    if [ $elapsed -ge "$limit" ]; then
      failed "$what (not within $limit s)" "last: $*
$output"
      return 1
    fi
    # The question costs the cluster time too, so ask less often what takes long.
    sleep $((elapsed < 50 ? 1 + elapsed / 10 : 5))
  done
  passed "$what ($(since "$begin"))"
}

# need check|within ...: without it the rest of the scenario would tell nothing, so the scenario ends.
need() {
  "$@" || {
    echo "  the scenario ends here: the rest of it depends on the assertion above"
    exit 1
  }
}

not() { ! "$@"; }

# says PATTERN COMMAND...: whether the command's output, both streams, matches the shell pattern; the status is not looked at.
says() {
  local pattern=$1 output
  shift
  output=$("$@" 2>&1)
  printf '%s\n' "$output"
  # shellcheck disable=SC2053 # the pattern is meant as one
  [[ $output == $pattern ]]
}

# exits STATUS COMMAND...: whether the command exits with that status.
exits() {
  local expected=$1 status=0
  shift
  "$@" || status=$?
  [ "$status" = "$expected" ] || {
    echo "expected exit status $expected, got $status"
    return 1
  }
}

# What tells why an assertion failed.
evidence() {
  local n pod
  echo "--- nodes and pods"
  k get nodes -o wide
  k get pods -A -o wide
  echo "--- events"
  k get events -A --sort-by=.lastTimestamp 2>&1 | tail -n 15
  for pod in $(k -n sctp-agent get pods -o name 2>/dev/null); do
    echo "--- log of the agent, $pod"
    k -n sctp-agent logs "$pod" --tail=15
    k -n sctp-agent get "$pod" -o jsonpath='{.status.conditions}{"\n"}{.status.containerStatuses}{"\n"}'
  done
  for n in $nodes; do
    echo "--- journal of node$n"
    SCTP_AGENT_CLUSTER_SHELL_LIMIT=60 on "$n" 'uptime; grep "^sctp" /proc/modules; journalctl -b --no-pager -n 100 -u kubelet -o cat | grep "^[EWF]" | tail -n 8
      journalctl -b --no-pager -n 5 -u kube-proxy -o cat; journalctl -b --no-pager -n 5 -u containerd -o cat
      journalctl -b --no-pager -n 5 -k -o cat' || tail -n 10 "$run/log/node$n"
  done
  echo "--- controller manager"
  tail -n 5 "$run/log/controller-manager"
}

# k ARGUMENT...: kubectl, bounded in time. A command that streams for longer brings its own limit.
k() {
  timeout --foreground "${kubectl_limit:-$soon}" "$cluster/kubectl" "$@"
}

# on N SCRIPT: on machine N, as root.
on() {
  "$cluster/node" sh "$1" "$2"
}

nodes=$(seq "$node_count")

# show COMMAND...: runs a command and adds it with its output to the transcript. The command's first word is `kubectl`, or
# NODE$ and a script that the node's root runs.
show() {
  local status=0 output
  case $1 in
    kubectl)
      echo "    \$ $*" >>"$run/transcript"
      output=$(cd "$repository" && k "${@:2}" 2>&1) || status=$?
      ;;
    *'$')
      echo "    root@${1%\$}# $2" >>"$run/transcript"
      output=$(on "${1//[!0-9]/}" "$2" 2>&1) || status=$?
      ;;
  esac
  printf '%s\n' "$output" | sed 's/^\(.\)/    \1/' >>"$run/transcript"
  echo >>"$run/transcript"
  printf '%s\n' "$output"
  return $status
}

# tell SENTENCE: a line of text in the transcript.
tell() {
  printf '## %s\n\n' "$1" >>"$run/transcript"
}

# quietly COMMAND...: without its output.
quietly() { "$@" >/dev/null; }
