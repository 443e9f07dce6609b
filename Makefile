# `make demo` and `make test` are all that a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test check servers schemas boards reference pictures lock chaos bench clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(READY)  ## make .venv from the lock file

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (a minute or two; once)…"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --quiet --require-hashes --requirement requirements.lock
	@$(PIP) install --quiet --no-deps --editable .
	@touch $@

demo: $(READY)  ## a forest fire from camera to phone, on this machine; Ctrl-C ends it
	@$(BIN)/ioc demo

servers:  ## install the test servers (Debian or Ubuntu; root or sudo)
	@scripts/install-test-servers

test: $(READY) servers  ## every test, against real servers and a real browser
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

chaos: $(READY) servers  ## kill and stop every server while traffic flows; OUTAGE=60 for a minute each
	@IOC_OUTAGE_S=$(or $(OUTAGE),6) $(BIN)/python -m pytest tests/chaos -s

bench: $(READY) servers  ## memory, overhead and latency beside their limits (minutes)
	@$(BIN)/python -m benchmarks

check: $(READY)  ## lint, types, formatting, generated files up to date
	@scripts/check

schemas: $(READY)  ## write contracts/schema anew from the models
	@$(BIN)/python -m contracts.export

boards: $(READY)  ## write the Grafana boards, maps and provisioning anew
	@$(BIN)/python -m grafana.generate

reference: $(READY)  ## write the configuration pages anew from the models
	@scripts/reference

pictures: $(READY)  ## take the handbook's pictures anew from a running demo (ten minutes)
	@$(BIN)/python scripts/photograph.py

lock:  ## resolve requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    --universal --python-version 3.11 --extra dev pyproject.toml --output-file requirements.lock
	for role in hub:hub,provisioning,postgresql,forecast agent:edge; do \
	    uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header \
	        --universal --python-version 3.11 --constraint requirements.lock pyproject.toml \
	        $$(echo $${role#*:} | tr , '\n' | sed 's/^/--extra /') \
	        --output-file deploy/locks/$${role%%:*}.lock; done

clean:  ## remove .venv and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
