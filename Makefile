# Genba's commands. `make run` and `make test` set up what they need from Python 3.11+ and make.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV ?= .venv
# 0 leaves out torch and its kin: everything works but what needs a local model.
WITH_ML ?= 1
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder --durations 10
# The folders of the tests that kill or restart processes; tests/conftest.py refuses such a one elsewhere.
FAULTS := tests/config tests/faults
# They wait more than they compute: a quarter of their time (455 CPU seconds of 1,846) was computing on a busy machine.
FAULTS_AT_ONCE ?= 3
export PYTHON
# Each process that a test starts would compile Genba anew, and pytest rewrite every test for each phase.
unexport PYTHONDONTWRITEBYTECODE
PIP_TOOLS := pip-tools==7.6.2

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/pip-compile --quiet --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
# Checks need settings, but no state folder of their own.
CHECK := SECRET_KEY=check $(PY)

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

# --- running -----------------------------------------------------------------------------------

.PHONY: run
run: install ## Start Genba: database, web server, workers (Ctrl-C stops it)
	@exec $(PY) manage.py up

.PHONY: static
static: $(VENV)/core.stamp ## Compile translations and gather static files
	@$(CHECK) manage.py static

# --- installing ----------------------------------------------------------------------------------

.PHONY: install install-core install-ml install-onnx install-dev install-consumers
install: install-core ## Make .venv and install both sets
ifeq ($(WITH_ML),1)
	@test -f $(VENV)/ml.stamp -a $(VENV)/ml.stamp -nt requirements/ml.txt \
		|| test -f $(VENV)/ml.failed -a $(VENV)/ml.failed -nt requirements/ml.txt \
		|| $(MAKE) --no-print-directory install-ml \
		|| { touch $(VENV)/ml.failed; echo "The ml set could not be installed; going on without." \
			"To try again: make install-ml"; }
endif

install-core: $(VENV)/core.stamp ## Only what web server, worker and beat need
install-ml: $(VENV)/ml.stamp ## torch and what else the ml worker needs
install-onnx: $(VENV)/onnx.stamp ## ONNX Runtime for local models; then: manage.py export_encoder
install-dev: $(VENV)/dev.stamp ## What tests and lint need
install-consumers: $(VENV)/consumers.stamp ## The libraries that read exports, for the tests of those

$(PY):
	@sh scripts/venv.sh $(VENV)

$(VENV)/core.stamp: requirements/core.txt | $(PY)
	$(PIP) install --quiet --require-hashes -r requirements/core.txt
	@touch $@

# Most of what comes with torch nobody imports, and compiling all of it takes a minute: what is imported
# is compiled then. (The core set is small, and needed by whoever starts Genba.)
# No hashes here: torch is built differently for each place it comes from.
$(VENV)/ml.stamp: requirements/ml.txt $(VENV)/core.stamp
	$(PIP) install --quiet --no-compile -r requirements/ml.txt
	@rm -f $(VENV)/ml.failed && touch $@

$(VENV)/onnx.stamp: requirements/onnx.txt $(VENV)/ml.stamp
	$(PIP) install --quiet --no-compile -r requirements/onnx.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/core.stamp
	$(PIP) install --quiet --no-compile --require-hashes -r requirements/dev.txt
	@touch $@

# An environment of its own over the other one: some of them want older versions than Genba runs with.
# No hashes here either: one of them wants torch.
$(VENV)/consumers.stamp: requirements/consumers.txt requirements/consumers-alone.txt $(VENV)/ml.stamp
	$(PY) -m venv $(VENV)/consumers
	$(PY) -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
		> $$($(VENV)/consumers/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/genba.pth
	$(VENV)/consumers/bin/python -m pip --disable-pip-version-check --no-input install --quiet --no-compile \
		-r requirements/consumers.txt
	$(VENV)/consumers/bin/python -m pip --disable-pip-version-check --no-input install --quiet --no-compile --no-deps \
		-r requirements/consumers-alone.txt
	@touch $@

.PHONY: lock
lock: install-core ## Write requirements/*.txt anew from requirements/*.in
	$(PIP) install --quiet $(PIP_TOOLS)
	$(LOCK) --upgrade --generate-hashes --output-file requirements/core.txt requirements/core.in
	$(LOCK) --upgrade --generate-hashes --output-file requirements/dev.txt requirements/dev.in
	$(LOCK) --upgrade --output-file requirements/ml.txt requirements/ml.in
	sed -i.old -E 's/^(torch==[0-9.]+)\+[a-z0-9]+/\1/' requirements/ml.txt && rm requirements/ml.txt.old
	$(LOCK) --upgrade --output-file requirements/onnx.txt requirements/onnx.in
	$(LOCK) --upgrade --output-file requirements/consumers.txt requirements/consumers.in
	sed -i.old -E 's/^(torch==[0-9.]+)\+[a-z0-9]+/\1/' requirements/consumers.txt && rm requirements/consumers.txt.old

# --- checking ------------------------------------------------------------------------------------

.PHONY: test
test: install-ml install-onnx install-dev ## All that CI runs: lint, types, arrows, then every test
	@$(MAKE) --no-print-directory -j 2 lint install-consumers browser
	@date '+%H:%M:%S, now the tests'
	$(PY) -m pytest -m "not faults" $(PYTEST_ARGS)
	$(PY) -m pytest -m "faults and not timed" $(PYTEST_ARGS) -n $(FAULTS_AT_ONCE) $(FAULTS)
	$(PY) -m pytest -m timed $(FAULTS)

.PHONY: lint
lint: install-dev ## ruff, mypy, import arrows, templates, migrations, image
	@date '+%H:%M:%S, now the checks'
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(CHECK) -m mypy annotator feedback drift tests bench clients/python/src
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --lint --quiet templates
	$(VENV)/bin/djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(CHECK) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(MAKE) --no-print-directory image-check

.PHONY: image-check
image-check: install-dev ## Lint docker/
	$(VENV)/bin/hadolint docker/Dockerfile
	$(VENV)/bin/yamllint --strict docker/compose.yaml

.PHONY: browser
browser: install-dev ## Find a Chromium for the browser tests, or install one
	@$(PY) -m tests.browser.chromium

.PHONY: format
format: install-dev ## Format code and templates
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	-$(VENV)/bin/djade --target-version 5.2 $$(find templates -name '*.html')

.PHONY: messages
messages: install-core ## Bring the translation catalogues up to date and compile them
	$(CHECK) manage.py messages
	$(CHECK) manage.py compilecatalogues

.PHONY: bench
bench: install-dev ## Measure, on engines of its own (minutes)
	@for file in bench/bench_*.py; do echo "== $$file"; $(PY) -m "bench.$$(basename $$file .py)" || exit 1; done
