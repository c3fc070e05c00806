# What the scripts of both packages do. Where systemd does not run, as in an image that is being built, they only enable.

systemd_runs() {
  [ -d /run/systemd/system ]
}

# Succeeds always: a node without systemctl still gets the files.
control() {
  if command -v systemctl >/dev/null; then systemctl --quiet "$@" || true; fi
}

enable_agent() {
  control enable sctp-agent.service
}

reload_units() {
  if systemd_runs; then control daemon-reload; fi
}

start_agent() {
  if systemd_runs; then control start --no-block sctp-agent.service; fi
}

# The files and the module stay as they are during a restart, so that no pod loses SCTP.
restart_agent() {
  if systemd_runs; then control try-restart sctp-agent.service sctp-agent.socket; fi
}

# Undoes the agent's changes. It prints what cannot be undone, and keeps the originals of that.
stop_and_revert() {
  if systemd_runs; then control stop sctp-agent.socket sctp-agent.service; fi
  if [ -e /var/lib/sctp-agent/ledger.jsonl ] && ! /usr/bin/sctp-agent revert; then
    echo "sctp-agent: not every change could be undone; /var/lib/sctp-agent is kept" >&2
  fi
}

remove_state() {
  if [ -s /var/lib/sctp-agent/ledger.jsonl ]; then
    echo "sctp-agent: /var/lib/sctp-agent is kept: it has the originals of files that could not be restored" >&2
  else
    rm -rf /var/lib/sctp-agent
  fi
}

remove_links() {
  rm -f /etc/systemd/system/multi-user.target.wants/sctp-agent.service /etc/systemd/system/sockets.target.wants/sctp-agent.socket
}
