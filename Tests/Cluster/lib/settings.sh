# shellcheck shell=bash
# Sourced by every script of the cluster: where things are, names, addresses, and what the environment may change.
#
#   SCTP_AGENT_CLUSTER_CACHE    everything that is downloaded or built, and the running cluster (default: .build/cluster; 6 GB)
#   SCTP_AGENT_CLUSTER_NODES    how many nodes (default: 2)
#   SCTP_AGENT_CLUSTER_MEMORY   MiB of a node (default: 1024)
#   SCTP_AGENT_CLUSTER_PATIENCE seconds that Kubernetes may take for one thing (default: 600; an idle machine needs 100)
#   SCTP_AGENT_CLUSTER_GO       SUITE=VERSION of the Go that builds Kubernetes (default: bullseye=1.15; bookworm=1.19 works too)
#   SCTP_AGENT_CLUSTER_ACCEL    qemu's accelerator (default: tcg,thread=multi,tb-size=256: by default qemu keeps up to 1 GiB of
#                               translated code for each machine)
#   SCTP_AGENT_CLUSTER_CMDLINE  words to add to the nodes' kernel command line
#   SCTP_AGENT_CLUSTER_NAME     the name of the network namespace (default: sctp-cluster)
#   SCTP_AGENT_BINARY           the agent under test (default: that of .build/dist, then .build/release, then .build/debug)
# shellcheck disable=SC2034 # used by those who source this
cluster=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repository=$(cd "$cluster/../.." && pwd)
cache=${SCTP_AGENT_CLUSTER_CACHE:-$repository/.build/cluster}
node_count=${SCTP_AGENT_CLUSTER_NODES:-2}
memory=${SCTP_AGENT_CLUSTER_MEMORY:-1024}
patience=${SCTP_AGENT_CLUSTER_PATIENCE:-600}
soon=$((patience / 2))       # seconds for what the agent does on its own
go_version=${SCTP_AGENT_CLUSTER_GO:-bullseye=1.15}
accel=${SCTP_AGENT_CLUSTER_ACCEL:-tcg,thread=multi,tb-size=256}
# Everything of the cluster is in one network namespace: the control plane as processes of this machine, the nodes as
# virtual machines with tap devices on one bridge. Machine 0 is in that network, and is not a member of the cluster.
netns=${SCTP_AGENT_CLUSTER_NAME:-sctp-cluster}
prefix=192.168.76            # $prefix.1: control plane; $prefix.1N: machine N
pods=10.244                  # $pods.N.0/24: the pods of node N
services=10.96.0.0/16
dns_service=10.96.0.10
server=https://$prefix.1:6443
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
bin=$cache/bin               # Kubernetes
run=$cache/run               # the running cluster: certificates, kubeconfigs, process ids, logs, disks

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# Prints the agent under test; fails where there is none.
agent_binary() {
  "$repository/.ci/agent-binary"
}

# Prints the image's name in the objects of deploy/.
agent_image() {
  echo "localhost/sctp-agent:$("$repository/deploy/release/version")"
}

# node_name N, node_address N
node_name() { [ "$1" = 0 ] && echo outside || echo "node$1"; }
node_address() { echo "$prefix.1$1"; }

# in_cluster COMMAND...: with the cluster's network.
in_cluster() { ip netns exec "$netns" "$@"; }

# start_process NAME COMMAND...: in the background with the cluster's network, a log and a file with its process id. The process
# leads a session of its own.
start_process() {
  local name=$1
  shift
  (exec ip netns exec "$netns" setsid "$@") >>"$run/log/$name" 2>&1 </dev/null &
  echo $! >"$run/pid/$name"
}

# runs NAME: whether that process runs, as one of this cluster.
runs() {
  local pid
  pid=$(cat "$run/pid/$1" 2>/dev/null) && [ "$(ip netns identify "$pid" 2>/dev/null)" = "$netns" ]
}

# stop_process NAME: ends it, by force after 10 s.
stop_process() {
  local pid try
  if runs "$1"; then
    pid=$(cat "$run/pid/$1")
    kill -- "-$pid" 2>/dev/null || true
    for try in $(seq 100); do
      [ -e "/proc/$pid" ] || break
      sleep 0.1
    done
    [ ! -e "/proc/$pid" ] || kill -9 -- "-$pid" 2>/dev/null || true
  fi
  rm -f "$run/pid/$1"
}

# private_apt SUITE: prints the file of an apt configuration for that suite of the distribution's mirror. The mirror is that
# of this machine's own configuration, which stays as it is.
private_apt() {
  local directory=$cache/apt-$1 mirror
  mkdir -p "$directory"/{lists/partial,cache/archives/partial,parts}
  if [ ! -e "$directory/updated" ]; then
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' \
      /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | grep -v security | head -n 1)
    printf '%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
      deb "$mirror" "$1" deb-src "$mirror" "$1" >"$directory/sources.list"
    cat >"$directory/apt.conf" <<E
Dir::Etc::SourceList "$directory/sources.list";
Dir::Etc::SourceParts "$directory/parts";
Dir::State::Lists "$directory/lists";
Dir::Cache "$directory/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
E
    APT_CONFIG=$directory/apt.conf apt-get -qq update >&2
    touch "$directory/updated"
  fi
  echo "$directory/apt.conf"
}

# unpack_packages SUITE DIRECTORY PACKAGE...: downloads and unpacks, installs nothing. The suite `own` is what this machine
# has configured.
unpack_packages() {
  local suite=$1 directory=$2 config='' download package
  shift 2
  [ "$suite" = own ] || config=$(private_apt "$suite")
  download=$(mktemp -d "$cache/download.XXXXXX")
  (cd "$download" && APT_CONFIG=$config apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 download "$@") >&2
  mkdir -p "$directory"
  for package in "$download"/*.deb; do
    dpkg-deb --extract "$package" "$directory"
  done
  rm -rf "$download"
}

# wait_until SECONDS WHAT COMMAND...: until the command succeeds; prints how long that took.
wait_until() {
  local limit=$1 what=$2 begin=$SECONDS
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $((SECONDS - begin)) -ge "$limit" ]; then
      echo "not within $limit s: $what" >&2
      "$@" >&2 || true
      return 1
    fi
    sleep 1
  done
  echo "$what ($((SECONDS - begin)) s)"
}
