#: needs agent
# A node where nothing blocks the module. Opening an SCTP socket loads it, so the commands that only observe open none.

expect_looks_only 1 2
expect_explained open open open
expect_module absent
sctp-agent status >/dev/null 2>&1
expect "exit of status with no agent" 2 $?
expect_exit 0 sctp-agent config modprobe
expect_exit 0 sctp-agent config modules-load
expect_exit 0 sctp-agent render
expect_module absent
expect_socket ok
expect_module live
