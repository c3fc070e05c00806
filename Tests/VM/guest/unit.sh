# The agent as a systemd unit, in a scenario whose machine is `systemd`.

# install_unit: as `make install` does, enabled but not started.
install_unit() {
  cp /scenario/units/sctp-agent.* /etc/systemd/system
  systemctl daemon-reload
  systemctl enable --quiet sctp-agent
}

# unit_property UNIT PROPERTY
unit_property() {
  systemctl show --value --property "$2" "$1"
}

# wait_for DECISECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  tries=$1
  what=$2
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ $tries -lt 0 ]; then
      failed "$what" "$(journalctl -b --no-pager -n 20 -u sctp-agent)"
      return 1
    fi
    sleep 0.1
  done
  passed "$what"
}

# is_empty FILE: it is there, with nothing in it.
is_empty() {
  [ -f "$1" ] && [ ! -s "$1" ]
}

# is_running_anew PID: the unit is active, and no longer as the process PID.
is_running_anew() {
  # Both in one answer: between two the process may die.
  case $(systemctl show --property ActiveState --property MainPID sctp-agent | sort | tr '\n' ' ') in
    "ActiveState=active MainPID=$1 " | "ActiveState=active MainPID=0 ") return 1 ;;
    "ActiveState=active "*) return 0 ;;
    *) return 1 ;;
  esac
}

# in_unit_files COMMAND...: sees the files as the running unit does, with all of root's rights.
in_unit_files() {
  nsenter --mount --target "$(unit_property sctp-agent MainPID)" "$@"
}
