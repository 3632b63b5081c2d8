# `make demo` and `make test` set up their own virtual environment in .venv and need
# only Python >= 3.11, make and a C++ compiler. The demo takes what it needs and no more, and leaves
# compiling Python files to who imports them; what tests and pages need beside (PyTorch and JAX among
# it) comes with `.venv/complete`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test registry random docs examples compare compare-regions compare-ivp accuracy accuracy-sweep bench bench-deep fuzz hostile wheel-smoke clean
.DEFAULT_GOAL := demo

.venv/installed: pyproject.toml meson.build $(wildcard $(foreach place,. kernel kernel/* linalg/least_squares,$(addprefix src/sigmajet/$(place)/,meson.build *.cpp *.hpp)))
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile meson-python meson ninja "numpy>=2.0"
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip install --quiet --no-compile --no-build-isolation --editable ".[cli,plot]"
	touch $@

.venv/complete: .venv/installed
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip install --quiet --no-build-isolation --editable ".[all,test,docs]"
	-$(BIN)/python -m compileall -qq .venv/lib src  # which a test that starts a process would do each time
	touch $@

demo: .venv/installed  ## solve viscous Burgers and draw it
	mkdir -p out
	$(BIN)/sigmajet solve examples/burgers.toml --plot out/burgers.png --save out/burgers.npz

test: .venv/complete  ## the tests, the linter and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	# Hundreds of processes import the same libraries: in two seconds each, or in half of one once compiled.
	# A worker has one core: threads beside it wait for each other (torch's five times as long).
	PYTHONDONTWRITEBYTECODE= OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile

registry: .venv/complete  ## every problem of the registry, the hard and slow ones too
	$(BIN)/python -m pytest tests/test_registry.py

random: .venv/complete  ## statements drawn at random, others each time; what fails is shrunk
	OPENBLAS_NUM_THREADS=1 HYPOTHESIS_PROFILE=many $(BIN)/python -m pytest tests/properties/test_random.py

docs: .venv/complete  ## the pages, into site/
	$(BIN)/mkdocs build --strict

examples: .venv/complete  ## docs/guide/examples.md and its pictures
	$(BIN)/python tools/gallery.py

compare:  ## error and time beside the peers, in an environment of its own: docs/measurements/comparison.md
	$(PYTHON) -m venv .venv-compare
	.venv-compare/bin/python -m pip install --quiet ".[all]" -r benchmarks/requirements.txt
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 PYTHONPATH=tests .venv-compare/bin/python benchmarks/compare.py

compare-regions:  ## regions beside finite elements, likewise: docs/measurements/comparison-regions.md
	$(PYTHON) -m venv .venv-compare
	.venv-compare/bin/python -m pip install --quiet ".[all]" -r benchmarks/requirements.txt
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests:benchmarks .venv-compare/bin/python benchmarks/plane/beside_elements.py --write

compare-ivp: .venv/complete  ## hard initial-value problems beside SciPy: docs/measurements/comparison-initial-value.md
	$(BIN)/python benchmarks/compare_initial_value.py

.venv-kernel/installed: benchmarks/requirements-kernel.txt pyproject.toml
	$(PYTHON) -m venv .venv-kernel
	.venv-kernel/bin/python -m pip install --quiet -r benchmarks/requirements-kernel.txt
	touch $@

accuracy: .venv-kernel/installed  ## errors of the kernel and its rivals: docs/measurements/accuracy.md
	.venv-kernel/bin/python -m pip install --quiet .
	.venv-kernel/bin/python benchmarks/accuracy.py

accuracy-sweep: .venv-kernel/installed  ## float16, bfloat16, 10^7 float32: docs/measurements/accuracy-single.md
	.venv-kernel/bin/python -m pip install --quiet .
	.venv-kernel/bin/python benchmarks/accuracy.py --sweep

bench: .venv-kernel/installed  ## speed of the kernel and its rivals: docs/measurements/performance.md
	.venv-kernel/bin/python -m pip install --quiet .
	.venv-kernel/bin/python benchmarks/speed.py

bench-deep:  ## jets through deep networks and their rivals: docs/measurements/deep-networks.md
	$(PYTHON) -m venv .venv-deep
	.venv-deep/bin/python -m pip install --quiet . -r benchmarks/peers/requirements-deep.txt
	OPENBLAS_NUM_THREADS=1 .venv-deep/bin/python benchmarks/deep.py

hostile: .venv/complete  ## all inputs made to crash, hang or harm: docs/measurements/hostile.md
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/hostile/hostile_inputs.py

wheel-smoke:  ## sdist and wheel of what is committed; the wheel where there is no compiler
	PYTHON=$(PYTHON) tools/wheel_smoke.sh

fuzz: .venv/complete  ## the kernel under random arguments, with the sanitizers
	tools/fuzz_kernel.sh

clean:
	rm -rf .venv .venv-compare .venv-kernel .venv-deep build dist site out
