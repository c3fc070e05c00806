#: needs agent
#: timeout 600
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
#: each SWITCH modprobe.blacklist=sctp module_blacklist=sctp module.sig_enforce=1 lockdown=integrity sysctl.kernel.modules_disabled=1 nomodule modprobe.blacklist=sctp+module_blacklist=sctp modprobe.blacklist=sctp+module.sig_enforce=1 modprobe.blacklist=sctp+lockdown=integrity modprobe.blacklist=sctp+sysctl.kernel.modules_disabled=1 module_blacklist=sctp+module.sig_enforce=1 module_blacklist=sctp+lockdown=integrity module_blacklist=sctp+sysctl.kernel.modules_disabled=1 module.sig_enforce=1+lockdown=integrity module.sig_enforce=1+sysctl.kernel.modules_disabled=1 lockdown=integrity+sysctl.kernel.modules_disabled=1
#: cmdline $SWITCH
# As `verdicts-pairs`, for the switches that only a boot can turn on: each switch, and every two of them, with every
# situation.

case $SWITCH in
  nomodule | *+*) situations='nothing unsigned' ;;
esac
for name in $situations; do
  begin_situation
  situation "$name"
  hold_to_it "$SWITCH + $name"
done
