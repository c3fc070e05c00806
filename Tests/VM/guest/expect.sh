# Assertions and facts for the body of a scenario. Each assertion prints one line; the scenario goes on after a failure,
# so that one boot tells all that is wrong. `finish`, which the harness calls, turns them into an exit status.

assertions=0
failures=0
unprivileged='setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all --bounding-set -all --no-new-privs'

passed() {
  assertions=$((assertions + 1))
  printf '  ok: %s\n' "$1"
}

# failed WHAT [DETAIL]
failed() {
  assertions=$((assertions + 1))
  failures=$((failures + 1))
  printf '  FAILED: %s\n' "$1"
  [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/    | /'
}

# A body that ended before its first assertion has proved nothing.
finish() {
  echo "$assertions assertions, $failures failed"
  [ "$assertions" -gt 0 ] && [ "$failures" = 0 ]
}

# skip REASON: this machine cannot answer the question.
skip() {
  [ "$failures" = 0 ] || vm-exit 1
  echo "SKIPPED: $1"
  vm-exit 20
}

# one_line TEXT
one_line() {
  printf '%s' "$1" | tr -s '\n ' ' '
}

# expect WHAT EXPECTED ACTUAL
expect() {
  if [ "$2" = "$3" ]; then
    passed "$1: $(one_line "$3")"
  else
    failed "$1" "expected: $2
actual:   $3"
  fi
}

# expect_match WHAT PATTERN ACTUAL: a shell pattern for the whole text.
expect_match() {
  # shellcheck disable=SC2254 # the pattern is meant as one
  case $3 in
    $2) passed "$1: $(one_line "$3")" ;;
    *) failed "$1" "expected: $2
actual:   $3" ;;
  esac
}

# expect_exit STATUS COMMAND...: what it wrote is left in $output and $errors.
output=/run/output
errors=/run/errors
expect_exit() {
  expected_status=$1
  shift
  actual_status=0
  "$@" >$output 2>$errors </dev/null || actual_status=$?
  if [ "$actual_status" = "$expected_status" ]; then
    passed "$* exits $actual_status"
  else
    failed "$*" "expected: exit $expected_status
actual:   exit $actual_status
$(tail -n 20 $output $errors)"
  fi
}

# expect_output WHAT PATTERN: about the last expect_exit, both streams.
expect_output() {
  expect_match "$1" "$2" "$(cat $output $errors)"
}

# expect_files_equal FILE FILE
expect_files_equal() {
  if cmp -s "$1" "$2"; then
    passed "$1 equals $2"
  else
    failed "$1 equals $2" "$(diff "$1" "$2" 2>&1)"
  fi
}

# module_state MODULE: live, coming, going, or absent.
module_state() {
  cat "/sys/module/$1/initstate" 2>/dev/null || echo absent
}

# expect_module STATE [MODULE]
expect_module() {
  expect "module ${2:-sctp}" "$1" "$(module_state "${2:-sctp}")"
}

# socket_result [ARGUMENT...]: what an unprivileged user gets for an SCTP socket: `ok`, or the errno.
socket_result() {
  $unprivileged sctp-try socket "$@" | sed 's/^ok:.*/ok/; s/^socket: //'
}

# expect_socket RESULT [ARGUMENT...]: a look with consequences; where nothing blocks, it loads the module.
expect_socket() {
  expected_result=$1
  shift
  expect "SCTP socket of uid 65534${*:+ ($*)}" "$expected_result" "$(socket_result "$@")"
}

expect_association() {
  for family in 4 6; do
    expect_match "SCTP association over IPv$family" 'ok: uid 65534 *' "$($unprivileged sctp-try association $family)"
  done
}

# fingerprint PATH...: changes whenever something in one of the paths is created, replaced, removed or written.
fingerprint() {
  find "$@" -exec stat -c '%n %i %a %u:%g %s %y %z' {} + 2>/dev/null | sort
}

# stock_blacklist [DIRECTORY]: the files that kernel-modules-extra of RHEL installs.
stock_blacklist() {
  mkdir -p "${1:-/etc/modprobe.d}"
  cp /scenario/fixtures/rhel/*.conf "${1:-/etc/modprobe.d}"
}

# uptime_centiseconds: the guest's monotonic clock.
uptime_centiseconds() {
  cut -d ' ' -f 1 /proc/uptime | tr -d .
}
