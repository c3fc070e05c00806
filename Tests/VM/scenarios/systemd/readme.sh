#: machine systemd
#: needs agent
#: prepare readme
# The README's commands for the systemd unit, line by line, on a node that keeps SCTP out.

stock_blacklist
expect_socket EPROTONOSUPPORT
cat /scenario/readme
expect_exit 0 sh -e /scenario/readme
expect_output "what the README's lines show" '*active (running)*Ready: SCTP is usable*[[]+]Ready ok*'
expect_converged
expect "after the next boot" enabled "$(systemctl is-enabled sctp-agent)"
expect_exit 0 sctp-agent check
