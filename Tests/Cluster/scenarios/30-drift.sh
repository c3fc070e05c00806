# What others change on a node is repaired, and the agent says so.

repaired() { on 1 '[ -f /etc/modprobe.d/sctp-blacklist.conf ] && ! grep blacklist /etc/modprobe.d/sctp-blacklist.conf'; }
drifts() { in_agent node1 status -o json | jq -e '.drift.total >= 2'; }

check "somebody blacklists sctp in the declared file" on 1 'echo "blacklist sctp" >/etc/modprobe.d/sctp-blacklist.conf'
within "$soon" "the agent repairs the file" repaired
check "somebody removes the load file" on 1 'rm /etc/modules-load.d/sctp-load.conf'
within "$soon" "the agent writes it again" on 1 'grep -x sctp /etc/modules-load.d/sctp-load.conf'
check "somebody blacklists sctp in another file" on 1 'echo "blacklist sctp" >/etc/modprobe.d/99-other.conf'
within "$soon" "the agent comments the line out" on 1 'grep sctp /etc/modprobe.d/99-other.conf && ! grep "^blacklist" /etc/modprobe.d/99-other.conf'
within "$soon" "its status counts the drifts" drifts
within "$soon" "the node is Ready" in_agent node1 status
check "the other file is removed" on 1 'rm /etc/modprobe.d/99-other.conf'
within "$soon" "the node is Ready" in_agent node1 status

# More than five repairs within a minute: the agent backs off, and calls the file contended. The other program waits for each
# repair, because the agent repairs two writes at once if it sees both.
check "another program rewrites the declared file until the agent backs off" on 1 'for i in $(seq 20); do
    echo "blacklist sctp" >/etc/modprobe.d/sctp-blacklist.conf
    for j in $(seq 25); do sleep 0.2; grep -q blacklist /etc/modprobe.d/sctp-blacklist.conf || continue 2; done
    echo "not repaired within 5 s after $i writes"
    [ $i -gt 5 ]
    exit
  done
  exit 1'
within "$soon" "the agent says so" says '*Contended*' in_agent node1 status -o json
within "$soon" "the alert SctpContended fires for node1" alert_fires SctpContended node1
within "$soon" "the agent repairs the file after its back-off" repaired
