# deploy/chart/sctp-agent with its default values: rolled out, Ready, and nothing is pending afterwards.

apply_chart() { "$cluster/lib/render-chart" "$1" >"$run/chart.yaml" && k apply -f "$run/chart.yaml"; }
chart_again() {
  local output
  output=$(k apply -f "$run/chart.yaml") || return
  echo "$output"
  ! grep -v ' unchanged$' <<<"$output" && k diff -f "$run/chart.yaml"
}

need check "the chart's objects are applied" apply_chart '{}'
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
check "a second apply changes nothing" chart_again
check "the plain overlay is applied again" k apply -k deploy/overlays/kubernetes
within "$patience" "the DaemonSet is rolled out" agents_rolled_out
within "$patience" "the agent says Ready on every node" agents_ready
