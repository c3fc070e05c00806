#: needs agent
#: each SWITCH quiet sctp.no_checksums=perhaps
#: cmdline $SWITCH
# A value that is not of the parameter's type: the kernel refuses every load of the module.

mkdir -p /etc/modprobe.d
case $SWITCH in
  quiet)
    echo 'options sctp no_checksums=perhaps' >/etc/modprobe.d/option.conf
    place='/etc/modprobe.d/option.conf:1 options sctp no_checksums=perhaps'
    ;;
  *) place='kernel command line:0 sctp.no_checksums=perhaps' ;;
esac
expect_explained blocked blocked blocked
expect_blocker explicit "$place" $explained
expect_socket EPROTONOSUPPORT
expect_exit 1 modprobe sctp
expect_module absent

agent_start
expect_not_ready
expect_verdicts blocked blocked blocked
expect_json '.conditions[] | select(.type == "Unblocked") | .reason' InvalidOption
expect_json '.conditions[] | select(.type == "ModuleLoaded") | .reason' InvalidOption
agent_stop

# The remedy is pasted, and the module loads.
if [ "$SWITCH" = quiet ]; then
  jq -r "$(sctp_module)"' | .verdicts.explicit.blockedBy[].remedy' $explained >/run/remedies
  while IFS= read -r remedy; do
    expect_exit 0 sh -c "$remedy"
  done </run/remedies
  expect_explained open open open
  expect_exit 0 modprobe sctp
  expect_module live
fi
