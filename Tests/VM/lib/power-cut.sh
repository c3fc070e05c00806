# Sourced by `scenario`, whose variables it uses: runs the scenario on the machine power-cut.
# shellcheck shell=bash disable=SC2154
# A small machine with a disk that it mounts on /disk, killed some moments after it has said that it is ready for that,
# as often as the scenario says, and then run to its end once more.
power_cut() {
  local cuts cut=1 mute=0 status delay drive
  cuts=$(header "$file" cuts)
  make_disk 64
  LAST=no make_initramfs || return
  while [ "$cut" -le "$cuts" ]; do
    rm -f "$work/pid"
    : >"$work/console"
    boot_small "$work/console" -pidfile "$work/pid" "${drive[@]}" 2>"$work/errors" &
    while kill -0 $! 2>/dev/null && ! grep -q '^ready for the cut' "$work/console"; do
      sleep 0.1
    done
    delay=$((RANDOM % 2000))
    if kill -0 $! 2>/dev/null; then
      sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
      kill -KILL "$(cat "$work/pid")" || true
    fi
    status=0
    wait $! || status=$?
    echo "--- cut $cut, $delay ms after the guest was ready for it" >>"$console"
    cat "$work/console" >>"$console"
    # Rarely an emulated machine stops before its kernel says a word, and so before it has touched the disk.
    # What qemu says itself, when its time is over, is no word of the guest's.
    if [ $status = 97 ] && ! grep -qv '^qemu-system-' "$work/console" && [ $mute -lt 2 ]; then
      mute=$((mute + 1))
      echo "the machine did not say a word; started once more" >>"$console"
      continue
    fi
    if ! grep -q '^ready for the cut' "$work/console" || [ $status -lt 30 ]; then
      cat "$work/errors" >&2
      return 1
    fi
    cut=$((cut + 1))
  done
  LAST=yes make_initramfs || return
  status=0
  echo "--- after the last cut" >>"$console"
  boot_small "$work/console" "${drive[@]}" || status=$?
  cat "$work/console" >>"$console"
  return $status
}
