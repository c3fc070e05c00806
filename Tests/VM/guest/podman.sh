# Containers: base images of this machine's own files, the agent's image by the recipe of `make image`, and its pod.

# The harness says which VERSION is built.
agent_image=localhost/sctp-agent:$VERSION

# base_image NAME FILE...: an image of these files, each with the shared libraries that it needs.
base_image() {
  base_tree=/var/tmp/$1
  base_name=$1
  shift
  mkdir -p "$base_tree/usr/bin" "$base_tree/usr/lib" "$base_tree/usr/lib64" "$base_tree/tmp"
  for directory in bin lib lib64; do
    ln -s "usr/$directory" "$base_tree/$directory"
  done
  { ldd "$@" 2>/dev/null | grep -o '/[^ :]*\.so[^ :]*'; printf '%s\n' "$@"; } | sort -u | while read -r base_file; do
    mkdir -p "$base_tree$(dirname "$base_file")"
    cp -L "$base_file" "$base_tree$base_file"
  done
  tar -C "$base_tree" -c . | podman import --quiet - "localhost/$base_name" >/dev/null
}

# build_image: what the Dockerfile's stages ask of a base image is there, and nothing more.
build_image() {
  base_image runtime /usr/lib/x86_64-linux-gnu/libc.so.6 /usr/lib/x86_64-linux-gnu/libm.so.6
  base_image libraries /usr/bin/sh /usr/bin/bash /usr/bin/ldd /usr/bin/sed /usr/bin/grep /usr/bin/mkdir /usr/bin/cp \
    /usr/bin/ln /usr/sbin/ldconfig /usr/bin/realpath /usr/lib/x86_64-linux-gnu/libkmod.so.2 /usr/lib/x86_64-linux-gnu/libgcc_s.so.1 \
    /usr/lib/x86_64-linux-gnu/libm.so.6
  cd /scenario/context || return
  expect_exit 0 sh /scenario/make-image
  cd / || return
  # Nothing else can be told without it.
  [ "$actual_status" = 0 ] || vm-exit 1
}

# load_image: as built by the machine that this one runs on.
load_image() {
  expect_exit 0 podman load --quiet --input /scenario/image.tar
  [ "$actual_status" = 0 ] || vm-exit 1
  rm /scenario/image.tar
}

# in_agent ARGUMENT...: a command of the agent in the running pod.
in_agent() {
  podman exec sctp-agent-agent /usr/bin/sctp-agent "$@"
}

# agent_container FORMAT
agent_container() {
  podman container inspect --format "$1" sctp-agent-agent
}

# unprivileged_container ARGUMENT...: the agent's image as anybody may run it.
unprivileged_container() {
  podman run --rm --network none --read-only --user 65534:65534 --cap-drop all --security-opt no-new-privileges \
    $agent_image "$@"
}

# install_machineconfig FILE: its systemd units, as Ignition would put them in place.
install_machineconfig() {
  units=$(jq -r '.spec.config.systemd.units[].name' "$1")
  for unit in $units; do
    unit_json=$(jq --arg unit "$unit" '.spec.config.systemd.units[] | select(.name == $unit)' "$1")
    printf '%s' "$unit_json" | jq -j .contents >"/etc/systemd/system/$unit"
    for dropin in $(printf '%s' "$unit_json" | jq -r '.dropins // [] | .[].name'); do
      mkdir -p "/etc/systemd/system/$unit.d"
      printf '%s' "$unit_json" | jq -j --arg dropin "$dropin" '.dropins[] | select(.name == $dropin) | .contents' \
        >"/etc/systemd/system/$unit.d/$dropin"
    done
  done
  systemctl daemon-reload
  systemctl enable --quiet $units
}
