# Sourced by `scenario`, whose variables it uses: runs the scenario on the machine systemd.
# shellcheck shell=bash disable=SC2154
# A whole distribution, booted as often as the scenario says, from a disk that is its own.
systemd() {
  local kernel image disk program packages preparation boots boot start place status
  read -ra packages <<<"$(header "$file" packages | tr '\n' ' ')"
  image=$("$vm/lib/rootfs" "${packages[@]}") || return
  kernel=$("$vm/lib/kernel")
  boots=$(header "$file" boots | grep . || echo 1)
  disk=$image,snapshot=on
  if [ "$boots" -gt 1 ]; then
    disk=$work/disk
    cp --sparse=always --reflink=auto "$image" "$disk"
  fi

  fill "$work/scenario"
  skeleton "$work/scenario/root"
  for program in "$("$vm/lib/tools")"/*; do
    copy "$program" "/usr/bin/${program##*/}" "$work/scenario/root"
  done
  [ -z "${agent:-}" ] || copy_program "$agent" /usr/local/bin/sctp-agent "$work/scenario/root"
  cp -r "$repository/systemd" "$work/scenario/units"
  for preparation in $(header "$file" prepare); do
    "$vm/prepare/$preparation" "$work/scenario" >&2 || return
  done

  for boot in $(seq "$boots"); do
    echo "BOOT=$boot BOOTS=$boots" >"$work/scenario/boot"
    tar -cf "$work/scenario.tar" -C "$work/scenario" .
    status=0
    start=(-kernel "$kernel/vmlinuz" -append "root=/dev/nvme0n1 rw $kernel_words systemd.show_status=0 \
      nvme_core.io_timeout=240 nvme_core.admin_timeout=240 $(filled cmdline | tr '\n+' '  ')")
    place=
    if [ "$boot" -gt 1 ] && header "$file" loader | grep -qx grub; then
      start=() place=,bootindex=0
    fi
    # A restart after a reset would be simpler, but the emulated disk is slow after one. On a loaded machine a guest may have
    # to wait for its disk longer than the 30 s after which it would give up on it.
    "$vm/lib/boot" -t "$(header "$file" timeout | grep . || echo 400)" -m 1024 "$work/console" -no-reboot "${start[@]}" \
      -drive "if=none,id=root,format=raw,cache=unsafe,file=$disk" -device "nvme,serial=root,drive=root$place" \
      -drive "if=none,id=scenario,format=raw,readonly=on,file=$work/scenario.tar" \
      -device nvme,serial=scenario,drive=scenario 2>"$work/errors" || status=$?
    cat "$work/console" >>"$console"
    # The guest restarts by itself when a boot but the last has passed.
    if [ "$boot" -lt "$boots" ] && [ $status = 98 ] && grep -q '^boot passed' "$work/console"; then
      continue
    fi
    cat "$work/errors" >&2
    return "$status"
  done
}
