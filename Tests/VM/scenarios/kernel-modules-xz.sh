#: compression xz
# modprobe reads modules that are compressed as RHEL has them.

expect "modules" "sctp.ko.xz" "$(find /lib/modules/ -name 'sctp.ko*' -exec basename {} +)"
expect_exit 0 modprobe sctp
expect_module live
expect_association
