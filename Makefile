# `make demo` and `make test` set up their own virtual environment in .venv and need
# only Python >= 3.11, make and a C++ compiler.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test docs compare clean
.DEFAULT_GOAL := demo

.venv/installed: pyproject.toml meson.build $(wildcard src/sigmajet/meson.build src/sigmajet/*.cpp src/sigmajet/*.hpp)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet meson-python meson ninja "numpy>=2.0"
	$(BIN)/python -m pip install --quiet --no-build-isolation --editable ".[test,docs]"
	touch $@

demo: .venv/installed  ## solve viscous Burgers and draw it
	mkdir -p out
	$(BIN)/sigmajet solve examples/burgers.toml --plot out/burgers.png --save out/burgers.npz

test: .venv/installed  ## every test, the linter and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

docs: .venv/installed  ## the pages, into site/
	$(BIN)/mkdocs build --strict

compare:  ## error and time beside the peers, in an environment of its own: docs/comparison.md
	$(PYTHON) -m venv .venv-compare
	.venv-compare/bin/python -m pip install --quiet . -r benchmarks/requirements.txt
	PYTHONPATH=tests .venv-compare/bin/python benchmarks/compare.py

clean:
	rm -rf .venv .venv-compare build site out
