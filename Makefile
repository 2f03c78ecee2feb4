# A thin front over CMake. Nothing is built here; see CMakePresets.json for the variants.
#
#   make run      build, start a database and weir in front of it, print how to connect (Ctrl-C stops all);
#                 with TLS=1 verify-full on both sides of weir; reads go to a streaming replica, and one
#                 of the printed commands shows how many
#   make test     install what is missing, build, run every test; the last line says how many
#   make long     the long versions of the tests that `make test` samples: many hours; LONG="--only REGEX
#                 --scale 0.01 --shapes 1-3 --minutes 60" for less of it, LONG=--list tells what there is
#   make check    formatting, lint and the unit tests: before each commit
#   make bench    compare with PgBouncer on this machine; BENCH="--quick" and the like are passed on
#   make fmt      format the sources in place
#   make clean    remove what was built and what `make run` left

PRESET ?= dev
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
CCACHE := $(if $(shell command -v ccache 2>/dev/null),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
CONFIGURE = cmake --preset $(1) $(CCACHE) --log-level=WARNING
BUILD = cmake --build build/$(1) -j$(JOBS)

.DEFAULT_GOAL := help
.PHONY: help run test long build check bench fmt clean

help:
	@sed -n 's/^#   //p' Makefile

run:
	@TLS=$(TLS) exec deploy/run.sh

build:
	@deploy/packages.sh build
	@$(call CONFIGURE,$(PRESET))
	@$(call BUILD,$(PRESET))

test:
	@deploy/packages.sh test
	@$(call CONFIGURE,$(PRESET))
	@$(call BUILD,$(PRESET))
	@tests/run.py build/$(PRESET) $(if $(TOTALS),--totals $(TOTALS))

long:
	@deploy/packages.sh test
	@$(call CONFIGURE,$(PRESET))
	@$(call BUILD,$(PRESET))
	@tests/long.py build/$(PRESET) $(LONG)

check:
	@deploy/packages.sh all
	@tests/lint/format.sh
	@$(call CONFIGURE,dev)
	@$(call BUILD,dev)
	@tests/run.py build/dev -L 'unit|lint'

bench:
	@deploy/packages.sh all
	@$(call CONFIGURE,release)
	@$(call BUILD,release)
	@build/release/bench/micro_bench --benchmark_min_time=0.2
	@bench/macro.py --build build/release --out build/bench-results $(BENCH)

fmt:
	@tests/lint/format.sh --fix

clean:
	@deploy/run.sh --clean
	@rm -rf build
