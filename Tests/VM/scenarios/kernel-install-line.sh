#: each COMMAND /bin/true /bin/false
# What modprobe does with an `install` line: it runs the command and takes its exit status for that of the load.

echo "install sctp $COMMAND" >/etc/modprobe.d/hardening.conf
case $COMMAND in
  /bin/true) expect_exit 0 modprobe sctp ;;
  /bin/false) expect_exit 1 modprobe sctp ;;
esac
expect_module absent
expect_socket EPROTONOSUPPORT
expect_exit 0 modprobe --ignore-install sctp
expect_module live
