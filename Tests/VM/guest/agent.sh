# The agent in the body of a scenario: starting it, asking it, and assertions about its answers.

status_file=/run/status.json
agent_log=/run/agent.log

# http_get PATH: prints the body, sets nothing; the head is left in /run/http-head.
http_get() {
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:9132\r\nConnection: close\r\n\r\n' "$1" |
    nc 127.0.0.1 9132 >/run/http-answer 2>/dev/null || return 1
  sed '/^\r$/q' /run/http-answer >/run/http-head
  sed '1,/^\r$/d' /run/http-answer
}

# http_code: of the last http_get.
http_code() {
  head -n 1 /run/http-head | cut -d ' ' -f 2
}

# agent_start [ARGUMENT...]: `sctp-agent run` in the background; returns when its server answers.
agent_start() {
  agent_started=$(uptime_centiseconds)
  sctp-agent run "$@" >>$agent_log 2>&1 &
  agent_pid=$!
  for _ in $(seq 200); do
    if http_get /livez >/dev/null; then
      return
    fi
    if ! kill -0 $agent_pid 2>/dev/null; then
      break
    fi
    usleep 20000
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

# expect_ready CENTISECONDS: the node is Ready at most so long after the agent's start.
expect_ready() {
  http_get '/status?wait=ready&timeout=20' >$status_file
  ready_after=$(($(uptime_centiseconds) - agent_started))
  expect "/status answers" 200 "$(http_code)"
  expect_json .ready true
  at_most "$1" "start to Ready" $ready_after
}

# expect_not_ready: the first pass is over, and the node is not Ready.
expect_not_ready() {
  http_get '/status?wait=ready&timeout=2' >$status_file
  expect "/status answers" 503 "$(http_code)"
  expect_json .ready false
}

# expect_json FILTER EXPECTED [FILE]: a jq filter on the last status that was read.
expect_json() {
  actual_json=$(jq -r "$1" "${3:-$status_file}" 2>&1) || true
  if [ "$actual_json" = "$2" ]; then
    passed "$1 = $(echo "$2" | head -n 1)"
  else
    failed "$1" "expected: $2
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

# verdict WAY: the filter for one of the three verdicts on sctp in /status and in `explain -o json`.
verdict() {
  echo ".modules[] | select(.name == \"sctp\") | .verdicts.$1"
}

# expect_verdicts AUTOLOAD BOOT EXPLICIT [FILE]: each `open` or `blocked`.
expect_verdicts() {
  expect_json "[$(verdict autoload), $(verdict boot), $(verdict explicit) | if .open then \"open\" else \"blocked\" end] | join(\" \")" \
    "$1 $2 $3" "${4:-$status_file}"
}

# expect_blocker WAY PATTERN [FILE]: the rule that wins for one way, as `FILE:LINE TEXT`.
expect_blocker() {
  expect_json_match "$(verdict "$1").blockedBy[0] | \"\(.file):\(.line) \(.text)\"" "$2" "${3:-$status_file}"
}

# explain_says AUTOLOAD BOOT EXPLICIT: `explain sctp -o json`, its exit status and its verdicts; left in /run/explain.json.
explain_says() {
  case "$*" in
    'open open open') explain_status=0 ;;
    *) explain_status=1 ;;
  esac
  expect_exit $explain_status sctp-agent explain sctp -o json
  cp $output /run/explain.json
  expect_verdicts "$1" "$2" "$3" /run/explain.json
}

# looks_have_no_effect CHECK-STATUS PLAN-STATUS: runs the commands of the agent that promise to have no side effect, and holds them to it.
looks_have_no_effect() {
  before=$(fingerprint /etc /run/modprobe.d /usr/lib/modprobe.d /var/lib)
  expect_exit "$1" sctp-agent check
  expect_exit "$2" sctp-agent plan
  expect "what check and plan changed" "" "$(changed_since "$before")"
}

# changed_since FINGERPRINT
changed_since() {
  fingerprint /etc /run/modprobe.d /usr/lib/modprobe.d /var/lib >/run/fingerprint-after
  echo "$1" | diff - /run/fingerprint-after
}
