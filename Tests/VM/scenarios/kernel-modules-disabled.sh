# What the kernel does once modules_disabled is set, and for a process without CAP_SYS_MODULE.

expect_exit 1 setpriv --bounding-set -sys_module modprobe sctp
expect_output "modprobe without CAP_SYS_MODULE says" '*Operation not permitted*'
expect_module absent

echo 1 >/proc/sys/kernel/modules_disabled
expect_exit 1 modprobe sctp
expect_output "modprobe says" '*Operation not permitted*'
expect_socket EPROTONOSUPPORT
expect_module absent
