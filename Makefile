# `make run` opens the page, `make test` checks everything; each prepares .venv by itself.

# The first Python that has wheels of everything in requirements.txt.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && echo "$$p" && break; done)
# The page's port; without one Streamlit takes the first that is free from 8501 on.
PORT ?=
# How many tests run at once.
WORKERS ?= 2
RUN := .venv/bin/python -m

.PHONY: run test test-all checks browser bench format clean

run: .venv/.run-stamp
	@exec $(RUN) streamlit run app.py $(if $(PORT),--server.port=$(PORT))

test: checks browser
	OMP_NUM_THREADS=1 $(RUN) pytest -n $(WORKERS) --dist loadgroup

test-all: checks browser
	OMP_NUM_THREADS=1 $(RUN) pytest -n $(WORKERS) --dist loadgroup -m ''

checks: .venv/.test-stamp
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	.venv/bin/lint-imports

browser: .venv/.test-stamp
	@.venv/bin/python tests/browser.py

bench: .venv/.bench-stamp
	$(RUN) benchmarks

format: .venv/.test-stamp
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

clean:
	rm -rf .venv

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.14 was found on PATH: install one, or name it with PYTHON=/path/to/python." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11: name a newer one with PYTHON=/path/to/python." >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment: install its venv module (on Debian and Ubuntu the package python3-venv)." >&2; exit 1; }

.venv/.run-stamp: requirements.txt | .venv/pyvenv.cfg
	@echo "Installing what the page needs into .venv (once; PyTorch is large) ..."
	$(RUN) pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.test-stamp: requirements-dev.txt .venv/.run-stamp
	$(RUN) pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

.venv/.bench-stamp: requirements-bench.txt .venv/.run-stamp
	$(RUN) pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-bench.txt
	@touch $@
