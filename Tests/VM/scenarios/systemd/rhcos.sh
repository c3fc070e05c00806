#: machine systemd
#: packages podman catatonit crun selinux-basics selinux-policy-default policycoreutils
#: cmdline security=selinux selinux=1 enforcing=0
#: needs agent
#: prepare image
#: each FORM binary podman
#: timeout 900
# The units of the MachineConfig that `make machineconfig` prints, with a local image instead of a registry's: on a host
# with podman they start the agent. SELinux is on, because a label is set. It is permissive, and podman runs without it,
# because this distribution's policy has no rules for containers.

stock_blacklist
node_files() {
  tar -C / --sort=name --mtime=@0 -c etc/modprobe.d etc/modules-load.d | sha256sum
}
before=$(node_files)
rm /usr/local/bin/sctp-agent
printf '[containers]\nlabel = false\n' >/etc/containers/containers.conf
load_image
mkdir -p /var/lib/kubelet
echo '{}' >/var/lib/kubelet/config.json
install_machineconfig "/scenario/machineconfig-$FORM.json"
expect_socket EPROTONOSUPPORT

# The options are in the same place, whatever the form.
mkdir -p /etc/sctp-agent
echo SCTP_AGENT_UNBLOCK=all >/etc/sctp-agent/environment
expect_exit 0 systemctl start sctp-agent
read_status
expect_json .ready true
expect_json .agent.unblock all
expect_converged
case $FORM in
  binary)
    expect_json .agent.mode systemd
    expect "type of the program" bin_t "$(stat -L -c %C /usr/local/bin/sctp-agent | cut -d : -f 3)"
    expect "containers that are left" "" "$(podman ps --all --quiet)"
    expect_exit 0 systemctl restart sctp-agent
    expect_match "systemctl shows the state" '*[Rr]eady*' "$(unit_property sctp-agent StatusText)"
    # The MachineConfig of another image: its binary takes the place of the older one.
    older=$(readlink /usr/local/bin/sctp-agent)
    sed -i "s/$older/sctp-agent-of-000000000000/g" /etc/systemd/system/sctp-agent*.service \
      /etc/systemd/system/sctp-agent.service.d/*.conf
    systemctl daemon-reload
    systemctl stop sctp-agent-fetch
    expect_exit 0 systemctl restart sctp-agent
    expect "the binary of the new image" sctp-agent-of-000000000000 "$(readlink /usr/local/bin/sctp-agent)"
    expect "binaries that are left" /usr/local/bin/sctp-agent-of-000000000000 "$(echo /usr/local/bin/sctp-agent-of-*)"
    read_status
    expect_json .ready true
    ;;
  podman)
    expect "the container runs" true "$(podman container inspect --format '{{.State.Running}}' sctp-agent)"
    ;;
esac
expect_exit 0 systemctl stop sctp-agent
expect "result of the unit" success "$(unit_property sctp-agent Result)"

# The form quadlet, in the same boot: the generator of a newer podman makes the unit, of the same container.
if [ "$FORM" = podman ]; then
  rm /etc/systemd/system/sctp-agent.service /etc/systemd/system/multi-user.target.wants/sctp-agent.service
  install -D -m 644 /scenario/quadlet/units/machineconfig-sctp-agent.container \
    /etc/containers/systemd/sctp-agent.container
  install -D -m 755 /scenario/quadlet/quadlet /usr/lib/systemd/system-generators/podman-system-generator
  systemctl daemon-reload
  expect "at boot" generated "$(systemctl is-enabled sctp-agent)"
  stock_blacklist
  expect_exit 0 systemctl start sctp-agent
  expect_match "its unit" '*/generator/sctp-agent.service' "$(unit_property sctp-agent FragmentPath)"
  read_status
  expect_json .ready true
  expect_json .agent.unblock all
  expect_converged
  expect_exit 0 systemctl stop sctp-agent
  expect "result of the unit" success "$(unit_property sctp-agent Result)"
fi

# The way out of docs/uninstall.md. A MachineConfig that is deleted takes its units along.
case $FORM in
  binary)
    expect_exit 0 sctp-agent revert
    rm -rf /usr/local/bin/sctp-agent* /etc/sctp-agent
    ;;
  podman)
    # Any container that sees the node as the pod of overlays/revert does.
    expect_exit 0 podman run --rm --network none --volume /etc:/host/etc --volume /usr:/host/usr:ro \
      --volume /lib/modules:/host/lib/modules:ro --volume /var/lib:/host/var/lib $agent_image revert
    rm -rf /etc/sctp-agent /etc/containers/systemd/sctp-agent.container
    ;;
esac
rm -rf /etc/systemd/system/sctp-agent* /etc/systemd/system/multi-user.target.wants/sctp-agent*
systemctl daemon-reload
expect "the node's files" "$before" "$(node_files)"
expect "what is left of the agent" "" "$(find /etc /usr/local /var/lib -path /var/lib/containers -prune -o -name '*sctp-agent*' -print)"
