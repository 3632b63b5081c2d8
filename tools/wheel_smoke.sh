#!/usr/bin/env bash
# Build sdist and wheel of what is committed, and try the wheel in an environment of its own: first
# with NumPy alone, then with every extra, both times without a compiler in reach.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
work=$(mktemp -d)
trap '/bin/rm -rf "$work"' EXIT

git clone --quiet . "$work/clone"
"$python" -m venv "$work/build"
"$work/build/bin/python" -m pip install --quiet build
rm -rf dist
"$work/build/bin/python" -m build --outdir dist "$work/clone"  # the wheel is built from the sdist
wheel=$(echo dist/*.whl)

"$python" -m venv "$work/bare"
export PATH="$work/bare/bin"
python -m pip install --quiet --only-binary :all: "$wheel"
python tools/smoke.py kernel
python -m pip install --quiet --only-binary :all: "$wheel[all]"
python tools/smoke.py all
