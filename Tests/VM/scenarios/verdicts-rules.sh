#: needs agent
#: timeout 900
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
# As `verdicts-pairs`, for the finer points of modprobe.d: which pattern matches, which line wins, which files are read,
# and how the shell runs an install line. Each line below is a file /etc/modprobe.d/x.conf, `%` ends its lines.

rules='
blacklist net-pf-2-proto-132
blacklist sct*
  blacklist   sctp  and more
 #blacklist sctp
blacklist \%sctp
# comment \%blacklist sctp
Blacklist sctp
install sct* /bin/false
install sctp_* /bin/false
install sctp-diag /bin/false
install udp-tunnel /bin/true
install sctp /sbin/modprobe --ignore-install sctp $CMDLINE_OPTS
install sctp /bin/false && /sbin/modprobe -i sctp
install sctp /bin/false || /sbin/modprobe -i sctp
install sctp /bin/true; /sbin/modprobe -i sctp
install sctp /sbin/modprobe -i sctp; /bin/false
install sctp echo "no; /sbin/modprobe -i sctp"
install sctp exit 0; /sbin/modprobe -i sctp
install sctp { /sbin/modprobe -i sctp; } >/dev/null 2>&1
install sctp /bin/sh -c "exec /sbin/modprobe -i sctp"
install sctp /bin/false%install sctp /sbin/modprobe -i sctp
install sctp /sbin/modprobe -i sctp%install sctp /bin/false
install sctp /sbin/modprobe -b -i sctp
install sctp /sbin/modprobe -b -i sctp%blacklist sctp
install sctp /sbin/modprobe -b -i sctp || /sbin/modprobe -i sctp%blacklist sctp
install sctp /sbin/modprobe -b -i sctp; /sbin/modprobe -i sctp%blacklist sctp
softdep sctp pre: libcrc32c%install sctp /bin/true
softdep sctp pre: nowhere%install sctp /bin/true
softdep sctp pre: sctp_diag%install sctp_diag /bin/false
alias sctp sctp
alias sctp sctp%blacklist sctp
alias sc* sctp%blacklist sctp
install udp_tunnel ! /sbin/modprobe -i udp_tunnel
install udp_tunnel /sbin/modprobe -i udp_tunnel; exit 3
install udp_tunnel /sbin/modprobe -i udp_tunnel; exit $?
install udp_tunnel /sbin/modprobe -i udp_tunnel && /bin/false
install udp_tunnel /sbin/modprobe -i udp_tunnel; /bin/false &
install udp_tunnel /sbin/modprobe -b -i udp_tunnel%blacklist udp_tunnel
install udp_tunnel /sbin/modprobe -b -i udp_tunnel
options sctp no_checksums=perhaps
options sctp no_checksums=on nothing=else
options udp_tunnel nothing=1
alias sctp nowhere
alias net-pf-2-proto-132 nowhere%alias nowhere sctp
alias net-pf-2-proto-* off
alias net-pf-2 off
alias net-pf-10-proto-132 sctp%blacklist sctp
alias net-pf-*-proto-132 off%alias net-pf-*-proto-132-type-1 sctp
install net-pf-2-proto-132 /sbin/modprobe sctp
install net-pf-2-proto-132 /sbin/modprobe sctp%install net-pf-10-proto-132 /sbin/modprobe sctp%blacklist sctp
install net-pf-2-proto-132 /sbin/modprobe -b sctp%install net-pf-10-proto-132 /sbin/modprobe -b sctp%blacklist sctp
install net-pf-* /bin/true
remove net-pf-2-proto-132 /bin/true
options sctp nothing=1%garbage%install
'

printf "%s\n" "$rules" >/run/rules
while IFS= read -r rule <&4; do
  [ -n "$rule" ] || continue
  begin_situation
  printf '%s\n' "$rule" | tr '%' '\n' >/etc/modprobe.d/x.conf
  hold_to_it "$rule"
done 4</run/rules

# Names and places: what is read at all, and what hides what.
for place in /etc/modprobe.d/sctp /etc/modprobe.d/.sctp.conf /etc/modprobe.d/sctp.conf.rpmsave /run/modprobe.d/a.conf \
  /usr/local/lib/modprobe.d/a.conf; do
  begin_situation
  rm -rf /usr/local/lib/modprobe.d
  mkdir -p "${place%/*}"
  echo 'blacklist sctp' >$place
  hold_to_it "blacklist in $place"
done
rm -rf /usr/local/lib/modprobe.d
for mask in 'ln -s /dev/null' mkdir 'touch'; do
  begin_situation
  mkdir -p /usr/lib/modprobe.d
  echo 'blacklist sctp' >/usr/lib/modprobe.d/a.conf
  $mask /etc/modprobe.d/a.conf
  hold_to_it "blacklist below $mask"
done
