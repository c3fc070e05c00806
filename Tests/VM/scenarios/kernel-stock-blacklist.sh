# What the kernel does under RHEL's two blacklist files: requests by socket() fail, and an explicit load succeeds.

stock_blacklist
expect_socket EPROTONOSUPPORT
expect_socket EPROTONOSUPPORT 6
expect_socket ESOCKTNOSUPPORT 4 seqpacket
expect_exit 0 modprobe -b sctp
expect_exit 0 modprobe net-pf-2-proto-132
expect_module absent

uevents 5 /module/sctp >/run/events &
while ! grep -q listening /run/events; do busybox usleep 10000; done
expect_exit 0 modprobe sctp
expect_module live
expect_socket ok
expect_association
expect "uevents" "listening
add@/module/sctp" "$(cat /run/events)"
