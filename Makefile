# What can be done with this repository. `make test` and `make demo` install what they need (Debian or Ubuntu, as root,
# with a Swift toolchain); everything they start is bounded in time.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The same flags everywhere: other flags would build everything again. Measuring coverage costs the tests next to nothing.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
TEST_FLAGS := $(SWIFT_FLAGS) --enable-code-coverage
RACE_FLAGS := $(SWIFT_FLAGS) --sanitize=thread --scratch-path .build-race
# SwiftPM keeps what it has read of Package.swift, and the plan that it made of it, with the commit of an earlier build.
# Debug information, even if it is stripped, makes each build another one: the compiler hashes its ids of C modules.
RELEASE_FLAGS := $(SWIFT_FLAGS) -Xswiftc -gnone --manifest-cache none --disable-build-manifest-caching -c release --static-swift-stdlib -Xlinker -L$(CURDIR)/.build/static -Xlinker -Map=$(CURDIR)/.build/release.map
# What the compiler makes can depend on the addresses that it gets. A container may forbid to fix them.
FIXED_ADDRESSES := $(shell setarch -R true 2>/dev/null && echo setarch -R)
STATIC := $(addprefix .build/static/,libmd.a libyaml.a libz.a libstdc++.a)
# Beside what a Swift toolchain asks for.
BUILD_PACKAGES := gcc libc6-dev libkmod-dev libmd-dev libyaml-dev zlib1g-dev pkg-config python3

BINARY ?= .build/dist/sctp-agent
DESTDIR ?=
PREFIX ?= /usr/local
UNITDIR ?= /etc/systemd/system

VERSION := $(shell deploy/release/version)
# What is made of one commit has the time of that commit, so that it has the same bytes each time.
EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null))
DIST ?= .build/dist
IMAGE ?= localhost/sctp-agent:$(VERSION)
CONTAINER_TOOL ?= podman
IMAGE_ARGS ?=
FORM ?= binary
FUZZ_SECONDS ?= 90
ROLE ?= worker

.PHONY: help model bench cluster cluster-test cluster-short cluster-down endurance soak deploy-test documentation mutate race packages test-packages check lint coverage format \
  test fuzz matrix vm-test demo release archive chart deb rpm dist dist-only reproducible install install-only uninstall image image-only \
  machineconfig clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## /{printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Another program than Debian's installs them in the Dockerfile.
INSTALL_PACKAGES ?= .ci/install-packages
packages:
	@$(INSTALL_PACKAGES) $(BUILD_PACKAGES)

check: lint coverage documentation model ## format lint, import rules, build, unit tests, what of the code they run, documentation, models

lint: packages
	@$(INSTALL_PACKAGES) shellcheck
	swift format lint --strict --recursive Package.swift Sources Tests
	.ci/check-purity
	.ci/check-shell
	.ci/check-links
	Tests/Mutations/run --fit

# What the unit tests hold /metrics, the page and the reading of drop-ins to.
test-packages: packages
	@$(INSTALL_PACKAGES) prometheus chromium kmod systemd

coverage: test-packages ## the unit tests, and the lines that they run
	swift build --build-tests $(TEST_FLAGS)
	swift test --skip-build $(TEST_FLAGS)
	Tests/Coverage/report "$$(swift test $(TEST_FLAGS) --show-codecov-path)"

documentation: packages ## of every target, in .build/documentation; a warning is an error, and so is a type without words
	swift build --build-tests $(TEST_FLAGS)
	Tests/Documentation/build "$$(swift build $(TEST_FLAGS) --show-bin-path)" .build/documentation

format: ## put every Swift file in the one format
	swift format --in-place --recursive Package.swift Sources Tests

test: check race mutate fuzz vm-test endurance deploy-test cluster-short ## every test: unit, made-up nodes, real kernels in VMs, a real Kubernetes

model: ## the models of the writers, in every interleaving
	@$(INSTALL_PACKAGES) spin gcc libc6-dev
	Tests/Model/run

fuzz: packages ## the parsers, fed made-up input, each for FUZZ_SECONDS (90)
	Tests/Fuzz/run $(FUZZ_SECONDS)

race: test-packages ## the daemon's tests, and the daemon in them, under the thread sanitizer
	swift build --build-tests $(RACE_FLAGS)
	rm -rf .build-race/reports && mkdir .build-race/reports
	"$$(dirname "$$(realpath "$$(command -v swift)")")/clang" -O2 -shared -fPIC -o .build-race/mutex.so Tests/Race/mutex.c -ldl
	status=0; TSAN_OPTIONS=log_path=$(CURDIR)/.build-race/reports/race LD_PRELOAD=$(CURDIR)/.build-race/mutex.so \
	  swift test --skip-build $(RACE_FLAGS) --filter '^(NodeAgent|Linux|LinuxNode|StatusServer|EndToEnd)Tests\.' || status=$$?; \
	  ! cat .build-race/reports/* 2>/dev/null | grep . && exit $$status

mutate: packages ## deliberate faults in the targets that decide, each of which a test has to catch
	Tests/Mutations/run

matrix: test-packages release ## against the kmod, systemd and kernel of bullseye, bookworm, trixie and sid (two hours)
	swift build --build-tests $(TEST_FLAGS)
	Tests/VM/lib/packages
	Tests/Matrix/run

vm-test: packages release ## the scenarios of Tests/VM only
	Tests/VM/run

cluster-test: packages release ## a real Kubernetes on virtual machines, from nothing, and everything of deploy/ in it (55 minutes)
	Tests/Cluster/run

cluster-short: packages release ## of that one node, the DaemonSet, the Services and a reboot
	Tests/Cluster/run --short

cluster: packages release ## the same cluster, left up: Tests/Cluster/kubectl, Tests/Cluster/node
	Tests/Cluster/cluster up

cluster-down: ## ends that cluster
	Tests/Cluster/cluster down

endurance: packages release ## deaths by SIGKILL under drift, several writers at once, random changes, GiB of foreign files, and a short soak
	Tests/Endurance/kills
	Tests/Endurance/writers
	Tests/Endurance/changes
	Tests/Endurance/foreign
	Tests/Endurance/soak -n 1000 -r 50000

soak: packages release ## 10,000 drifts and 1,000,000 requests: the agent must not grow (3 minutes)
	Tests/Endurance/soak

deploy-test: packages ## manifests, alerts, units and MachineConfigs only; with the agent where one is built
	Tests/Deploy/run

bench: packages release ## the agent beside its peers, all of it or MEASURE="requests drift" (15 minutes)
	Benchmarks/install-peers
	Benchmarks/run $(MEASURE)

demo: packages release ## boot a stock kernel in a VM and watch the agent enable SCTP
	@Tests/VM/demo

release: packages $(STATIC) ## the binary as it ships, its checksums and its bill of materials, in .build/dist
	$(FIXED_ADDRESSES) swift build $(RELEASE_FLAGS) --product sctp-agent
	mkdir -p .build/dist
	strip -o .build/dist/sctp-agent .build/release/sctp-agent
	deploy/release/check-binary .build/dist/sctp-agent $(shell git rev-parse --short=12 HEAD 2>/dev/null)
	deploy/release/bill-of-materials .build/dist/sctp-agent >.build/dist/sctp-agent.cdx.json
	cd .build/dist && sha256sum sctp-agent sctp-agent.cdx.json >SHA256SUMS

archive chart deb rpm: release ## one file of a release, in .build/dist
	@$(if $(filter rpm,$@),$(INSTALL_PACKAGES) rpm)
	deploy/package/build $@ $(BINARY) $(DIST)

# The image needs base images: `make dist IMAGE_ARGS=…` names others than those of the Dockerfile.
dist: release ## every file of a release, with checksums, in .build/dist; the same commit gives the same bytes
	@$(INSTALL_PACKAGES) rpm
	@$(MAKE) --no-print-directory dist-only

dist-only:
	find $(DIST) -maxdepth 1 -type f ! -name sctp-agent ! -name sctp-agent.cdx.json -delete
	for file in archive chart deb rpm; do deploy/package/build $$file $(BINARY) $(DIST); done
	@$(MAKE) --no-print-directory image-only
	$(CONTAINER_TOOL) save --output $(DIST)/sctp-agent-image-$(VERSION)-$(shell uname -m).tar $(IMAGE)
	cd $(DIST) && sha256sum $$(LC_ALL=C ls | grep -vx SHA256SUMS) >SHA256SUMS
	cat $(DIST)/SHA256SUMS

reproducible: ## make dist twice, from nothing, and compare (twice the time of a clean release build)
	rm -rf .build/*/release .build/first
	$(MAKE) dist
	cp -r $(DIST) .build/first
	rm -rf .build/*/release $(DIST)
	$(MAKE) dist
	diff .build/first/SHA256SUMS $(DIST)/SHA256SUMS

# A directory with nothing but these archives makes the linker take them, and leave libkmod to the host.
$(STATIC): .build/static/%:
	mkdir -p .build/static
	ln -sf "$$(gcc -print-file-name=$*)" $@

install: release ## the binary, its units, manual page and completions, below DESTDIR
	@$(MAKE) --no-print-directory install-only

# Of what is built already. The manual page and the completions are made of what the binary says of itself.
install-only:
	install -D -m 0755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/sctp-agent
	install -d $(DESTDIR)$(UNITDIR) $(addprefix $(DESTDIR)$(PREFIX)/share/,man/man8 bash-completion/completions \
	  zsh/site-functions fish/vendor_completions.d)
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' systemd/sctp-agent.service >$(DESTDIR)$(UNITDIR)/sctp-agent.service
	install -m 0644 systemd/sctp-agent.socket $(DESTDIR)$(UNITDIR)/sctp-agent.socket
	deploy/release/manual $(BINARY) >$(DESTDIR)$(PREFIX)/share/man/man8/sctp-agent.8
	$(BINARY) completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/sctp-agent
	$(BINARY) completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_sctp-agent
	$(BINARY) completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/sctp-agent.fish

# The other way round: what the agent has changed is undone while it is still there to do that. Below a DESTDIR nothing runs.
uninstall: ## stops and reverts the agent of `make install`, and removes its files; keeps /etc/sctp-agent
ifeq ($(DESTDIR),)
	-systemctl disable --now sctp-agent.service sctp-agent.socket
	$(PREFIX)/bin/sctp-agent revert
endif
	rm -f $(DESTDIR)$(UNITDIR)/sctp-agent.service $(DESTDIR)$(UNITDIR)/sctp-agent.socket $(addprefix $(DESTDIR)$(PREFIX)/, \
	  bin/sctp-agent share/man/man8/sctp-agent.8 share/bash-completion/completions/sctp-agent \
	  share/zsh/site-functions/_sctp-agent share/fish/vendor_completions.d/sctp-agent.fish)
ifeq ($(DESTDIR),)
	-systemctl daemon-reload
endif

image: release ## the container image IMAGE, around the binary of `make release`
	@$(MAKE) --no-print-directory image-only

image-only:
	$(CONTAINER_TOOL) build --tag $(IMAGE) --build-arg BINARY=prebuilt --build-arg VERSION=$(VERSION) \
	  --build-arg REVISION=$(shell git rev-parse HEAD) $(if $(and $(filter podman,$(notdir $(CONTAINER_TOOL))),$(EPOCH)),--timestamp $(EPOCH)) \
	  $(IMAGE_ARGS) .

machineconfig: ## print the MachineConfig that brings IMAGE to RHCOS, FORM binary, podman or quadlet, for ROLE
	@deploy/rhcos/machineconfig --image $(IMAGE) --form $(FORM) --role $(ROLE)

clean: ## what the build made
	rm -rf .build .build-race .build-mutations .build-fuzz
