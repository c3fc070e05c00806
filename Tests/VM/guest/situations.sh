# Ways in which a node can be configured for or against sctp, and what then really happens, to hold `explain` to it.

situations='nothing blacklist blacklist-elsewhere shadowed-blacklist blacklist-of-dependency install-true install-false
install-of-dependency install-with-softdep alias-of-request-off alias-of-name-off file-gone no-index unsigned'

# begin_situation: everything as in the beginning.
begin_situation() {
  [ -d /run/modules ] || cp -r "/lib/modules/$(uname -r)" /run/modules
  rm -rf /etc/modprobe.d/* /run/modprobe.d /usr/lib/modprobe.d
  mkdir -p /etc/modules-load.d
  echo sctp >/etc/modules-load.d/sctp.conf
  rm -rf "/lib/modules/$(uname -r)"
  cp -r /run/modules "/lib/modules/$(uname -r)"
}

# situation NAME
situation() {
  module_file=/lib/modules/$(uname -r)/kernel/net/sctp/sctp.ko
  rule() {
    mkdir -p "${2:-/etc/modprobe.d}"
    echo "$1" >>"${2:-/etc/modprobe.d}/$situation_name.conf"
  }
  situation_name=$1
  case $1 in
    nothing) ;;
    blacklist) rule 'blacklist sctp' ;;
    blacklist-elsewhere) rule 'blacklist sctp' /usr/lib/modprobe.d ;;
    shadowed-blacklist)
      rule 'blacklist sctp' /usr/lib/modprobe.d
      : >/etc/modprobe.d/shadowed-blacklist.conf
      ;;
    blacklist-of-dependency) rule 'blacklist udp_tunnel' ;;
    install-true) rule 'install sctp /bin/true' ;;
    install-false) rule 'install sctp /bin/false' ;;
    install-of-dependency) rule 'install udp_tunnel /bin/false' ;;
    install-with-softdep)
      rule 'install sctp /bin/false'
      rule 'softdep sctp pre: libcrc32c'
      ;;
    alias-of-request-off) rule 'alias net-pf-2-proto-132 off' ;;
    alias-of-name-off) rule 'alias sctp off' ;;
    file-gone) rm -f "$module_file" ;;
    no-index) rm -f "/lib/modules/$(uname -r)"/modules.dep* "/lib/modules/$(uname -r)"/modules.alias* ;;
    unsigned) [ ! -e "$module_file" ] || echo >>"$module_file" ;;
    *) failed "no such situation: $1" ;;
  esac
}

# try_way WAY: has the module loaded in one of the three ways, for real.
try_way() {
  case $1 in
    autoload) socket_result ;;
    boot) /usr/lib/systemd/systemd-modules-load ;;
    explicit) modprobe sctp ;;
  esac >/dev/null 2>&1
}

# predict: asks `explain`; afterwards `predicted WAY` is open or blocked.
predict() {
  sctp-agent explain sctp -o json >$explained 2>$errors </dev/null
  explain_status=$?
}
predicted() {
  jq -r "$(verdict "$1").open | if . then \"open\" else \"blocked\" end" $explained 2>/dev/null
}

# expect_prediction_consistent NAME: the exit status, and a rule with a remedy for each blocked way.
expect_prediction_consistent() {
  case "$(predicted autoload) $(predicted boot) $(predicted explicit)" in
    'open open open') expect "$1: exit of explain" 0 "$explain_status" ;;
    *blocked*) expect "$1: exit of explain" 1 "$explain_status" ;;
    *) failed "$1: explain gives three verdicts" "$(cat $explained $errors)" ;;
  esac
  expect "$1: blocked ways without a rule or remedy" "" "$(jq -r "$(sctp_module) | .verdicts | to_entries[]
    | select((.value.open | not) and ((.value.blockedBy | length) == 0 or any(.value.blockedBy[]; (.remedy | length) == 0)))
    | .key" $explained 2>&1)"
}
