# What can be done with this repository. `make test` and `make demo` install what they need (Debian or Ubuntu, as root,
# with a Swift toolchain); everything they start is bounded in time.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The same flags everywhere: other flags would build everything anew. Measuring coverage costs the tests next to nothing.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
TEST_FLAGS := $(SWIFT_FLAGS) --enable-code-coverage
RELEASE_FLAGS := $(SWIFT_FLAGS) -c release --static-swift-stdlib -Xlinker -L$(CURDIR)/.build/static
STATIC := $(addprefix .build/static/,libyaml.a libz.a libstdc++.a)
BUILD_PACKAGES := libkmod-dev libyaml-dev zlib1g-dev pkg-config

DESTDIR ?=
PREFIX ?= /usr/local
UNITDIR ?= /etc/systemd/system

.PHONY: help deploy-test mutate packages check lint coverage format build test fuzz vm-test demo release install clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

packages:
	@Tests/VM/install-packages $(BUILD_PACKAGES)

check: lint coverage ## format lint, import rules, build, unit tests, and how much of the code they run

lint: packages
	swift format lint --strict --recursive Package.swift Sources Tests
	.ci/check-purity

coverage: packages ## the unit tests, and the lines that they run
	swift build --build-tests $(TEST_FLAGS)
	swift test --skip-build $(TEST_FLAGS)
	Tests/Coverage/report "$$(swift test $(TEST_FLAGS) --show-codecov-path)"

format: ## put every Swift file in the one format
	swift format --in-place --recursive Package.swift Sources Tests

test: check fuzz vm-test ## every test: unit, integration on made-up roots, and real kernels in VMs

fuzz: packages ## the parsers, fed made-up input for a short while
	Tests/Fuzz/run 10

mutate: packages ## deliberate faults in the targets that decide, each of which a test has to catch (20 minutes)
	Tests/Mutations/run

vm-test: packages release ## the scenarios of Tests/VM only
	Tests/VM/run

deploy-test: packages ## manifests, alerts, units and MachineConfigs only; with the agent where one is built
	Tests/deploy/run

demo: packages release ## boot a stock kernel in a VM and watch the agent enable SCTP
	@Tests/VM/demo.sh

release: packages $(STATIC) ## the binary as it ships, its checksums and its bill of materials, in .build/dist
	swift build $(RELEASE_FLAGS) --product sctp-agent
	mkdir -p .build/dist
	strip -o .build/dist/sctp-agent .build/release/sctp-agent
	deploy/release/check-binary .build/dist/sctp-agent
	deploy/release/bill-of-materials .build/dist/sctp-agent >.build/dist/sctp-agent.cdx.json
	cd .build/dist && sha256sum sctp-agent sctp-agent.cdx.json >SHA256SUMS

# A directory with nothing but these archives makes the linker take them, and leave libkmod to the host.
$(STATIC): .build/static/%:
	mkdir -p .build/static
	ln -sf "$$(gcc -print-file-name=$*)" $@

install: release ## the binary and the unit, below DESTDIR
	install -D -m 0755 .build/dist/sctp-agent $(DESTDIR)$(PREFIX)/bin/sctp-agent
	install -D -m 0644 systemd/sctp-agent.service $(DESTDIR)$(UNITDIR)/sctp-agent.service

clean: ## what the build made
	rm -rf .build
