#: machine systemd
#: packages apt grub-pc linux-base tiny-initramfs
#: prepare repository
#: loader grub
#: cmdline modprobe.blacklist=sctp module_blacklist=dccp,sctp
#: boots 2
#: needs agent
#: timeout 1500
# The remedies that need Debian's package manager or its boot loader, followed as `explain` prints them. apt-get has the
# kernel's package from a repository of the node itself. A word of the kernel command line is changed in /etc/default/grub, and
# GRUB then boots the node as update-grub has configured it. The initramfs is by the smallest tool that the kernel's package
# accepts, to save time.

image=linux-image-$(uname -r)
defaults=/etc/default/grub
# shellcheck disable=SC2034 # hold_to_it reads it: everybody has all rights
with_rights=

# read_remedies: each once, one a line, in /run/remedies. The text of `explain` has them too, folded.
read_remedies() {
  expect_exit 1 sctp-agent explain sctp -o json
  jq -r "$(sctp_module)"' | [.verdicts[].blockedBy[].remedy] | unique | .[]' $output >/run/remedies
  sctp-agent explain sctp 2>&1 | sed 's/ \\$//' | tr -s ' \n' '  ' >/run/text
  while IFS= read -r remedy; do
    if grep -qF "→ $remedy" /run/text; then
      passed "the text says: $remedy"
    else
      failed "the text says: $remedy" "$(cat /run/text)"
    fi
  done </run/remedies
}

# change_command_line SENTENCE: does what it says, up to the reboot.
change_command_line() {
  eval "set -- $1"
  case $1 in
    remove)
      word=$2 rest=
      shift 2
      ;;
    replace)
      word=$2 rest=$4
      shift 4
      ;;
  esac
  expect "the sentence goes on" "in $defaults, run update-grub, and reboot" "$*"
  sed -i "/^GRUB_CMDLINE_LINUX=/s/$word/$rest/" $defaults
}

case $BOOT in
  1)
    # As a node is set up that boots from this disk, with the command line that it has now.
    words=$(tr ' ' '\n' </proc/cmdline | grep -v -x -e 'root=.*' -e rw | tr '\n' ' ')
    sed -i -e "s/^GRUB_CMDLINE_LINUX=.*/GRUB_CMDLINE_LINUX=\"$words\"/" -e 's/^GRUB_TIMEOUT=.*/GRUB_TIMEOUT=0/' $defaults
    echo 'GRUB_TERMINAL=serial' >>$defaults
    # Without a partition table there is no room before the file system.
    expect_exit 0 grub-install --force /dev/nvme0n1
    rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
    echo 'deb [trusted=yes] file:/scenario/repository ./' >/etc/apt/sources.list
    expect_exit 0 apt-get update
    echo sctp >/etc/modules-load.d/sctp.conf

    rm -r "/lib/modules/$(uname -r)/kernel"
    depmod
    expect_exit 1 dpkg --status "$image"
    read_remedies
    expect "the remedies" "apt-get install --reinstall $image
remove 'modprobe.blacklist=sctp' in $defaults, run update-grub, and reboot
replace 'module_blacklist=dccp,sctp' with 'module_blacklist=dccp' in $defaults, run update-grub, and reboot" \
      "$(cat /run/remedies)"
    expect_match "the words of every boot" '*modprobe.blacklist=sctp module_blacklist=dccp,sctp*' "$(grep ^GRUB_CMDLINE_LINUX= $defaults)"
    while IFS= read -r remedy; do
      case $remedy in
        *' reboot') change_command_line "$remedy" ;;
        *)
          expect_exit 0 sh -c "$remedy"
          expect_exit 0 dpkg --status "$image"
          expect_exit 0 modinfo -n sctp
          ;;
      esac
    done </run/remedies
    expect_exit 0 update-grub
    expect_match "what GRUB boots next" '*/vmlinuz-* module_blacklist=dccp *' "$(grep -m 1 '^[[:space:]]*linux' /boot/grub/grub.cfg)"
    ;;
  2)
    expect_match "who booted" 'BOOT_IMAGE=/boot/vmlinuz-*' "$(cat /proc/cmdline)"
    expect "words against modules" module_blacklist=dccp "$(tr ' ' '\n' </proc/cmdline | grep blacklist)"
    # systemd-modules-load has loaded it in this boot.
    expect_module live
    unload_by_force
    hold_to_it "package and command line, cured"
    expect "exit of explain" 0 "$explain_status"

    rm "$(modinfo -n sctp)"
    truncate -s 10000 "$(modinfo -n udp_tunnel)"
    read_remedies
    expect_json "$(verdict explicit).blockedBy | map(.text | capture(\"(?<how>is gone|is damaged)\").how) | sort | join(\", \")" \
      "is damaged, is gone" $output
    expect "one remedy" "apt-get install --reinstall $image && depmod -a $(uname -r)" "$(cat /run/remedies)"
    expect_exit 0 sh -c "$(cat /run/remedies)"
    hold_to_it "files of modules, cured"
    expect "exit of explain" 0 "$explain_status"
    ;;
esac
