# Pod to pod, ClusterIP and NodePort through kube-proxy in iptables mode, by pods without privileges.

tell "The example again"
# New pods instead of waiting for the kubelet's next try.
check "the refused servers are deleted" show kubectl -n sctp-example delete pods -l app.kubernetes.io/name=echo --wait=false
check "the refused client is deleted" show kubectl -n sctp-example delete job probe
check "kubectl apply -k deploy/example" show kubectl apply -k deploy/example
within "$patience" "the servers are ready" example_ready
within "$patience" "the client's job is complete" probe_complete
quietly show kubectl -n sctp-example get pods -o wide
quietly show kubectl -n sctp-example logs job/probe
check "a second apply changes nothing" apply_again deploy/example
check "pods to try from on every node" start_probers
every_way
