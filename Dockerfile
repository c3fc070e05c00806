# The agent's image has one program and the libraries that it needs. It has no shell.
#
#   make image                                                          around the binary of `make release`
#   podman build --tag localhost/sctp-agent --build-arg BINARY=compiled .   all of it, without Swift on this machine
#
# The base images are arguments. BUILDER needs Swift, LIBRARIES needs bash and a package manager or libkmod, RUNTIME needs the
# C library. They are pinned by the digests of their indexes, which name the images of all architectures. The digests were
# taken on 2026-11-27 from public records of these tags. docs/stability.md names them, and says how to move on.
# swift:6.3-rhel-ubi9 of 2026-08-11, with Swift 6.3.3
ARG BUILDER=docker.io/library/swift@sha256:775a86a78ec88ce490657f9c983ccc3dece8573f0ee3b24e6d581ba1c333ffac
# ubi-minimal:9.8-1789546276 of 2026-09-16
ARG LIBRARIES=registry.access.redhat.com/ubi9/ubi-minimal@sha256:7b8e25a1b56ca4d00219198f3b5b51a3e1693a5c4f5369c5e190d7d6cb3f980e
# ubi-micro:9.8-1789345812 of 2026-09-14
ARG RUNTIME=registry.access.redhat.com/ubi9/ubi-micro@sha256:7a0454cbd9bd847e8f6a63b6f0254a6efbeb6e0ed71a5d824a4f6cccbe626650
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
