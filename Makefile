# Everything anyone needs. The first target that installs takes a few minutes; later ones are quick.
.DEFAULT_GOAL := help
.PHONY: help book test lab notebooks bench serve clean

BIN := .venv/bin
PY := $(BIN)/python
SITE := _build/html
SETUP := .venv/.installed node_modules/.installed
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

test: book  ## check the format, re-run every cell, test the package, the book and the site
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(PY) tools/notebooks.py --check
	@$(PY) -m pytest --nbval -n 2 --dist loadfile tests notebooks

lab: $(SETUP)  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter trust notebooks/*.ipynb
	@$(BIN)/jupyter lab notebooks

notebooks: $(SETUP)  ## execute every notebook and store it in normal form
	@$(PY) tools/notebooks.py

bench: .bench/.installed  ## measure, and print the tables (STORE=1: keep them for the book's pages)
	@for script in benchmarks/*.py; do echo "$$script"; .bench/bin/python $$script || exit 1; done
	@test -z "$(STORE)" || echo "benchmarks/results has changed: 'make notebooks' brings the pages up to date."

serve: book  ## build the site and serve it on this machine only
	@$(PY) -m http.server --bind 127.0.0.1 --directory $(SITE) 8000

clean:  ## remove what was built (the environments stay: delete .venv, .bench and node_modules by hand)
	@rm -rf _build .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -not -path './.bench/*' -not -path './node_modules/*' \
	  -prune -exec rm -rf {} +

.venv/.installed: requirements.txt constraints.txt pyproject.toml
	@found=; for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    && found=$$python && break; done; \
	test -n "$$found" || { echo "No Python 3.11 or later was found: install one," \
	  "or name it with 'make book PYTHON=/path/to/python3'." >&2; exit 1; }; \
	test -x $(PY) || $$found -m venv .venv || { rm -rf .venv; echo "Python cannot make an environment:" \
	  "install its venv module (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing the Python packages into .venv (once; a few minutes)"
	@$(PY) -m pip install -q --disable-pip-version-check -r requirements.txt || { echo "The packages" \
	  "could not be installed: this step needs the network; try again when it is there." >&2; exit 1; }
	@touch $@

.bench/.installed: benchmarks/requirements.txt .venv/.installed
	@echo "Installing the package's peers into .bench (once; some minutes, and gigabytes where PyTorch brings CUDA)"
	@test -x .bench/bin/python || $(PY) -m venv .bench
	@.bench/bin/python -m pip install -q --disable-pip-version-check -r requirements.txt \
	  -r benchmarks/requirements.txt || { echo "The peers could not be installed: this step needs" \
	  "the network; try again when it is there." >&2; exit 1; }
	@touch $@

node_modules/.installed: package-lock.json package.json .venv/.installed
	@$(BIN)/npm ci --silent --no-audit --no-fund || { echo "KaTeX could not be installed:" \
	  "this step needs the network; try again when it is there." >&2; exit 1; }
	@touch $@
