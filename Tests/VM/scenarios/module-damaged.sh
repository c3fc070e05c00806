#: needs agent
#: each DAMAGE changed cut
#: each COMPRESSION none xz
#: compression $COMPRESSION
# A signed module whose file is damaged. If the file itself shows the damage, `explain` reports it. Only the kernel
# notices a changed byte in a signed module, and refuses the module even if it does not demand signatures. `explain`
# loads nothing and cannot know that. /status reports it once a load was tried.

file=$(modinfo -n sctp)
case $DAMAGE in
  changed) printf XXXX | dd of="$file" bs=1 seek=50000 conv=notrunc 2>/dev/null ;;
  cut) truncate -s 50000 "$file" ;;
esac
case $DAMAGE-$COMPRESSION in
  changed-none) expect_explained open open open ;;
  *)
    expect_explained blocked blocked blocked
    expect_blocker explicit "$file:0 *is damaged*" $explained
    ;;
esac
expect_socket EPROTONOSUPPORT
expect_exit 1 modprobe sctp
expect_module absent

agent_start
expect_not_ready
expect_verdicts blocked blocked blocked
case $DAMAGE-$COMPRESSION in
  changed-none)
    expect_json '.conditions[] | select(.type == "ModuleLoaded") | .reason' SignatureRejected
    expect_json_match .message '*rejects the signature of */sctp.ko*'
    ;;
esac
expect_condition ModuleLoaded False
expect_condition FilesInSync True
agent_stop
expect_exit 1 sctp-agent apply
expect_module absent
