# Without the agent the example's pods are refused, and the product's own commands say why.

# blames_line N COMMAND: whether a command of the agent's on that node exits 1 and names the line of the stock blacklist.
blames_line() {
  local output status=0
  output=$(on "$1" "/run/node/tools/sctp-agent $2") || status=$?
  printf '%s\nexit status %s\n' "$output" $status
  [ $status = 1 ] && [[ $output == */etc/modprobe.d/sctp-blacklist.conf:2* ]]
}

both_logs_say_why() {
  local output
  output=$(k -n sctp-example logs -l app.kubernetes.io/name=echo --tail=1)
  echo "$output"
  [ "$(grep -c EPROTONOSUPPORT <<<"$output")" = 2 ]
}

tell "The nodes as they come: SCTP is blacklisted"
quietly show kubectl get nodes
for n in $nodes; do
  check "node$n: sctp is not loaded" lacks_module "$n"
  check "node$n: what it came with is kept for comparison" keep_stock "$n"
  check "node$n: the stock blacklist is in place" on "$n" 'grep "^blacklist sctp" /etc/modprobe.d/sctp-blacklist.conf'
done

need check "kubectl apply -k deploy/example" show kubectl apply -k deploy/example
within "$patience" "the servers' logs say EPROTONOSUPPORT" every_log_says echo EPROTONOSUPPORT
within "$patience" "the client's log says EPROTONOSUPPORT" some_log_says probe EPROTONOSUPPORT
# While the kubelet replaces a container, there is no log for a moment.
within "$patience" "both servers' logs can be read" both_logs_say_why
quietly show kubectl -n sctp-example logs -l app.kubernetes.io/name=echo --tail=1
for n in $nodes; do
  check "node$n: the pods' tries have not loaded sctp" lacks_module "$n"
  check "node$n: sctp-agent check names file and line" blames_line "$n" check
  check "node$n: sctp-agent explain names file and line" blames_line "$n" explain
  check "node$n: sctp-agent plan announces changes" exits 2 on "$n" '/run/node/tools/sctp-agent plan'
done
quietly show 'node1$' '/run/node/tools/sctp-agent explain' || true
check "the machine outside of the cluster can use SCTP" on 0 'modprobe sctp'
check "the NodePort gives it no association" not outside "$(node_address 1):30412"
