#: needs agent
#: cmdline ipv6.disable=1
# If the kernel has no IPv6, only SCTP over IPv4 is proved.

modprobe sctp
expect_exit 0 $unprivileged sctp-agent probe loopback
expect_output "one family is off" '127.0.0.1: echoed in *::1: off: socket: *EAFNOSUPPORT*ipv6.disable=1*'
expect_exit 1 sctp-agent probe connect '[::1]:9000'
expect_output "the other family" '*EAFNOSUPPORT*'
agent_start
expect_ready
expect_json '.probe.loopback4.ok' true
expect_condition ProtocolUsable True
agent_stop
