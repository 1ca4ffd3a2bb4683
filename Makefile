# Two commands for a fresh machine: `make demo` and `make test`. Both set up what they need in .venv.
.DEFAULT_GOAL := help
.PHONY: help demo test fuzz soak check format bench screenshots docs lock audit wheels clean

# The first interpreter that is new enough; PYTHON=... overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
AUDIT := .venv-audit
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
TESTS ?= tests

help:
	@echo 'make demo         the program on the embedded simulated cluster'
	@echo 'make test         the whole test suite'
	@echo 'make fuzz         a million random cases at every door (CASES=..., SEED=..., DOORS=tests/fuzz/test_names.py)'
	@echo 'make soak         400 MB of hostile output through the terminal, a few minutes'
	@echo 'make check        format, lint, types, import directions'
	@echo 'make bench        speeds, as ratios against named references'
	@echo 'make screenshots  SVG and PNG pictures of every screen'
	@echo 'make docs         the pages of known failures and of probes, from what the code says of them'
	@echo 'make format       rewrite the code as the formatter wants it'
	@echo 'make audit        known vulnerabilities of what constraints.txt pins; asks a service on the network'
	@echo 'make wheels       whether the index has a wheel of everything for each system and Python'
	@echo 'make lock         renew constraints.txt from what pyproject.toml allows today'

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo 'hptui needs Python 3.11 or later; none was found on PATH (set PYTHON=/path/to/python3)'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo 'This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv'; exit 1; }
	@touch $@

$(VENV)/run: $(VENV)/made pyproject.toml constraints.txt
	@echo 'Installing hptui into $(VENV) …'
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/dev: $(VENV)/run pyproject.toml constraints.txt
	@echo 'Installing the test tools into $(VENV) …'
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(VENV)/run
	@$(BIN)/hptui demo

test: $(VENV)/dev
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(TESTS)

# A nightly job's: from twenty minutes on two idle cores to two hours on a busy one.
CASES ?= 1000000
fuzz: $(VENV)/dev
	@$(BIN)/python -m tests.fuzz --cases $(CASES) $(if $(SEED),--seed $(SEED)) $(DOORS)

soak: $(VENV)/dev
	@$(BIN)/python -m tests.terminal.soak

check: $(VENV)/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/dev
	@$(BIN)/python -m tests.bench

screenshots: $(VENV)/dev
	@$(BIN)/python -m tests.screenshots

docs: $(VENV)/run
	@$(BIN)/python -m hptui.failures.page > docs/failures.md
	@$(BIN)/python -m hptui.probes.page > docs/probes.md

# In an environment of its own: what it needs is none of ours. Strict, because else what could not be looked up counts as good.
$(AUDIT)/made: $(VENV)/made
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --disable-pip-version-check --quiet install pip-audit==2.10.1
	@touch $@

audit: $(AUDIT)/made
	@$(AUDIT)/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r constraints.txt

wheels: $(VENV)/dev
	@$(BIN)/python -m tests.wheels

# As in pyproject.toml.
NOT_INTEL_MAC := sys_platform != 'darwin' or platform_machine != 'x86_64'

lock: $(VENV)/dev
	@$(PIP) install --upgrade --upgrade-strategy eager -e '.[dev]'
	@$(BIN)/python -m pip freeze --exclude-editable | sed "/^cryptography==/s/\$$/; $(NOT_INTEL_MAC)/" > constraints.txt

clean:
	rm -rf $(VENV) $(AUDIT) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
