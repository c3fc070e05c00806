#: machine systemd
#: packages podman catatonit crun selinux-basics selinux-policy-default policycoreutils
#: cmdline security=selinux selinux=1 enforcing=1
#: boots 2
#: needs agent
# SELinux, enforcing: the files that the agent writes have the type of their directory, so that systemd-modules-load may
# read them.

type_of() {
  stat -c %C "$1" | cut -d : -f 3
}
case $BOOT in
  1)
    expect SELinux Enforcing "$(getenforce)"
    stock_blacklist
    install_unit
    expect_exit 0 systemctl start sctp-agent
    read_status
    expect_json .ready true
    expect_converged
    for file in /etc/modprobe.d/sctp-blacklist.conf /etc/modules-load.d/sctp-load.conf; do
      expect "type of $file" "$(type_of "$(dirname "$file")")" "$(type_of "$file")"
    done
    ;;
  2)
    expect SELinux Enforcing "$(getenforce)"
    expect_match "log of systemd-modules-load" "*Inserted module 'sctp'*" \
      "$(journalctl -b -o cat -t systemd-modules-load)"
    expect_converged
    expect "denials about the files, or for those who write and read them" "" "$(journalctl -b -o cat | grep 'avc:.*denied' |
      grep -E 'name="(modprobe.d|modules-load.d|sctp[^"]*)"|comm="(sctp-agent|systemd-modules)"')"
    ;;
esac
