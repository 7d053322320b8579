# SPDX-License-Identifier: GPL-3.0-or-later
# Needs GNU make, git and a Swift 6.3 toolchain; everything else is installed by the targets that need it.

SHELL = /bin/sh
SWIFT ?= swift
# The session that `make run` replays, and how many times as fast as it happened.
SESSION ?= Fixtures/perfect-session/capture.pcapng
ATHLETE ?= Fixtures/perfect-session/athlete.toml
RATE ?= 20
# Where `make install` puts things, and what is put in front of that.
PREFIX ?= /usr/local
DESTDIR ?=
# Where `make evaluate` puts its figures and pictures.
EVALUATION ?= .build/evaluation

.DEFAULT_GOAL := help
.PHONY: help run build install uninstall deb test lint format docs clean dependencies bench bench-ring bench-pipeline bench-fit bench-socket abuse-socket \
    coverage evaluate fuzz fuzz-short fuzz-coverage soak test-asan test-tsan test-system run-system-test

help:
	@echo 'make run     replay the bundled session with live phases, then print its report'
	@echo 'make test    run all tests'
	@echo 'make test-asan  run all tests under AddressSanitizer and LeakSanitizer; make test-tsan under ThreadSanitizer'
	@echo 'make coverage  run all tests, and tell which share of the lines of each target they ran'
	@echo 'make test-system  run a whole Debian machine in qemu, with virtual sensors at its kernel; see docs/system-test.md'
	@echo 'make build   build sprintd and sprintctl (release)'
	@echo 'make install  put what was built into PREFIX (/usr/local), below DESTDIR; make uninstall takes it away'
	@echo 'make deb     make a Debian package in .build/debian (needs dpkg-dev)'
	@echo 'make bench   our figures beside those of others, as one table (needs libboost-dev and gpsd); QUICK=1 for fewer rounds'
	@echo 'make bench-ring  compare the ring with boost (needs libboost-dev)'
	@echo 'make bench-pipeline  measure every stage of the pipeline, its memory, and long recordings; ARGUMENTS="15 0 whole" for a part'
	@echo 'make bench-fit   measure writing and reading FIT files, and their memory'
	@echo 'make bench-socket  measure how soon a decision is read on the local socket (5 min)'
	@echo 'make abuse-socket  abuse the local socket of a recording daemon, and check that nothing is lost'
	@echo 'make soak    run 72 simulated hours with faults, and check that nothing is lost and nothing grows'
	@echo 'make evaluate  hold the phases against the truth of 206 simulated sessions; QUICK=1 for a third of them'
	@echo 'make fuzz    fuzz every parser, SECONDS (60) each; see docs/fuzzing.md'
	@echo 'make fuzz-short  the same few inputs every time, as .ci/run does'
	@echo 'make fuzz-coverage  which share of each parser the kept inputs reach'
	@echo 'make lint    check the code style'
	@echo 'make format  rewrite the code in the code style'
	@echo 'make docs    make browsable documentation of the modules from their comments, in .build/docs'
	@echo 'make clean   remove everything that was built'
	@echo
	@echo 'run, test and build first install missing Debian packages (scripts/install-dependencies --list).'

dependencies:
	@command -v $(SWIFT) >/dev/null || { \
	    echo 'There is no swift on the PATH: install Swift 6.3 from https://www.swift.org/install/linux/' >&2; \
	    exit 69; }
	@scripts/install-dependencies

# Of what is shipped, and of what is measured. Swift's runtime is linked in, so that both programs run where there is no toolchain; a register more for
# the code than one that only a profiler reads.
RELEASE = -c release --static-swift-stdlib --omit-frame-pointers

build: dependencies
	$(SWIFT) build $(RELEASE) --product sprintd
	$(SWIFT) build $(RELEASE) --product sprintctl

# Does not build, so that root needs no toolchain: make build && sudo make install.
install uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install-files $@

deb: build
	scripts/make-deb

run: build
	@set -eu; \
	binaries=$$($(SWIFT) build -c release --show-bin-path); \
	state=$${XDG_STATE_HOME:-$$HOME/.local/state}/sprintd; \
	"$$binaries/sprintd" --replay '$(SESSION)' --athlete '$(ATHLETE)' --rate '$(RATE)' --state "$$state"; \
	session=$$(ls -td "$$state"/sessions/*/ | head -n 1); \
	echo; \
	"$$binaries/sprintctl" analyze "$${session}capture.pcapng"; \
	echo; \
	echo "The session lies in $$session"

# Only Swift Testing is used: without XCTest's empty run, the closing line is the last one.
test: dependencies
	$(SWIFT) test --disable-xctest

# FILTER='USB|Bluetooth' takes some suites only.
test-asan: dependencies
	SWIFT='$(SWIFT)' scripts/test-sanitized address $(if $(FILTER),--filter '$(FILTER)')

test-tsan: dependencies
	SWIFT='$(SWIFT)' scripts/test-sanitized thread $(if $(FILTER),--filter '$(FILTER)')

coverage: dependencies
	SWIFT='$(SWIFT)' scripts/measure-coverage

# See docs/system-test.md. Whether it can run is asked first: what it needs takes long to build.
test-system: dependencies
	@if why=$$(Tests/System/run --possible); then $(MAKE) --no-print-directory run-system-test; else echo "$$why"; fi

# The virtual radios are not what is tested: unoptimised they are fast enough, and built in seconds. In a folder of their own: what is compiled for
# the static runtime cannot be linked with the shared one.
RADIOS = $(SWIFT) build --static-swift-stdlib --scratch-path .build/system/radios
run-system-test: build
	$(RADIOS) --product usbip-stick
	$(RADIOS) --product vhci-controller
	@mkdir -p .build/system/programs
	cp $$($(RADIOS) --show-bin-path)/usbip-stick $$($(RADIOS) --show-bin-path)/vhci-controller .build/system/programs
	cp $$($(SWIFT) build -c release --show-bin-path)/sprintd $$($(SWIFT) build -c release --show-bin-path)/sprintctl .build/system/programs
	clang -shared -fPIC -O1 -Wall -Werror -o .build/system/programs/libSyncWitness.so Tests/System/syncwitness.c
	@rm -f .build/system/package/*.deb
	@if command -v dpkg-shlibdeps >/dev/null; then scripts/make-deb .build/system/package; else \
	    echo 'Without dpkg-dev no package is made: files are copied instead.'; fi
	PACKAGE=$$(ls .build/system/package/*.deb 2>/dev/null) Tests/System/run .build/system/programs

# sprintd's linker, too.
MEASURED = $(RELEASE) --package-path Benchmarks -Xswiftc -use-ld=lld

# See docs/benchmarks.md. QUICK=1 for fewer rounds. One build after the other, and nothing beside the measurement.
PEERS = .build/peers
bench: build $(PEERS)/requirements.txt
	-$(SWIFT) build $(MEASURED) --product ring-benchmark
	$(SWIFT) build $(MEASURED) --product pipeline-benchmark
	$(SWIFT) build $(MEASURED) --product peer-benchmark
	$(SWIFT) build --product stick-emulator
	$(PEERS)/bin/python -B Benchmarks/peers/compare $$($(SWIFT) build -c release --package-path Benchmarks --show-bin-path) \
	    $$($(SWIFT) build -c release --show-bin-path) $$($(SWIFT) build --show-bin-path)/stick-emulator \
	    --out .build/benchmarks.md $(if $(QUICK),--quick)

$(PEERS)/requirements.txt: Benchmarks/peers/requirements.txt
	@python3 -c 'import ensurepip' || { echo "Python's venv is missing: install Debian's python3-venv." >&2; exit 69; }
	python3 -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	cp $< $@

# Needs Debian's libboost-dev; see Benchmarks/README.md.
bench-ring: dependencies
	$(SWIFT) build $(MEASURED) --product ring-benchmark
	$$($(SWIFT) build $(MEASURED) --show-bin-path)/ring-benchmark

bench-pipeline: dependencies
	$(SWIFT) build $(MEASURED) --product pipeline-benchmark
	$$($(SWIFT) build $(MEASURED) --show-bin-path)/pipeline-benchmark $(ARGUMENTS)

bench-fit: dependencies
	$(SWIFT) build $(MEASURED) --product fit-benchmark
	$$($(SWIFT) build $(MEASURED) --show-bin-path)/fit-benchmark

# On an idle machine, or the figures are the machine's.
bench-socket: dependencies
	$(SWIFT) build $(MEASURED) --product socket-benchmark
	@folder=$$(mktemp -d); \
	$$($(SWIFT) build $(MEASURED) --show-bin-path)/socket-benchmark "$$folder" 15 300; \
	status=$$?; rm -rf "$$folder"; exit $$status

abuse-socket: dependencies
	$(SWIFT) build --product sprintd
	scripts/abuse-socket "$$($(SWIFT) build --show-bin-path)/sprintd" 30

# See docs/faults.md. Time waits for the engine, so that a busy machine only makes it longer. Without malloc's caches for each thread, what is given back
# is counted as given back.
HOURS ?= 72
SEED ?= 1
soak: dependencies
	@folder=$$(mktemp -d); \
	$(SWIFT) build $(MEASURED) --product soak && \
	GLIBC_TUNABLES=glibc.malloc.tcache_count=0 \
	    $$($(SWIFT) build -c release --package-path Benchmarks --show-bin-path)/soak "$$folder" $(HOURS) $(SEED); \
	status=$$?; rm -rf "$$folder"; exit $$status

# For each parser.
SECONDS ?= 60
fuzz:
	SWIFT='$(SWIFT)' scripts/fuzz '$(SECONDS)'

fuzz-short:
	SWIFT='$(SWIFT)' scripts/fuzz --short

fuzz-coverage:
	SWIFT='$(SWIFT)' scripts/fuzz --coverage

# See docs/evaluation.md. QUICK=1 takes a third of the simulated sessions.
evaluate: dependencies $(EVALUATION)/venv/requirements.txt
	$(SWIFT) run -c release --package-path Evaluation evaluate --real --out $(EVALUATION) $(if $(QUICK),--quick)
	@echo 'Comparing: this takes some minutes.'
	$(EVALUATION)/venv/bin/python -B Evaluation/baselines/compare.py $(EVALUATION)

$(EVALUATION)/venv/requirements.txt: Evaluation/baselines/requirements.txt
	@python3 -c 'import ensurepip' || { echo "Python's venv is missing: install Debian's python3-venv." >&2; exit 69; }
	python3 -m venv $(EVALUATION)/venv
	$(EVALUATION)/venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	cp $< $@

# Not the whole folder: it links to Sources.
OTHERS = Evaluation/Package.swift Evaluation/Sources/evaluate Evaluation/Tests Fuzzing/Package.swift Fuzzing/Sources/fuzz \
    Fuzzing/Sources/FuzzedParsers Fuzzing/Sources/read-inputs Fuzzing/Sources/tell-input Benchmarks/Package.swift \
    Benchmarks/Sources/peer-benchmark Benchmarks/Sources/Workloads

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests $(OTHERS)

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests $(OTHERS)

# In .build/docs, by the toolchain's docc.
docs: dependencies
	$(SWIFT) build
	scripts/make-docs "$$($(SWIFT) build --show-bin-path)/Modules" .build/docs

clean:
	$(SWIFT) package clean
	rm -rf .build
