#: needs agent
#: each SWITCH module_blacklist=sctp modprobe.blacklist=sctp
#: cmdline $SWITCH
# Switches on the kernel command line, which no file can undo. The one of kmod stops requests, the one of the kernel
# stops every load.

expect_socket EPROTONOSUPPORT
expect_looks_only 1 2
agent_start
expect_not_ready
expect_json "$(verdict autoload).blockedBy[0].line" 0
expect_blocker autoload "*:0 *$SWITCH*"
expect_condition FilesInSync True
expect_condition Unblocked False
case $SWITCH in
  module_blacklist=*)
    expect_verdicts blocked blocked blocked
    expect_explained blocked blocked blocked
    expect_blocker explicit "*:0 *$SWITCH*" $explained
    expect_condition ModuleLoaded False
    expect_json_match .message "*module_blacklist*"
    expect_module absent
    ;;
  modprobe.blacklist=*)
    expect_verdicts blocked blocked open
    expect_explained blocked blocked open
    expect_condition ModuleLoaded True
    expect_module live
    ;;
esac
agent_stop
expect_exit 1 sctp-agent apply
