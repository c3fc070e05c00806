#: needs agent
#: each COMMAND /bin/true /bin/false
#: each UNBLOCK declared blacklist all
# An `install` line that stops the module, as hardening guides recommend it. kmod reports success for /bin/true.

file=/etc/modprobe.d/hardening.conf
printf '# local policy\ninstall sctp %s\n' "$COMMAND" >$file
cp $file /run/original
expect_looks_only 1 2
expect_explained blocked blocked blocked
expect_blocker autoload "$file:2 install sctp $COMMAND" $explained
expect_blocker explicit "$file:2 install sctp $COMMAND" $explained
expect_socket EPROTONOSUPPORT
expect_module absent

agent_start --unblock "$UNBLOCK"
case $UNBLOCK in
  all)
    expect_ready
    expect_converged
    expect_verdicts open open open
    agent_stop
    expect_exit 0 sctp-agent apply --unblock all
    expect_exit 0 sctp-agent revert
    ;;
  *)
    expect_not_ready
    expect_verdicts blocked blocked blocked
    expect_blocker explicit "$file:2 install sctp $COMMAND"
    expect_condition Unblocked False
    expect_condition ModuleLoaded False
    expect_condition FilesInSync True
    expect_module absent
    agent_stop
    expect_exit 1 sctp-agent apply --unblock "$UNBLOCK"
    expect_module absent
    ;;
esac
expect_files_equal $file /run/original
