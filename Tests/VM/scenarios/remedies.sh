#: needs agent
#: timeout 600
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
# Every remedy that `explain` prints is pasted, and opens every way. Only the remedies that need a package manager or a
# reboot are left out.

for name in stock blacklist blacklist-elsewhere install-true install-false install-of-dependency alias-of-request-off \
  alias-of-name-off no-index autoload-off; do
  begin_situation
  case $name in
    stock) stock_blacklist ;;
    *) situation $name ;;
  esac
  expect_exit 1 sctp-agent explain sctp -o json
  jq -r "$(sctp_module)"' | [.verdicts[].blockedBy[].remedy] | unique | .[]' $output >/run/remedies
  while IFS= read -r remedy; do
    expect_exit 0 sh -c "$remedy"
  done </run/remedies
  # One remedy is `sctp-agent apply`, which also loads the module.
  unload_by_force
  hold_to_it "$name, cured"
  expect "$name: exit of explain" 0 $explain_status
done

# Settings that a late load has skipped.
begin_situation
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
