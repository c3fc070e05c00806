#: needs agent
#: timeout 1800
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
#: each SWITCH quiet modprobe.blacklist=sctp nosmt
#: cmdline $SWITCH
# As `verdicts-pairs`, for random trees of modprobe.d and a random `kernel.modprobe`: what `explain` says of each way is what
# kmod, systemd-modules-load and the kernel then do. A failure prints the tree. SCTP_AGENT_VM_COUNT=100 makes 300 trees of the
# three seeds.

count=$COUNT
case $SWITCH in
  quiet) seed=1 ;;
  nosmt) seed=3 ;;
  *) seed=2 ;;
esac

# random_tree NUMBER: the same for the same seed, lines `FILE CONTENT`; one for the file kernel.modprobe.
random_tree() {
  busybox awk -v seed=$seed -v number="$1" '
    function pick(list, n, words) { n = split(list, words, "|"); return words[1 + int(rand() * n)] }
    function once(n) { return rand() < 1 / n }
    function module() { return pick("sctp|sctp|sctp|udp_tunnel|udp-tunnel|libcrc32c|ip6_udp_tunnel|sct*|udp*|sctp_diag") }
    function request() { return pick("net-pf-2-proto-132|net-pf-10-proto-132|net-pf-2-proto-132-type-1|net-pf-*-proto-132") }
    function loads(name) { gsub(/\*/, "", name); return "/sbin/modprobe " pick("-i|-i|-b -i|-q -i") " " name }
    function command(name, load) {
      load = loads(name)
      return pick("/bin/true|/bin/false|exit 0|exit 1|:|" load "|" load "|! " load "|" load "; exit 3|" load \
        " && /bin/false|" load "; /bin/false|/bin/false; " load "|{ " load "; }|" load "; exit $?|exit 1; " load)
    }
    function rule(name) {
      kind = int(rand() * 12)
      if (kind < 2) return "blacklist " module()
      if (kind < 5) { name = module(); return "install " name " " command(name) }
      if (kind == 5) return "install " request() " " pick("/bin/true|/sbin/modprobe sctp|/sbin/modprobe -b sctp|/bin/false")
      if (kind == 6) return "alias sctp " pick("sctp|off|nowhere|udp_tunnel")
      if (kind == 7) return "alias " request() " " pick("sctp|off|nowhere|udp_tunnel")
      if (kind == 8) return "softdep " pick("sctp|udp_tunnel|sct*") " " pick("pre:|post:") " " pick("libcrc32c|nowhere")
      if (kind == 9) return "remove " pick("sctp|net-pf-2-proto-132") " /bin/true"
      return "options " pick("sctp|sctp|udp_tunnel") " " pick("no_checksums=1|no_checksums=perhaps|no_checksums=off|" \
        "no-checksums=x|nothing=x|no_checksums=y x=2")
    }
    BEGIN {
      srand(seed * 1000 + number)
      rules = 1 + int(rand() * 3)
      for (i = 0; i < rules; i++) {
        place = pick("/etc|/etc|/etc|/run|/usr/lib") "/modprobe.d/" pick("a|b|c") ".conf"
        print place, rule()
      }
      if (once(6)) print "/etc/modprobe.d/" pick("a|b|c") ".conf", pick("MASK|EMPTY")
      if (once(8)) print "kernel.modprobe", pick("/bin/true|/bin/false|/nowhere|")
    }'
}

for number in $(seq $count); do
  begin_situation
  random_tree "$number" >/run/tree
  while IFS=' ' read -r file content; do
    case $file in
      kernel.modprobe) echo "$content" >/proc/sys/kernel/modprobe ;;
      *)
        mkdir -p "${file%/*}"
        case $content in
          MASK) ln -sf /dev/null "$file" ;;
          EMPTY) : >"$file" ;;
          *) [ -L "$file" ] || printf '%s\n' "$content" >>"$file" ;;
        esac
        ;;
    esac
  done </run/tree
  failures_before=$failures
  hold_to_it "tree $number of seed $seed"
  [ "$failures" = "$failures_before" ] || sed 's/^/    tree: /' /run/tree
done
