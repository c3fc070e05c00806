#: needs agent
#: each KIND blacklists installs aliases switches
#: timeout 900
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
#: file /usr/bin/systemctl:/usr/bin/systemctl
#: file /usr/lib/os-release:/etc/os-release
# Every remedy that `explain` prints on Debian is pasted, and opens every way: each kind of rule, in a file of the node and
# in one of a vendor, and each switch. Those that need apt-get or a reboot are in systemd/remedies. Left out are sentences
# about an intent or a MachineConfig, and about the rights of a process.

# remedy_situation NAME: those of situations.sh, and more.
remedy_situation() {
  situation nothing
  # shellcheck disable=SC2034 # the function `rule` reads it
  situation_name=$1
  case $1 in
    stock) stock_blacklist ;;
    install-of-request) rule 'install net-pf-2-proto-132 /bin/false' ;;
    install-obeying-blacklists)
      rule 'install sctp /sbin/modprobe --ignore-install --use-blacklist sctp'
      rule 'blacklist sctp'
      ;;
    install-elsewhere) rule 'install sctp /bin/false' /usr/lib/modprobe.d ;;
    alias-elsewhere) rule 'alias sctp nowhere' ;;
    alias-of-vendor) rule 'alias net-pf-2-proto-132 off' /usr/lib/modprobe.d ;;
    alias-to-itself)
      rule 'alias sctp sctp'
      rule 'blacklist sctp'
      ;;
    option) rule 'options sctp no_checksums=perhaps' ;;
    option-elsewhere) rule 'options sctp no_checksums=perhaps' /usr/lib/modprobe.d ;;
    autoload-off-by-file | autoload-off-by-vendor)
      case $1 in
        *file) directory=/etc/sysctl.d ;;
        *) directory=/usr/lib/sysctl.d ;;
      esac
      mkdir -p $directory /etc/sysctl.d
      echo 'kernel.modprobe = /bin/false' >$directory/hardening.conf
      echo /bin/false >/proc/sys/kernel/modprobe
      ;;
    masked-service)
      mkdir -p /etc/systemd/system
      ln -s /dev/null /etc/systemd/system/systemd-modules-load.service
      ;;
    *) situation "$1" ;;
  esac
}

# paste_remedies: all that explain prints, as a person would.
paste_remedies() {
  expect_exit 1 sctp-agent explain sctp -o json
  jq -r "$(sctp_module)"' | [.verdicts[].blockedBy[].remedy] | unique | .[]' $output >/run/remedies
  [ -s /run/remedies ] || failed "$name: there is a remedy"
  while IFS= read -r remedy; do
    expect_exit 0 sh -c "$remedy"
  done </run/remedies
}

case $KIND in
  blacklists) names='stock blacklist blacklist-elsewhere install-obeying-blacklists alias-to-itself' ;;
  installs) names='install-true install-false install-elsewhere install-of-dependency install-of-request' ;;
  aliases) names='alias-of-request-off alias-of-name-off alias-elsewhere alias-of-vendor option option-elsewhere' ;;
  switches) names='no-index autoload-off autoload-off-by-file autoload-off-by-vendor masked-service' ;;
esac
for name in $names; do
  rm -rf /etc/sysctl.d /usr/lib/sysctl.d
  begin_situation
  remedy_situation $name
  paste_remedies
  # One remedy is `sctp-agent apply`, which also loads the module.
  unload_by_force
  hold_to_it "$name, cured"
  expect "$name: exit of explain" 0 $explain_status
  case $name in
    autoload-off-by-*)
      expect "$name: the next boot does not set it again" '# kernel.modprobe = /bin/false' "$(cat /etc/sysctl.d/hardening.conf)"
      ;;
  esac
done
[ "$KIND" = switches ] || return 0

# Settings that a late load has skipped.
begin_situation
rm -rf /etc/sysctl.d /usr/lib/sysctl.d
mkdir -p /etc/sysctl.d
printf '# tuning\nnet.sctp.rto_min = 500\nnet.sctp.sctp_rmem = 4096 865500 4194304\n' >/etc/sysctl.d/sctp.conf
expect_exit 0 sctp-agent explain
expect_output "settings that wait" '*net.sctp.rto_min = 500 at /etc/sysctl.d/sctp.conf:2 has no effect until*'
expect_exit 0 modprobe sctp
expect_exit 0 sctp-agent explain -o json
cp $output $explained
expect_json_match '.notes | map(select(test("was skipped"))) | .[0]' \
  'net.sctp.rto_min = 500 at /etc/sysctl.d/sctp.conf:2 was skipped, *; the value is 1000; run: *' $explained
agent_start
expect_ready
expect_json_match '.notes | map(select(test("was skipped"))) | .[0]' 'net.sctp.rto_min = 500 at *'
agent_stop
jq -r '.notes[] | select(test("was skipped")) | sub(".*; run: "; "")' $explained >/run/remedies
while IFS= read -r remedy; do
  expect_exit 0 sh -c "$remedy"
done </run/remedies
expect "net.sctp.rto_min" 500 "$(cat /proc/sys/net/sctp/rto_min)"
expect_exit 0 sctp-agent explain -o json
cp $output $explained
expect_json '.notes | map(select(test("was skipped"))) | length' 0 $explained

# A one-way switch. Its remedy takes it out of the file that sets it; only a reboot turns it off.
unload_by_force
begin_situation
name=modules-disabled
printf '# hardening\nkernel.modules_disabled = 1\n' >/etc/sysctl.d/hardening.conf
echo 1 >/proc/sys/kernel/modules_disabled
paste_remedies
expect "the next boot loads modules" "# hardening
# kernel.modules_disabled = 1" "$(cat /etc/sysctl.d/hardening.conf)"
