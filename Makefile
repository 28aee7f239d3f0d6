# Everything anyone needs. The first target that installs takes a few minutes; later ones are quick.
.DEFAULT_GOAL := help
.PHONY: help book pdf test check mutants lab notebooks bench serve clean

BIN := .venv/bin
PY := $(BIN)/python
SITE := _build/html
SETUP := .venv/.installed node_modules/.installed
PIP := $(PY) -m pip install -q --disable-pip-version-check
PORT := 8000
CHAPTERS := $(wildcard notebooks/$(NB)*.ipynb)
# so that npm finds the Node of the environment, and not one that the machine may have
export PATH := $(CURDIR)/$(BIN):$(PATH)

help:  ## say what the targets do
	@echo "Unrolled: backpropagation through time, derived, run and checked"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

book: $(SETUP)  ## build the site into _build/html
	@$(BIN)/jupyter-book build . -W -n --keep-going -q || \
	  { rm -rf _build/.doctrees; echo "The book was not built: the cause is above." >&2; exit 1; }
	@echo "The book is built. Open $(CURDIR)/$(SITE)/index.html"

pdf: book  ## bind the site into one PDF, to print and to read on paper (a few minutes; takes Chromium)
	@$(PY) -m tools.pdf

test: $(SETUP)  ## check the format, re-run every cell, test the package, the book and the site
	@$(PY) tests/browser.py
	@$(MAKE) --no-print-directory book
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(PY) tools/notebooks.py --check
	@$(PY) -m pytest -q -n 2 tests/test_mutants.py
	@$(PY) -m pytest --nbval -n 3 --dist loadfile --ignore tests/test_mutants.py \
	  tests index.ipynb notebooks

check: $(SETUP)  ## the same for one notebook alone, in half a minute: make check NB=06
	@test -n "$(NB)" -a -n "$(CHAPTERS)" || { echo "'make check' needs a notebook of the folder" \
	  "notebooks, by the first letters of its name: make check NB=06." >&2; exit 1; }
	@$(BIN)/ruff check $(CHAPTERS)
	@$(BIN)/ruff format --check $(CHAPTERS)
	@$(PY) tools/notebooks.py --check $(CHAPTERS)
	@$(PY) -m pytest -q --nbval -n 2 --dist loadfile $(CHAPTERS) tests/test_ledger.py \
	  $(CHAPTERS:notebooks/%.ipynb='tests/test_mutants.py::test_a_broken_cell_is_noticed[%]')

mutants: $(SETUP)  ## break every formula in every way there is (the tests try a part of them; an hour)
	@$(PY) tests/mutants.py

lab: $(SETUP)  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter trust notebooks/*.ipynb
	@$(BIN)/jupyter lab notebooks

notebooks: $(SETUP)  ## execute every notebook and store it in normal form
	@$(PY) tools/notebooks.py

bench: .bench/.installed  ## measure, and print the tables (STORE=1: keep them for the book's pages)
	@for script in benchmarks/*.py; do echo "$$script"; .bench/bin/python $$script || exit 1; done
	@test -z "$(STORE)" || echo "benchmarks/results has changed: 'make notebooks' brings the pages up to date."

serve: book  ## build the site and serve it on this machine only
	@$(PY) -m http.server --bind 127.0.0.1 --directory $(SITE) $(PORT)

clean:  ## remove what was built (the environments stay: delete .venv, .bench and node_modules by hand)
	@rm -rf _build .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -not -path './.bench/*' -not -path './node_modules/*' \
	  -prune -exec rm -rf {} +

.venv/.installed: requirements.txt constraints.txt pyproject.toml
	@new() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; \
	found=; for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
	  new $$python && found=$$python && break; done; \
	if test -x $(PY); then new $(PY) || { echo "The folder .venv holds a Python older than 3.11:" \
	  "delete it ('rm -rf .venv') and run make again." >&2; exit 1; }; \
	elif test -z "$$found" -a -n "$(PYTHON)"; then \
	  echo "PYTHON=$(PYTHON) is no Python 3.11 or later." >&2; exit 1; \
	elif test -z "$$found"; then echo "No Python 3.11 or later was found: install one," \
	  "or name it with 'make book PYTHON=/path/to/python3'." >&2; exit 1; \
	else $$found -m venv .venv || { rm -rf .venv; echo "Python cannot make an environment:" \
	  "install its venv module (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }; fi
	@echo "Installing the Python packages into .venv (once; up to a few minutes)"
	@$(PIP) -c constraints.txt uv 2>/dev/null && $(BIN)/uv pip install -q --python $(PY) \
	  -r requirements.txt 2>/dev/null || $(PIP) -r requirements.txt || { echo "The packages could" \
	  "not be installed: this step needs the network; try again when it is there." >&2; exit 1; }
	@touch $@

.bench/.installed: benchmarks/requirements.txt .venv/.installed
	@echo "Installing the package's peers into .bench (once; some minutes, and gigabytes where PyTorch brings CUDA)"
	@test -x .bench/bin/python || $(PY) -m venv .bench
	@.bench/bin/python -m pip install -q --disable-pip-version-check -r requirements.txt \
	  -r benchmarks/requirements.txt || { echo "The peers could not be installed: this step needs" \
	  "the network; try again when it is there." >&2; exit 1; }
	@touch $@

node_modules/.installed: package-lock.json package.json .venv/.installed
	@$(BIN)/npm ci --silent --no-audit --no-fund || { echo "KaTeX, the fonts and MicroPython could not be installed:" \
	  "this step needs the network; try again when it is there." >&2; exit 1; }
	@touch $@
