# The agent's image has one program and the libraries that it needs. It has no shell.
#
#   make image                                                          around the binary of `make release`
#   podman build --tag localhost/sctp-agent --build-arg BINARY=compiled .   all of it, without Swift on this machine
#
# The base images are arguments. BUILDER needs Swift, LIBRARIES needs bash and a package manager or libkmod, RUNTIME needs the
# C library. They are named by tag and not by digest: no registry can be reached where this project is developed (checked on
# 2026-11-26), so that no digest is known here. docs/stability.md says how to pin them, and how to move on to newer ones.
ARG BUILDER=docker.io/library/swift:6.3-rhel-ubi9
ARG LIBRARIES=registry.access.redhat.com/ubi9/ubi-minimal:latest
ARG RUNTIME=registry.access.redhat.com/ubi9/ubi-micro:latest
# The stage that the binary comes from: `compiled` or `prebuilt`. podman before 4.4 ignores this default.
ARG BINARY=compiled

FROM ${BUILDER} AS compiled
WORKDIR /src
COPY . .
RUN deploy/image/prepare build
RUN make release INSTALL_PACKAGES=true && deploy/image/collect .build/dist/sctp-agent /image

FROM ${LIBRARIES} AS prebuilt
WORKDIR /src
COPY deploy/image deploy/image
COPY .build/dist/sctp-agent .build/dist/sctp-agent
RUN deploy/image/prepare run && deploy/image/collect .build/dist/sctp-agent /image

FROM ${BINARY} AS binary

FROM ${RUNTIME}
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="sctp-agent" \
      org.opencontainers.image.description="SCTP on a Kubernetes node: unblocked, loaded and proved" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      io.k8s.display-name="sctp-agent" \
      io.openshift.tags="sctp,network,node"
COPY --from=binary /image/ /
# Only root may write the node's files. The root file system can be read-only.
USER 0:0
EXPOSE 9132/tcp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/sctp-agent"]
# Every command examines the node whose directories are mounted there.
ENV SCTP_AGENT_ROOT=/host
CMD ["run", "--listen=:9132"]
