# Kunnafoni's commands. "make help" prints the lines that start with "##".
# Set-up happens by itself before whatever needs it and is remembered by the digests of the lock files.

## make serve    set up what is missing, then serve the site (HOST=127.0.0.1 PORT=8000 DATA=folder STORE=address)
## make test     set up what is missing, then every check and every test (at most 20 minutes on two cores)
## make check    the quick part: types and style in both languages, architecture, documentation, content
## make bench    the budgets as measured now, in bytes and milliseconds, beside PouchDB replicating the same texts
## make soak     the long runs that "make test" leaves out
## make setup    everything for working on the code, without running anything
## make words    what translators get: content/locale/*.po brought up to date with the code
## make names    the frozen list of names that live outside the code, written anew for a change that is meant
## make audit    known weaknesses of the locked packages, asked of OSV or the package index and of npm's registry
## make sbom     the bill of materials of a release (CycloneDX), in build/sbom.cdx.json
## make install  what serving needs and nothing else: no test tool
## make release  wheel, sdist, bill of materials, notices and checksums in build/release (KEY=file signs them)
## make notices  the licences of everything that is served, in build/NOTICES.txt
## make lock     requirements/*.txt made anew from pyproject.toml (needs uv)
## make clean    remove what was built and installed here (never data/)
## make help     this text

PYTHON ?= python3
export PYTHON
export PATH := $(CURDIR)/.venv/node/bin:$(PATH)
# Compiled modules are kept, wherever this is set: each process of the tests would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

# Only what was typed counts: some shells export a HOST of their own. The environment speaks through KUNNAFONI_*.
typed = $(if $(filter command,$(firstword $(origin $1))),--$2 "$($1)")
options = $(call typed,HOST,host) $(call typed,PORT,port) $(call typed,DATA,data) $(call typed,STORE,store)
# Serving installs no test tools; any other goal does.
set = $(if $(filter-out serve install,$(MAKECMDGOALS)),test,serve)
quick = tests/test_architecture.py tests/test_architecture_walks.py tests/test_names.py tests/test_dead_code.py tests/test_docs.py $(wildcard tests/content/test_site_*.py)

.DEFAULT_GOAL := help
.PHONY: help serve test check bench soak setup words names audit sbom notices install release lock clean static python-static phone-static phone-tests python node packages app peers chromium firefox spelling hooks

help:
	@sed -n 's/^## //p' Makefile

serve: app
	@exec .venv/bin/kunnafoni serve $(options)

# Both cores work: what waits for a registry or a disk leaves one to the rest. A fault in one half hides none in the other.
test:
	+@$(MAKE) --no-print-directory -j 2 -Oline python-static phone-static phone-tests chromium firefox peers spelling
	failed=; \
	.venv/bin/pytest tests/browser -m "not soak" -n 2 --dist loadscope --reruns 1 -rfER --durations=10 || failed=1; \
	.venv/bin/pytest --ignore tests/browser -m "not soak" -n 3 --dist worksteal --durations=10 || failed=1; \
	[ -z "$$failed" ]

check: static spelling
	@.venv/bin/python -m tests.tools.commit_subjects
	.venv/bin/pytest -q $(quick)
	@.venv/bin/python -m tests.support.content_coverage

bench: app chromium peers
	.venv/bin/python -m tests.bench

soak: app peers chromium firefox
	failed=; \
	.venv/bin/pytest tests/browser -m soak --timeout 3600 --durations=10 || failed=1; \
	.venv/bin/pytest --ignore tests/browser -m soak --timeout 3600 --durations=20 || failed=1; \
	[ -z "$$failed" ]

setup: app peers chromium firefox spelling hooks

static: python-static phone-static
python-static: app
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
phone-static: app
	npm --prefix pwa run types
	npm --prefix pwa run lint
phone-tests: app peers
	npm --prefix pwa test

# Set-up, each step once however many goals ask for it.
python:
	@deploy/setup/python.sh $(set)
node: python
	@deploy/setup/node.sh
packages: node
	@deploy/setup/packages.sh pwa $(set)
app: packages
	@deploy/setup/app.sh
peers: node
	@deploy/setup/packages.sh tests/peers test
chromium: python
	@tests/tools/chromium.sh
firefox:
	@tests/tools/firefox.sh
spelling: python
	@tests/tools/spelling.sh
hooks:
	@tests/tools/hooks.sh

words: python
	.venv/bin/python -m tests.support.translatable_sentences
names: app
	.venv/bin/python -m tests.names

audit: node
	@.venv/bin/python -m deploy.release.audit
sbom: app
	@.venv/bin/python -m deploy.release.sbom
notices: app
	@.venv/bin/python -m deploy.release.notices

install: app
release: app
	@.venv/bin/python -m deploy.release.release $(if $(KEY),--key "$(KEY)")

lock:
	@for set in "serve.txt pyproject.toml --group build" "test.txt pyproject.toml --group build --group test -c requirements/serve.txt" "node.txt --group node"; do \
	    uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" -o requirements/$$set || exit 1; \
	done

clean:
	rm -rf .venv build pwa/dist pwa/node_modules tests/peers/node_modules *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
