#: without sctp
# A node without the package that holds sctp.ko.

expect_exit 1 modprobe sctp
expect_output "modprobe says" '*not found*'
expect_socket EPROTONOSUPPORT
expect_module absent
