#: machine systemd
#: boots 2
#: needs agent
# A node before and after a reboot. SCTP is blocked, and the agent's unit makes it usable at once. After the reboot,
# systemd-modules-load loads the module before the agent starts, and the agent is ready before the kubelet starts.

case $BOOT in
  1)
    stock_blacklist
    expect_module absent
    expect_socket EPROTONOSUPPORT
    install_unit
    printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' \
      >/etc/systemd/system/kubelet.service
    systemctl enable --quiet kubelet
    expect_exit 0 systemctl start sctp-agent
    read_status
    expect_json .ready true
    expect_json .agent.mode systemd
    expect_converged
    ;;
  2)
    wait_for 100 "the unit is active" systemctl is-active sctp-agent
    loaded=$(journalctl -b -o short-monotonic -t systemd-modules-load | sed -n "s/^\[ *\([0-9]*\)\.\([0-9]*\)\].*Inserted module 'sctp'.*/\1\2/p")
    started=$(unit_property sctp-agent ExecMainStartTimestampMonotonic)
    ended=$(unit_property systemd-modules-load ExecMainExitTimestampMonotonic)
    expect_match "systemd-modules-load inserted sctp, at microsecond" '[0-9]*' "$loaded"
    if [ "${loaded:-$started}" -lt "$started" ] && [ "$ended" -lt "$started" ]; then
      passed "the module was loaded before the agent started, at microsecond: $started"
    else
      failed "the module was loaded before the agent started" "loaded $loaded, loader ended $ended, agent started $started"
    fi
    ready=$(unit_property sctp-agent ActiveEnterTimestampMonotonic)
    kubelet=$(unit_property kubelet ExecMainStartTimestampMonotonic)
    if [ "$ready" -gt 0 ] && [ "$ready" -lt "$kubelet" ]; then
      passed "the agent was ready before kubelet started, at microsecond: $kubelet"
    else
      failed "the agent was ready before kubelet started" "ready $ready, kubelet $kubelet"
    fi
    read_status
    expect_json .ready true
    expect_json '.files | map(.repairs) | add' 0
    expect_converged
    expect "restarts of the unit" 0 "$(unit_property sctp-agent NRestarts)"
    ;;
esac
