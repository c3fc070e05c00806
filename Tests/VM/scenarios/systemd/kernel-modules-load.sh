#: machine systemd
#: boots 3
# What systemd-modules-load does with a module that is listed and blacklisted, over real reboots: it reports success and
# loads nothing until the blacklist is empty.

case $BOOT in
  1)
    stock_blacklist
    expect_module absent
    expect_socket EPROTONOSUPPORT
    printf sctp >/etc/modules-load.d/sctp-load.conf
    ;;
  2)
    expect "systemd-modules-load" active "$(systemctl is-active systemd-modules-load)"
    expect_match "its log" "*sctp*deny-listed*" "$(journalctl -b -o cat -t systemd-modules-load)"
    expect_module absent
    : >/etc/modprobe.d/sctp-blacklist.conf
    ;;
  3)
    expect "systemd-modules-load" active "$(systemctl is-active systemd-modules-load)"
    expect_module live
    expect_association
    ;;
esac
