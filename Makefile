# SPDX-License-Identifier: GPL-3.0-or-later
# Needs GNU make, git and a Swift 6.3 toolchain; everything else is installed by the targets that need it.

SHELL = /bin/sh
SWIFT ?= swift
# The session that `make run` replays, and how many times as fast as it happened.
SESSION ?= Fixtures/perfect-session/capture.pcapng
ATHLETE ?= Fixtures/perfect-session/athlete.toml
RATE ?= 20

.DEFAULT_GOAL := help
.PHONY: help run build test lint format clean dependencies bench-ring bench-pipeline bench-fit

help:
	@echo 'make run     replay the bundled session with live phases, then print its report'
	@echo 'make test    run all tests'
	@echo 'make build   build sprintd and sprintctl (release)'
	@echo 'make bench-ring  compare the ring with boost (needs libboost-dev)'
	@echo 'make bench-pipeline  measure every stage of the pipeline, its memory, and long recordings'
	@echo 'make bench-fit   measure writing and reading FIT files, and their memory'
	@echo 'make lint    check the code style'
	@echo 'make format  rewrite the code in the code style'
	@echo 'make clean   remove everything that was built'
	@echo
	@echo 'run, test and build first install missing Debian packages (scripts/install-dependencies --list).'

dependencies:
	@command -v $(SWIFT) >/dev/null || { \
	    echo 'There is no swift on the PATH: install Swift 6.3 from https://www.swift.org/install/linux/' >&2; \
	    exit 69; }
	@scripts/install-dependencies

build: dependencies
	$(SWIFT) build -c release --product sprintd
	$(SWIFT) build -c release --product sprintctl

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

# Needs Debian's libboost-dev; see Benchmarks/README.md.
bench-ring: dependencies
	$(SWIFT) run -c release --package-path Benchmarks ring-benchmark

bench-pipeline: dependencies
	$(SWIFT) run -c release --package-path Benchmarks pipeline-benchmark

bench-fit: dependencies
	$(SWIFT) run -c release --package-path Benchmarks fit-benchmark

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean:
	$(SWIFT) package clean
	rm -rf .build
