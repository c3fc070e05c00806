#: needs agent
# The probe over the kernel's own SCTP: an explained refusal while it is absent, and then both families, messages of
# every size, many clients, and the errors that only a real stack returns.

stock_blacklist
expect_exit 1 sctp-agent probe loopback
expect_output "why not" '*EPROTONOSUPPORT*sctp-agent explain*'
expect_exit 1 sctp-agent probe listen 127.0.0.1:9000
expect_output "why not" '*EPROTONOSUPPORT*'
modprobe sctp
expect_module live

expect_exit 0 $unprivileged sctp-agent probe loopback
expect_output "both families" '127.0.0.1: echoed in *::1: echoed in *'
expect_exit 0 sctp-agent probe loopback -o json
cp $output /run/loopback.json
expect_json '[.ok, .loopback4.ok, .loopback6.ok] | all' true /run/loopback.json

sctp-agent probe listen :9000 >/run/listen 2>&1 &
server=$!
until grep -q listening /run/listen; do busybox usleep 20000; done
expect_match "one listener for each family" '*0.0.0.0:9000*[[]::]:9000*' "$(sort /run/listen)"
for size in 1 1500 65536; do
  expect_exit 0 $unprivileged sctp-agent probe connect 127.0.0.1:9000 --count 20 --size $size
  expect_output "$size bytes" '*20 of 20 messages*latency min *'
done
expect_exit 0 sctp-agent probe connect '[::1]:9000' -o json --source ::1
cp $output /run/connect.json
expect_json '[.ok, .echoed, (.local | startswith("[::1]:"))] | join(" ")' 'true 10 true' /run/connect.json
expect_json '.seconds | .min <= .median and .median <= .p99 and .p99 <= .max' true /run/connect.json

clients=
for client in 1 2 3 4 5 6 7 8; do
  sctp-agent probe connect 127.0.0.1:9000 --count 50 --size 3000 --timeout 20 >/run/client.$client 2>&1 &
  clients="$clients $!"
done
for client in $clients; do
  status=0
  wait "$client" || status=$?
  expect "a client of eight exits" 0 $status
done
kill $server
status=0
wait $server || status=$?
expect "probe listen on SIGTERM exits" 0 $status
expect_match "its totals" '*echoed * bytes to 12 clients' "$(cat /run/listen)"

expect_exit 1 sctp-agent probe connect 127.0.0.1:9000
expect_output "nobody listens" '*ECONNREFUSED*no program listens*'
expect_exit 1 sctp-agent probe connect 127.0.0.1:9000 --source 192.0.2.1
expect_output "a foreign source" '*EADDRNOTAVAIL*'
expect_exit 1 sctp-agent probe connect 192.0.2.1:9000 --timeout 2
expect_output "no route" '*connect failed: *ENETUNREACH*ip route get*'
sctp-agent probe listen 127.0.0.1:9001 >/run/taken 2>&1 &
server=$!
until grep -q listening /run/taken; do busybox usleep 20000; done
expect_exit 1 sctp-agent probe listen 127.0.0.1:9001
expect_output "a taken port" '*EADDRINUSE*another socket*'
kill $server
expect_exit 1 $unprivileged sctp-agent probe listen 127.0.0.1:80
expect_output "a privileged port" '*EACCES*CAP_NET_BIND_SERVICE*'
for denied in EPERM EACCES; do
  expect_exit 1 deny-socket $denied sctp-agent probe loopback
  case $denied in
    EPERM) expect_output "a seccomp filter" '*socket: operation not permitted (EPERM): a seccomp filter*' ;;
    EACCES) expect_output "a security module" '*socket: permission denied (EACCES): a security module*' ;;
  esac
done
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
expect_exit 0 sctp-agent probe loopback
expect_output "IPv6 is off" '*::1: off: bind: *EADDRNOTAVAIL*'

expect_exit 64 sctp-agent probe connect nonsense
expect_exit 64 sctp-agent probe connect 127.0.0.1:9000 --size 0
