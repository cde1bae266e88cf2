# For a fresh machine: `make train`, `make draw` and `make test`. Each sets up .venv by itself, once.
# Written for GNU make 3.81 and newer. All paths are relative, so the folder's name may hold spaces.

# The first Python that is new enough; `make PYTHON=/path/to/python3 test` names another one.
PYTHON = $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; \
    do "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; \
    done)
VENV   = .venv/bin/python
PIP    = $(VENV) -m pip --disable-pip-version-check

# What a reader has set for other projects must not reach into this one.
unexport PYTHONPATH PYTHONHOME
export PIP_USER = 0

# A process a core takes one file of tests after the other, in this order: the longest is among the
# first. What the tests of a file share, such as a built site, is so made once.
PARALLEL = --numprocesses=auto --dist=loadfile --no-loadscope-reorder

.NOTPARALLEL:
.PHONY: help train draw test test-slow lint docs notebooks clean

help:
	@echo "make train      train the two-layer network of chapter 5 on MNIST (about a minute)"
	@echo "make draw       draw a digit in the browser, and see how a network classifies it"
	@echo "make test       check every gradient and run every script (about 4 minutes)"
	@echo "make test-slow  what else CI tests: the page in a browser, the site, the notebooks, the wheel"
	@echo "make lint       run ruff and mypy"
	@echo "make docs       build the site in build/docs/html"
	@echo "make notebooks  regenerate the notebooks from the scripts"
	@echo "make clean      remove .venv and the files of the tools; out/ stays"

train: .venv/ready
	$(VENV) ch05/train_neuralnet.py

draw: .venv/ready
	@trap : INT; $(VENV) -m dlscratch draw || test $$? = 130  # Ctrl-C is how it ends, no error

test: .venv/ready-dev
	@echo "about 4 minutes on two cores; a single test is run by: $(VENV) -m pytest FILE::TEST"
	$(VENV) -m pytest $(PARALLEL) -m "not slow"

test-slow: .venv/ready-dev
	$(VENV) -m pytest $(PARALLEL) -m slow

lint: .venv/ready-dev
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy

docs: .venv/ready-dev
	$(VENV) docs/build.py build/docs

notebooks: .venv/ready-dev
	$(VENV) docs/make_notebooks.py

clean:
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps hold the folder that they were made in: after a move the set-up is done again.
ifneq "$(shell cat .venv/ready 2>/dev/null)" "$(CURDIR)"
.PHONY: .venv/ready .venv/ready-dev
endif

.venv/ready: $(VENV) pyproject.toml
	$(PIP) install --editable .
	@pwd -P > .venv/ready

.venv/ready-dev: $(VENV) pyproject.toml
	$(PIP) install --editable ".[dev]"
	@pwd -P > .venv/ready
	@pwd -P > .venv/ready-dev

$(VENV):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	    echo "dlscratch needs Python 3.10 or newer, and found none. Install one, or name yours:"; \
	    echo "    make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make a virtual environment: its venv module is not installed."; \
	    echo "On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
