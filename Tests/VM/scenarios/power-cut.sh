#: machine power-cut
#: cuts 20
#: timeout 120
#: needs agent
# The node loses power repeatedly while the agent changes files and undoes its changes, on ext4 with a journal. After
# each cut, every file has its old or its new bytes, the next start of the daemon converges and leaves no temporary
# files, and revert restores all files.

files='hardening.conf site.conf sctp-blacklist.conf'
d=/disk/etc/modprobe.d
agent="sctp-agent apply --root /disk"

if [ ! -e /disk/reference/complete ]; then
  mkdir -p $d /disk/etc/modules-load.d /disk/var/lib /disk/reference/old /disk/reference/new
  stock_blacklist $d
  rm $d/sctp_diag-blacklist.conf
  printf '# local policy\nblacklist sctp\n' >$d/hardening.conf
  for i in $(seq 2000); do echo "# line $i of a long file"; done >$d/site.conf
  echo 'blacklist sctp' >>$d/site.conf
  cp $d/* /disk/reference/old
  expect_exit 0 $agent
  cp $d/* /disk/reference/new
  expect_exit 0 sctp-agent revert --root /disk
  touch /disk/reference/complete
  sync
fi

is_old() {
  cmp -s "$d/$1" "/disk/reference/old/$1"
}
is_new() {
  cmp -s "$d/$1" "/disk/reference/new/$1"
}
for file in $files; do
  if is_old "$file"; then
    passed "$file is old"
  elif is_new "$file"; then
    passed "$file is new"
  else
    failed "$file is neither old nor new" "$(ls -l $d; head -c 200 "$d/$file")"
  fi
done
[ ! -e /disk/etc/modules-load.d/sctp-load.conf ] ||
  expect "sctp-load.conf" sctp "$(cat /disk/etc/modules-load.d/sctp-load.conf)"

# The daemon's start is the one that clears up.
agent_start --root /disk
expect_ready
agent_stop
for file in $files; do
  expect_files_equal "$d/$file" "/disk/reference/new/$file"
done
expect "files in modprobe.d" "hardening.conf sctp-blacklist.conf site.conf " "$(ls -A $d | tr '\n' ' ')"
expect "files in modules-load.d" "sctp-load.conf " "$(ls -A /disk/etc/modules-load.d | tr '\n' ' ')"
expect_exit 0 sctp-agent revert --root /disk
for file in $files; do
  expect_files_equal "$d/$file" "/disk/reference/old/$file"
done
expect "files in modules-load.d" "" "$(ls -A /disk/etc/modules-load.d)"

if [ "$LAST" = no ] && [ "$failures" = 0 ]; then
  echo "ready for the cut"
  while $agent && sctp-agent revert --root /disk; do
    :
  done >/run/rounds 2>&1
  failed "apply and revert go on" "$(tail -n 20 /run/rounds)"
fi
