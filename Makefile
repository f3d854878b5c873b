# SPDX-License-Identifier: Apache-2.0
# Two commands matter: `make run` and `make test`. Each installs what is missing, builds and goes.

JOBS ?= $(shell nproc)
RELEASE := build/release

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev build run test bench interop demo asan tsan clang tidy fuzz docs format check clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## install the Debian packages that building and testing need
	@tools/setup build test

setup-dev: ## also install clang-19, its formatter and sanitizer runtimes
	@tools/setup build test dev

build: setup ## build the release binary: build/release/cairn
	@cmake --preset release
	@cmake --build --preset release --parallel $(JOBS)

run: ## install, build and serve on the default ports of this machine
	@tools/setup build
	@cmake --preset release -DBUILD_TESTING=OFF -DCAIRN_BENCH=OFF -DCAIRN_INTEROP=OFF
	@cmake --build --preset release --parallel $(JOBS) --target cairn
	@exec $(RELEASE)/cairn serve $(ARGS)

test: build ## install, build and run every test
	@ctest --preset release --parallel $(JOBS)

bench: build ## measure; prints a table, leaves JSON in build/bench/
	@python3 bench/run/bench.py --cairn $(RELEASE)/cairn --build $(RELEASE) --out build/bench

interop: build ## other people's SDKs and services and a real Kafka, as far as this machine has them; says what it skips
	@CAIRN_BINARY=$(RELEASE)/cairn node tests/interop/optional/run.mjs build/interop
	@CAIRN_BINARY=$(RELEASE)/cairn node tests/interop/kafka/run.mjs
	@CAIRN_BINARY=$(RELEASE)/cairn CAIRN_SERVICES=$(RELEASE)/tests/interop/services/interop_services \
	  node tests/interop/services/run.mjs

demo: build ## serve, send a day in the life of an online shop, and say where to look
	@tools/demo $(RELEASE)/cairn

asan: setup-dev ## the whole suite under AddressSanitizer and UBSan
	@cmake --preset asan && cmake --build --preset asan --parallel $(JOBS) && ctest --preset asan

tsan: setup-dev ## the whole suite under ThreadSanitizer
	@cmake --preset tsan && cmake --build --preset tsan --parallel $(JOBS) && ctest --preset tsan

clang: setup-dev ## the whole suite built by clang, with its thread-safety analysis
	@cmake --preset clang && cmake --build --preset clang --parallel $(JOBS) && ctest --preset clang

tidy: setup-dev ## clang-tidy over everything
	@cmake --preset tidy && cmake --build --preset tidy --parallel $(JOBS)

FUZZ_SECONDS ?= 600
fuzz: setup-dev ## run each fuzz target for FUZZ_SECONDS (600)
	@cmake --preset fuzz && cmake --build --preset fuzz --parallel $(JOBS)
	@tools/fuzz build/fuzz $(FUZZ_SECONDS)

docs: build ## write the pages that are generated
	@tools/docs $(RELEASE)/cairn

format: setup-dev ## format the C++ sources in place
	@git ls-files '*.h' '*.cc' | xargs clang-format-19 -i

check: ## what a change must pass before review: format, layers, links
	@tools/check

clean: ## remove everything that was built
	@rm -rf build ui/dist ui/node_modules
