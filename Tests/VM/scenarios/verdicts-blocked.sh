#: unproven SWITCH=none and module_blacklist= have not been seen to their end; the three others have passed
#: needs agent
#: timeout 900
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
#: each SWITCH none modprobe.blacklist=sctp module_blacklist=sctp module.sig_enforce=1 lockdown=integrity
#: cmdline $SWITCH
# What `explain` says of each way is held to what kmod, systemd-modules-load and the kernel then do, in every situation,
# each together with those that block, and under each switch of the kernel. Ways said to be blocked are tried; an open
# one would load the module for good, so it is only asked of modprobe here; the scenario `verdicts-open` tries those.

# would_load WAY: what modprobe would do.
would_load() {
  case $1 in
    autoload) modprobe -n -v net-pf-2-proto-132 ;;
    boot) modprobe -n -v -b sctp ;;
    explicit) modprobe -n -v sctp ;;
  esac >/run/would-load 2>/dev/null
  grep -q 'insmod .*/sctp\.ko' /run/would-load && ! grep -q '^install' /run/would-load
}

hold_to_it() {
  predict
  expect_prediction_consistent "$1"
  for way in autoload boot explicit; do
    case $(predicted $way) in
      open) would_load $way || failed "$1: $way is open" "$(cat /run/would-load)" ;;
      blocked) try_way $way ;;
    esac
    if [ "$(module_state sctp)" != absent ]; then
      failed "$1: $way was said to be blocked, but loads the module" "$(jq "$(verdict $way)" $explained)"
      finish
      exit 1
    fi
    if [ "$(predicted $way)" = blocked ] && would_load $way && [ "$SWITCH" = none ] && ! kernel_refuses "$1"; then
      failed "$1: $way was said to be blocked, but modprobe would load the module"
    fi
  done
}

# What modprobe cannot know before it tries.
kernel_refuses() {
  case $1 in
    *file-gone* | *modules_disabled*) true ;;
    *) false ;;
  esac
}

for first in $situations; do
  begin_situation
  situation "$first"
  hold_to_it "$first"
  if [ "$SWITCH" = none ]; then
    for second in blacklist install-false file-gone; do
      [ "$second" != "$first" ] || continue
      begin_situation
      situation "$first"
      situation "$second"
      hold_to_it "$first, $second"
    done
  fi
done

echo 1 >/proc/sys/kernel/modules_disabled
for first in nothing blacklist install-true; do
  begin_situation
  situation $first
  hold_to_it "modules_disabled, $first"
done
