#: machine systemd
#: needs agent
#: prepare package
#: timeout 900
# The Debian package on a node that keeps SCTP out: its installation makes SCTP usable, an upgrade changes nothing, and
# after a purge only the module is still loaded.

rm /usr/local/bin/sctp-agent
stock_blacklist
# state: of what a package or the agent may change.
state() {
  find /etc /usr/bin /usr/lib/systemd /var/lib \( -path /var/lib/dpkg -o -path /var/lib/systemd \) -prune -o \
    \( -type f -o -type l \) \( -path '*sctp*' -o -path '/etc/modprobe.d/*' -o -path '/etc/modules-load.d/*' \) \
    -printf '%p %m %u %l ' -exec sha256sum {} \;
}
before=$(state)
expect_socket EPROTONOSUPPORT

expect_exit 0 dpkg --install /scenario/package.deb
expect "at boot" enabled "$(systemctl is-enabled sctp-agent)"
wait_for 300 "the agent is ready" sctp-agent status
expect_converged
echo SCTP_AGENT_LOG_LEVEL=debug >/etc/sctp-agent/environment

started=$(unit_property sctp-agent MainPID)
expect_exit 0 dpkg --install /scenario/newer.deb
expect "the options are kept" SCTP_AGENT_LOG_LEVEL=debug "$(cat /etc/sctp-agent/environment)"
wait_for 300 "the newer agent is ready" sctp-agent status
if [ "$(unit_property sctp-agent MainPID)" = "$started" ]; then
  failed "the newer agent runs" "the older process $started still does"
fi
expect_converged

expect_exit 0 dpkg --remove sctp-agent
expect "the agent has ended" inactive "$(systemctl is-active sctp-agent)"
expect "the blacklist is back" "blacklist sctp" "$(grep ^blacklist /etc/modprobe.d/sctp-blacklist.conf)"
expect "the options are kept" SCTP_AGENT_LOG_LEVEL=debug "$(cat /etc/sctp-agent/environment)"
expect_exit 0 dpkg --purge sctp-agent
expect "the node" "$before" "$(state)"
expect_module live
