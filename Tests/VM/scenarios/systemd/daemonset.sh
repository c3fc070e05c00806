#: machine systemd
#: packages podman catatonit crun selinux-basics selinux-policy-default policycoreutils
#: needs agent
#: prepare image
#: each OVERLAY kubernetes restricted
#: timeout 900
# The DaemonSet's pod as kustomize renders it, of the image that the Dockerfile makes: on a node that keeps SCTP out the pod
# makes it usable for every container. The Dockerfile itself is gone through in `dockerfile`.

stock_blacklist
before=$(tar -C / --sort=name --mtime=@0 -c etc/modprobe.d etc/modules-load.d | sha256sum)
expect_module absent
expect_socket EPROTONOSUPPORT
load_image
expect_exit 1 unprivileged_container probe loopback
expect_output "before" '*EPROTONOSUPPORT*'
expect_module absent

expect_exit 0 podman kube play --network none "/scenario/pods/$OVERLAY.yaml"
wait_for 300 "the pod's agent is ready" in_agent status
in_agent status -o json >$status_file
expect_json .ready true
expect_json .node node
expect_converged
# The commands in the pod look at the node, not at the container.
expect_exit 0 in_agent check
expect_exit 0 in_agent explain
expect_exit 0 in_agent plan
expect_exit 0 unprivileged_container probe loopback

process=$(agent_container '{{.State.Pid}}')
for path in livez readyz; do
  expect "/$path in the pod" ok "$(nsenter --net --target "$process" curl -s http://127.0.0.1:9132/$path)"
done
expect "read-only root file system" true "$(agent_container '{{.HostConfig.ReadonlyRootfs}}')"
resident=$(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$process/status")
if [ "$resident" -le 20480 ]; then
  passed "it stays within the memory that it requests, 20 MiB: $resident KiB"
else
  failed "it stays within the memory that it requests, 20 MiB" "$resident KiB"
fi
effective=$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$process/status")
case $OVERLAY in
  kubernetes) expect "privileged" true "$(agent_container '{{.HostConfig.Privileged}}')" ;;
  restricted)
    expect "privileged" false "$(agent_container '{{.HostConfig.Privileged}}')"
    expect "its capabilities: CAP_SYS_MODULE" 0000000000010000 "$effective"
    expect "no new privileges" 1 "$(sed -n 's/^NoNewPrivs:[[:space:]]*//p' "/proc/$process/status")"
    ;;
esac
# What the pod may write of the host.
mounts=$(sed -n 's/^[^ ]* \(\/host[^ ]*\) [^ ]* rw,.*/\1/p' "/proc/$process/mounts" | sort | tr '\n' ' ')
expect "writable directories of the host" "/host/etc/modprobe.d /host/etc/modules-load.d /host/var/lib/sctp-agent " "$mounts"

echo 'install sctp /bin/false' >/etc/modprobe.d/zz-hardening.conf
expect_exit 1 in_agent explain
expect_output "it names the node's file" '*/etc/modprobe.d/zz-hardening.conf:1*'
rm /etc/modprobe.d/zz-hardening.conf
echo 'blacklist sctp' >/etc/modprobe.d/sctp-blacklist.conf
wait_for 100 "drift on the host is repaired" is_empty /etc/modprobe.d/sctp-blacklist.conf

expect_exit 0 podman pod stop sctp-agent
expect "exit status of the agent" 0 "$(agent_container '{{.State.ExitCode}}')"

# overlays/revert: the pod undoes everything, and waits.
if [ "$OVERLAY" = kubernetes ]; then
  podman pod rm --force sctp-agent >/dev/null
  expect_exit 0 podman kube play --network none /scenario/pods/revert.yaml
  wait_for 300 "the pod waits" in_agent --version
  expect "the node's files" "$before" "$(tar -C / --sort=name --mtime=@0 -c etc/modprobe.d etc/modules-load.d | sha256sum)"
  expect "the state directory, which is mounted" "" "$(find /var/lib/sctp-agent -mindepth 1)"
  in_agent status -o json >$status_file || true
  expect_json .agent.observeOnly true
  expect_json .ready false
  expect_exit 0 podman pod stop sctp-agent
fi
