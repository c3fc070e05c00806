# Ways in which a node can be configured for or against sctp, and what then really happens, to hold `explain` to it.
# shellcheck disable=SC2034 # used by those who source this

# Each can be undone, so that one boot sees many. What cannot is a switch of the kernel's; see `verdicts-switches`.
situations='nothing blacklist blacklist-elsewhere shadowed-blacklist blacklist-of-dependency install-true install-false
install-of-dependency install-with-softdep alias-of-request-off alias-of-name-off file-gone file-cut no-index unsigned
autoload-off without-capability'

# begin_situation: everything as in the beginning.
begin_situation() {
  [ -d /run/modules ] || cp -r "/lib/modules/$(uname -r)" /run/modules
  [ -e /run/kernel.modprobe ] || cat /proc/sys/kernel/modprobe >/run/kernel.modprobe
  rm -rf /etc/modprobe.d/* /run/modprobe.d /usr/lib/modprobe.d
  mkdir -p /etc/modules-load.d
  echo sctp >/etc/modules-load.d/sctp.conf
  cat /run/kernel.modprobe >/proc/sys/kernel/modprobe
  rm -rf "/lib/modules/$(uname -r)"
  cp -r /run/modules "/lib/modules/$(uname -r)"
  with_rights=
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
    file-cut) [ ! -e "$module_file" ] || truncate -s 50000 "$module_file" ;;
    no-index) rm -f "/lib/modules/$(uname -r)"/modules.dep* "/lib/modules/$(uname -r)"/modules.alias* ;;
    unsigned) [ ! -e "$module_file" ] || echo >>"$module_file" ;;
    autoload-off) echo >/proc/sys/kernel/modprobe ;;
    # Of the agent and of whoever loads by name; the kernel's request and the boot have rights of their own.
    without-capability) with_rights='setpriv --bounding-set -sys_module' ;;
    *) failed "no such situation: $1" ;;
  esac
}

# try_way WAY: has the module loaded in one of the three ways, for real. Autoload is open if a socket of either family loads
# the module.
try_way() {
  case $1 in
    autoload)
      socket_result 4
      if [ "$(module_state sctp)" = live ]; then
        unload_by_force
        socket_result 6
      fi
      ;;
    boot) /usr/lib/systemd/systemd-modules-load ;;
    explicit) $with_rights modprobe sctp ;;
  esac >/run/tried 2>&1
}

# unload_by_force: sctp never unloads by itself, because it holds references to itself. By force it goes, and loads again as
# for the first time; all that stays behind is its entry for segmentation offload. What it depends on may be there although
# it was stopped itself.
unload_by_force() {
  for loaded in sctp udp_tunnel ip6_udp_tunnel libcrc32c; do
    ! grep -q "^$loaded " /proc/modules || rmmod -f $loaded 2>/dev/null
  done
  if grep -q -E '^(sctp|udp_tunnel|ip6_udp_tunnel|libcrc32c) ' /proc/modules || grep -q SCTP /proc/net/protocols; then
    failed "sctp is unloaded by force" "$(cat /proc/modules)"
    finish
    vm-exit 1
  fi
}

# hold_to_it NAME: `explain` is asked, and then each way is tried: it loads the module where it was said to be open, and
# nowhere else. `check` and `plan` look too, and load nothing.
hold_to_it() {
  held=$failures
  for command in check plan; do
    $with_rights sctp-agent $command >/dev/null 2>&1 </dev/null
  done
  explain_status=0
  $with_rights sctp-agent explain sctp -o json >$explained 2>$errors </dev/null || explain_status=$?
  # One line for each way: its name, its verdict, and whether each rule of a blocked one has a remedy.
  jq -r "$(sctp_module)"' | .verdicts | to_entries[] | "\(.key) \(if .value.open then "open" else "blocked" end) \(
    if .value.open then .value.blockedBy == [] else .value.blockedBy != [] and all(.value.blockedBy[]; .remedy != "") end)"' \
    $explained >/run/verdicts 2>&1
  [ "$(module_state sctp)" = absent ] || failed "$1: check, plan and explain leave the module alone"
  verdicts='' expected_status=0
  while read -r way verdict has_remedies; do
    verdicts="$verdicts $way $verdict"
    [ "$verdict" = open ] || expected_status=1
    [ "$has_remedies" = true ] || failed "$1: $way has a rule with a remedy where it is blocked, and only there"
    try_way "$way"
    case $(module_state sctp) in
      live) came=open ;;
      *) came=blocked ;;
    esac
    [ $came = "$verdict" ] ||
      failed "$1: $way is $came, explain says $verdict" "$(jq "$(verdict "$way")" $explained && cat /run/tried)"
    unload_by_force
  done </run/verdicts
  [ "$(echo "$verdicts" | wc -w)" = 6 ] || failed "$1: explain gives three verdicts" "$(cat $explained $errors)"
  [ $explain_status = $expected_status ] || failed "$1: explain exits $explain_status, expected: $expected_status"
  [ $held != $failures ] || passed "$1:$verdicts"
}
