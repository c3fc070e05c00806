# The agent in the body of a scenario: starting it, asking it, and assertions about its answers.

status_file=/run/status.json
agent_log=/run/agent.log
agent_command=sctp-agent

# http_get PATH: prints the body, sets nothing; the head is left in /run/http-head. Every /status goes to the console too,
# where the harness holds it to the schema.
http_get() {
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:9132\r\nConnection: close\r\n\r\n' "$1" |
    busybox nc 127.0.0.1 9132 >/run/http-answer 2>/dev/null || return 1
  sed '/^\r$/q' /run/http-answer >/run/http-head
  sed '1,/^\r$/d' /run/http-answer
  case $1 in
    /status*) { sed '1,/^\r$/d; s/^/status: /' /run/http-answer >/dev/console; } 2>/dev/null || true ;;
  esac
}

# http_code: of the last http_get.
http_code() {
  head -n 1 /run/http-head | cut -d ' ' -f 2
}

# agent_start [ARGUMENT...]: `sctp-agent run` in the background; returns when its server answers.
agent_start() {
  agent_started=$(uptime_centiseconds)
  $agent_command run "$@" >>$agent_log 2>&1 &
  agent_pid=$!
  for _ in $(seq 200); do
    if http_get /livez >/dev/null; then
      return
    fi
    if ! kill -0 $agent_pid 2>/dev/null; then
      break
    fi
    busybox usleep 20000
  done
  failed "sctp-agent run answers on /livez" "$(tail -n 20 $agent_log)"
}

# agent_stop: SIGTERM ends it with status 0 within 1 s.
agent_stop() {
  stop_started=$(uptime_centiseconds)
  kill $agent_pid
  stop_status=0
  wait $agent_pid || stop_status=$?
  expect "sctp-agent run on SIGTERM exits" 0 $stop_status
  at_most 100 "SIGTERM to exit" $(($(uptime_centiseconds) - stop_started))
}

# at_most LIMIT WHAT CENTISECONDS
at_most() {
  if [ "$3" -le "$1" ]; then
    passed "$2: $3 cs"
  else
    failed "$2" "expected: at most $1 cs
actual:   $3 cs"
  fi
}

# read_status: asks for /status.
read_status() {
  http_get /status >$status_file
}

# expect_ready [CENTISECONDS]: the node is Ready at most so long after the agent's start.
expect_ready() {
  http_get '/status?wait=ready&timeout=20' >$status_file
  ready_after=$(($(uptime_centiseconds) - agent_started))
  expect "/status answers" 200 "$(http_code)"
  expect_json .ready true
  at_most "${1:-2000}" "start to Ready" $ready_after
}

# expect_not_ready: the first pass is over, and the node is not Ready.
expect_not_ready() {
  http_get '/status?wait=ready&timeout=2' >$status_file
  for _ in $(seq 200); do
    [ "$(jq -r .reason $status_file)" = Starting ] || break
    busybox usleep 100000
    read_status
  done
  expect "/status answers" 503 "$(http_code)"
  expect_json .ready false
}

# expect_json FILTER EXPECTED [FILE]: a jq filter on the last status that was read.
expect_json() {
  actual_json=$(jq -r "$1" "${3:-$status_file}" 2>&1) || true
  if [ "$actual_json" = "$2" ]; then
    passed "$(one_line "$1") = $(one_line "$2")"
  else
    failed "$(one_line "$1")" "expected: $2
actual:   $actual_json"
  fi
}

# expect_json_match FILTER PATTERN [FILE]
expect_json_match() {
  expect_match "$1" "$2" "$(jq -r "$1" "${3:-$status_file}" 2>&1)"
}

# expect_condition TYPE STATUS
expect_condition() {
  expect_json ".conditions[] | select(.type == \"$1\") | .status" "$2"
}

# Filters for what /status and `explain -o json` say about sctp, and about one of the three ways in which it is loaded.
sctp_module() {
  echo '.modules[] | select(.name == "sctp")'
}
verdict() {
  echo "$(sctp_module) | .verdicts.$1"
}

# expect_verdicts AUTOLOAD BOOT EXPLICIT [FILE]: each `open` or `blocked`.
expect_verdicts() {
  expect_json "$(sctp_module) | .verdicts | [.autoload, .boot, .explicit]
    | map(if .open then \"open\" else \"blocked\" end) | join(\" \")" \
    "$1 $2 $3" "${4:-$status_file}"
}

# expect_blocker WAY PATTERN [FILE]: the rule that wins for one way, as `FILE:LINE TEXT`.
expect_blocker() {
  expect_json_match "$(verdict "$1").blockedBy[0] | \"\(.file):\(.line) \(.text)\"" "$2" "${3:-$status_file}"
}

# expect_explained AUTOLOAD BOOT EXPLICIT [COMMAND...]: `explain sctp -o json`, its exit status and its verdicts. Its answer is
# left in $explained. COMMAND... is what runs the agent, e.g. setpriv with its options.
explained=/run/explain.json
expect_explained() {
  explain_verdicts="$1 $2 $3"
  shift 3
  case $explain_verdicts in
    'open open open') explain_status=0 ;;
    *) explain_status=1 ;;
  esac
  expect_exit $explain_status "$@" sctp-agent explain sctp -o json
  cp $output $explained
  expect_verdicts $explain_verdicts $explained
}

# expect_converged: the declared files, to the byte, with their modes, and the module, for every user.
expect_converged() {
  printf sctp >/run/expected-load
  : >/run/expected-blacklist
  expect_files_equal /etc/modules-load.d/sctp-load.conf /run/expected-load
  expect_files_equal /etc/modprobe.d/sctp-blacklist.conf /run/expected-blacklist
  expect "modes and owners" "644 root:root
644 root:root" "$(stat -c '%a %U:%G' /etc/modules-load.d/sctp-load.conf /etc/modprobe.d/sctp-blacklist.conf)"
  expect "blacklist lines in force" "" "$(modprobe --showconfig | grep -x 'blacklist sctp')"
  expect_module live
  expect_association
}

# drop_ins: a fingerprint of everything that the agent may write, or must leave alone.
drop_ins() {
  fingerprint /etc /run/modprobe.d /run/modules-load.d /usr/lib/modprobe.d /usr/lib/modules-load.d /var/lib
}

# expect_untouched FINGERPRINT: nothing was written since, not even with the same bytes.
expect_untouched() {
  drop_ins >/run/drop-ins
  expect "changes to files" "" "$(printf '%s\n' "$1" | diff - /run/drop-ins)"
}

# expect_looks_only CHECK-STATUS PLAN-STATUS: the commands that promise to have no side effect are held to it.
expect_looks_only() {
  state_before=$(module_state sctp)
  looked_at=$(drop_ins)
  expect_exit "$1" sctp-agent check
  expect_exit "$2" sctp-agent plan
  sctp-agent explain sctp >/dev/null 2>&1 </dev/null
  expect_untouched "$looked_at"
  expect_module "$state_before"
}

# expect_published FILTER EXPECTED: the running agent says so now, or within some passes.
expect_published() {
  for _ in $(seq 100); do
    read_status
    [ "$(jq -r "$1" $status_file)" != "$2" ] || break
    busybox usleep 50000
  done
  expect_json "$1" "$2"
}

# expect_another_pass: waits until an agent with a resync interval of a second has looked again.
expect_another_pass() {
  read_status
  seen=$(jq -r .observedAt $status_file)
  for _ in $(seq 100); do
    read_status
    if [ "$(jq -r .observedAt $status_file)" != "$seen" ]; then
      passed "another pass is over"
      return
    fi
    busybox usleep 50000
  done
  failed "another pass within 5 s"
}
