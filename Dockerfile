# The agent's image: one program, the libraries that it needs beside the C library, and nothing that needs a shell.
#
#   make image                                                          around the binary of `make release`
#   podman build --tag localhost/sctp-agent --build-arg BINARY=compiled .   all of it, without Swift on this machine
#
# Base images are arguments, because they cannot be pulled everywhere. BUILDER has Swift, LIBRARIES has bash and a
# package manager or libkmod itself, RUNTIME has the C library.
ARG BUILDER=docker.io/library/swift:6.3-rhel-ubi9
ARG LIBRARIES=registry.access.redhat.com/ubi9/ubi-minimal:latest
ARG RUNTIME=registry.access.redhat.com/ubi9/ubi-micro:latest
# Whose binary it is: that of the stage `compiled`, or of `prebuilt`. (podman before 4.4 overlooks what is said here.)
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
# Root of the node's files; no other user could write them. The root file system can be read-only.
USER 0:0
EXPOSE 9132/tcp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/sctp-agent"]
# Every command looks at the node whose directories are mounted there.
ENV SCTP_AGENT_ROOT=/host
CMD ["run", "--listen=:9132"]
