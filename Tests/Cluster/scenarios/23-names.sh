# Names of Services, from a resolver that has the cluster's Endpoints: a headless Service and a ClusterIP.

apply_resolver() {
  sed "s/ADDRESS/$dns_service/; s/SERVER/$prefix.1/" "$cluster/manifests/resolver.yaml" | k apply -f -
}

check "the headless Service is applied" k apply -f "$cluster/manifests/headless.yaml"
need check "the resolver's Service is applied" apply_resolver
check "the resolver starts" start_process resolver "$cluster/lib/resolver"
for n in $nodes; do
  within "$patience" "pod on node$n to the headless Service by name" reaches prober "node$n" probers:36412
  within "$patience" "pod on node$n to the ClusterIP by name" reaches prober "node$n" echo.sctp-example:36412
done
