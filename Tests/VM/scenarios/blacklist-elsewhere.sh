#: needs agent
#: each DIRECTORY /etc /run /usr/lib
#: each UNBLOCK declared blacklist
# An unmanaged blacklist line, in each directory that kmod reads. It does not stop a load by the agent, but it closes
# the two other ways: `declared` reports it, `blacklist` comments it out or overrides the vendor's file.

file=$DIRECTORY/modprobe.d/hardening.conf
mkdir -p "$DIRECTORY/modprobe.d"
printf '# local policy\nblacklist sctp\noptions sctp no_checksums=0\n' >"$file"
cp "$file" /run/original
expect_socket EPROTONOSUPPORT
expect_explained blocked blocked open
expect_blocker autoload "$file:2 blacklist sctp" $explained

agent_start --unblock "$UNBLOCK"
case $UNBLOCK in
  declared)
    expect_not_ready
    expect_files_equal "$file" /run/original
    expect_verdicts blocked blocked open
    expect_blocker autoload "$file:2 blacklist sctp"
    expect_blocker boot "$file:2 blacklist sctp"
    expect_condition Unblocked False
    expect_condition ModuleLoaded True
    expect_condition FilesInSync True
    expect_module live
    agent_stop
    expect_exit 1 sctp-agent apply --unblock "$UNBLOCK"
    ;;
  blacklist)
    expect_ready
    expect_converged
    expect_verdicts open open open
    expect "options that stay" 'options sctp no_checksums=0' "$(modprobe --showconfig | grep '^options sctp')"
    if [ "$DIRECTORY" = /etc ]; then
      expect "lines that stay" 2 "$(grep -cxF -f "$file" /run/original)"
    else
      expect_files_equal "$file" /run/original
    fi
    settled=$(drop_ins)
    agent_stop
    expect_exit 0 sctp-agent apply
    expect_untouched "$settled"
    ;;
esac

expect_exit 0 sctp-agent revert
expect_files_equal "$file" /run/original
expect "files of the agent in /etc" "" "$(find /etc/modprobe.d /etc/modules-load.d -type f ! -name hardening.conf)"
