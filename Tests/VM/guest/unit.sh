# The agent as a systemd unit, in a scenario whose machine is `systemd`.

# install_unit: as `make install` does, enabled but not started.
install_unit() {
  if [ -d /scenario/units ]; then
    cp /scenario/units/sctp-agent.service /etc/systemd/system
  else
    cat >/etc/systemd/system/sctp-agent.service <<UNIT
[Unit]
After=systemd-modules-load.service
[Service]
Type=notify
ExecStart=/usr/local/bin/sctp-agent run
ExecReload=/bin/kill -HUP \$MAINPID
[Install]
WantedBy=multi-user.target
UNIT
  fi
  unit_program=$(sed -n 's/^ExecStart=[-@:+!]*\([^ ]*\).*/\1/p' /etc/systemd/system/sctp-agent.service)
  if [ "$unit_program" != /usr/local/bin/sctp-agent ]; then
    mkdir -p "$(dirname "$unit_program")"
    ln -s /usr/local/bin/sctp-agent "$unit_program"
  fi
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
