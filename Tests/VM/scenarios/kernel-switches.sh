#: each SWITCH module_blacklist=sctp modprobe.blacklist=sctp
#: cmdline $SWITCH
# What the kernel does under its own switches on the command line.

expect_socket EPROTONOSUPPORT
expect_module absent
case $SWITCH in
  modprobe.blacklist=sctp)
    expect_exit 0 modprobe sctp
    expect_module live
    ;;
  module_blacklist=sctp)
    expect_exit 1 modprobe sctp
    expect_output "modprobe says" '*Operation not permitted*'
    expect_module absent
    ;;
esac
