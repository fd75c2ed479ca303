# csrunc: build it, run it, prove it. `make help` lists the targets.
# On Debian, what a target needs and the machine lacks is installed by apt (as root, or with sudo); the .NET SDK is yours to install.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
DESTDIR ?=
DOTNET ?= dotnet
VM_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/csrunc-vm
export VM_CACHE
COMMIT := $(or $(shell git -c safe.directory='*' describe --always --dirty --abbrev=12 2>/dev/null),unknown)
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
export DOTNET_CLI_TELEMETRY_OPTOUT := 1 DOTNET_NOLOGO := 1

BUILD_NEEDS := gcc libc6-dev binutils lld
TEST_NEEDS := $(BUILD_NEEDS) bats jq busybox-static python3 procps libseccomp-dev strace iproute2 criu
BENCH_NEEDS := $(BUILD_NEEDS) busybox-static python3 jq
STORM ?= 100 60
BENCH_PEERS := crun runc
ENGINE_NEEDS := $(TEST_NEEDS) runc containerd docker.io tini docker-compose docker-registry podman buildah catatonit python3-grpcio python3-protobuf
VM_NEEDS := qemu-system-x86 debootstrap e2fsprogs cpio kmod python3 secilc
need := conformance/lib/need
# SKIPS: a folder for reports that name what was skipped (conformance/tally reads them)
report = $(if $(SKIPS),--logger 'trx;LogFileName=$(SKIPS)/$@.trx')

SOURCES := $(shell find src -name obj -prune -o -name bin -prune -o -type f -print) Directory.Build.props Directory.Packages.props global.json

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build, then run the container of examples/hello (ARGS: further words for csrunc run)
	@$(need) busybox-static
	examples/hello/make-rootfs
	$(SUDO) out/csrunc run $(ARGS) --bundle examples/hello hello

.PHONY: build
build: out/csrunc ## Build the one file out/csrunc

out/csrunc: $(SOURCES)
	@$(need) --dotnet $(BUILD_NEEDS)
	$(DOTNET) publish src/Runc.Sharp -c Release -o out/publish -v quiet -p:Commit=$(COMMIT)
	install -m 755 out/publish/csrunc out/csrunc

.PHONY: test
test: build ## Run every test; the last line counts them (RETRIES=1: what failed may try again, and is told)
	@$(need) --dotnet $(TEST_NEEDS) $(ENGINE_NEEDS) $(VM_NEEDS)
	@conformance/tally test-unit test-kernel test-conformance test-engines +test-vm

.PHONY: test-unit
test-unit: ## Run the tests that need neither root nor kernel features
	@$(need) --dotnet $(TEST_NEEDS)
	$(DOTNET) test tests/Runc.Sharp.Tests -c Release -v quiet $(report) $(if $(FILTER),--filter '$(FILTER)')

.PHONY: snapshots
snapshots: ## Accept what the snapshot tests get now (FILTER as above); review the difference as code
	@$(need) --dotnet $(TEST_NEEDS)
	UPDATE_SNAPSHOTS=1 $(DOTNET) test tests/Runc.Sharp.Tests -c Release -v quiet --filter '$(or $(FILTER),Snapshots)'

.PHONY: test-kernel
test-kernel: ## Run the tests against this machine's kernel, as root
	@$(need) --dotnet $(TEST_NEEDS)
	$(DOTNET) build tests/Runc.Sharp.Kernel.Tests -c Release -v quiet
	$(SUDO) unshare --mount --propagation private $(shell command -v $(DOTNET)) test tests/Runc.Sharp.Kernel.Tests -c Release --no-build -v quiet $(report) $(if $(FILTER),--filter '$(FILTER)')

.PHONY: test-conformance
test-conformance: ## Run the black-box suites (RUNTIME=runc|crun|PATH, FILTER=regex, ARGS=files)
	@$(need) $(TEST_NEEDS)
ifeq ($(or $(RUNTIME),csrunc),csrunc)
	@$(MAKE) --no-print-directory build
endif
	$(SUDO) env RUNTIME='$(RUNTIME)' FILTER='$(FILTER)' STRICT='$(STRICT)' RETRIES='$(RETRIES)' conformance/run $(ARGS)

.PHONY: test-engines
test-engines: ## Run containerd, Docker, Podman and Buildah on it (RUNTIME, FILTER as above, ARGS=files)
	@$(need) $(ENGINE_NEEDS)
ifeq ($(or $(RUNTIME),csrunc),csrunc)
	@$(MAKE) --no-print-directory build
endif
	$(SUDO) env RUNTIME='$(RUNTIME)' FILTER='$(FILTER)' RETRIES='$(RETRIES)' conformance/run $(or $(ARGS),conformance/engines)

.PHONY: test-vm
test-vm: ## Run the suites in a VM with systemd, AppArmor and cgroup v2 (RUNTIME, FILTER, ARGS=--all or files; VM_CACHE holds its image)
	@$(need) $(BUILD_NEEDS) $(VM_NEEDS)
ifeq ($(or $(RUNTIME),csrunc),csrunc)
	@$(MAKE) --no-print-directory build
endif
	$(SUDO) env VM_CACHE='$(VM_CACHE)' conformance/vm/vmbuild
	RUNTIME='$(RUNTIME)' FILTER='$(FILTER)' RETRIES='$(RETRIES)' conformance/vm/suite $(ARGS)

.PHONY: engines
engines: build ## The same on csrunc and on runc beside it, here and in the VM; rewrite docs/engines.md (ARGS=--host, --vm or --newer trixie|sid, files)
	@$(need) $(ENGINE_NEEDS) $(VM_NEEDS)
	$(SUDO) env VM_CACHE='$(VM_CACHE)' conformance/vm/vmbuild
	$(SUDO) env VM_CACHE='$(VM_CACHE)' conformance/engines/engines $(ARGS)

.PHONY: bench
bench: build ## Measure csrunc beside crun, runc and the floor (BENCH_RUNS=100; ARGS=--write: into docs/benchmarks.md, --no-instructions: without the VM; STORM=: without the storm of probes)
	@$(need) $(BENCH_NEEDS) $(VM_NEEDS)
	@$(need) $(BENCH_PEERS) || echo 'without them: the bench leaves out a peer that is missing' >&2
	$(SUDO) env BENCH_RUNS='$(BENCH_RUNS)' VM_CACHE='$(VM_CACHE)' conformance/bench/bench $(ARGS)
	$(if $(STORM),$(SUDO) conformance/bench/storm $(filter --write,$(ARGS)) $(STORM))

.PHONY: install
install: build ## Install the binary, manual pages and shell completions below PREFIX
	install -D -m 755 out/csrunc $(DESTDIR)$(PREFIX)/bin/csrunc
	install -d $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	out/csrunc man $(DESTDIR)$(PREFIX)/share/man/man8
	out/csrunc completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/csrunc
	out/csrunc completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_csrunc
	out/csrunc completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/csrunc.fish

.PHONY: uninstall
uninstall: ## Remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/csrunc $(DESTDIR)$(PREFIX)/share/man/man8/csrunc.8 $(DESTDIR)$(PREFIX)/share/man/man8/csrunc-*.8 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/csrunc \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_csrunc $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/csrunc.fish

SCRIPTS := $(shell grep -rlE '^\#!/bin/(ba)?sh' conformance examples .ci --exclude-dir=cache --exclude-dir=rootfs) $(wildcard conformance/lib/*.bash)

.PHONY: lint
lint: ## Check the format of the C# and the shell scripts
	@$(need) --dotnet shellcheck
	$(DOTNET) format Runc.Sharp.sln --verify-no-changes
	shellcheck -S warning $(SCRIPTS) conformance/*/*.bats

.PHONY: format
format: ## Format the C#
	@$(need) --dotnet
	$(DOTNET) format Runc.Sharp.sln

.PHONY: clean
clean: ## Remove what was built
	rm -rf out examples/hello/rootfs TestResults
	find src tests \( -name bin -o -name obj \) -type d -prune -exec rm -rf {} +
