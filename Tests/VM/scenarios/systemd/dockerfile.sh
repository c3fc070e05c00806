#: machine systemd
#: packages podman catatonit crun selinux-basics selinux-policy-default policycoreutils
#: needs agent
#: prepare image
#: timeout 900
# The Dockerfile, by the recipe of `make image`, with containers: each step runs in one, and so does what comes out.

build_image
expect "labels" "Apache-2.0 $VERSION" "$(podman image inspect --format \
  '{{index .Labels "org.opencontainers.image.licenses"}} {{index .Labels "org.opencontainers.image.version"}}' $agent_image)"
expect_exit 0 podman run --rm --network none --read-only $agent_image --version
expect_output "its version" "sctp-agent $VERSION*"
expect_exit 127 podman run --rm --network none --entrypoint /bin/sh $agent_image -c true
