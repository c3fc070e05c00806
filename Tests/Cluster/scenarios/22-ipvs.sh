# The same ways through kube-proxy in ipvs mode.

# proxy_mode N MODE: restarts kube-proxy in that mode, without the rules of the other. Removing these takes long on an
# emulated machine. kube-proxy's own cleanup leaves the table of IPVS as it is.
proxy_mode() {
  SCTP_AGENT_CLUSTER_SHELL_LIMIT=$patience on "$1" "systemctl stop kube-proxy
    /usr/local/bin/kube-proxy --cleanup >/dev/null 2>&1
    ipvsadm --clear
    echo PROXY_MODE=$2 >/etc/default/kube-proxy
    systemctl start kube-proxy"
}

# Not of this machine: an IPVS that is there holds the Service, or none does.
ipvs_has_service() { on "$1" 'grep "^SCTP " /proc/net/ip_vs'; }
iptables_have_service() { on "$1" 'iptables -t nat -S KUBE-SERVICES | grep -e "-p sctp"'; }

for n in $nodes; do
  check "node$n: kube-proxy starts in ipvs mode" proxy_mode "$n" ipvs
done
for n in $nodes; do
  within "$patience" "node$n: ipvs has the SCTP Service" ipvs_has_service "$n"
done
every_way
for n in $nodes; do
  check "node$n: kube-proxy starts in iptables mode" proxy_mode "$n" iptables
done
for n in $nodes; do
  within "$patience" "node$n: iptables have the SCTP Service" iptables_have_service "$n"
  check "node$n: ipvs has nothing left" not ipvs_has_service "$n"
done
within "$soon" "pod on node1 to the ClusterIP" reaches prober node1 "$(cluster_address):36412"
