"""No problem file runs code, hangs or exhausts memory; `hostile_files` holds those that try."""

import json
import subprocess
import sys
from pathlib import Path

import hostile_files
import pytest

FILES = list(hostile_files.files())


@pytest.fixture(scope="module")
def outcomes():
    """What became of each file, loaded in a process of its own with limited memory."""
    script = Path(hostile_files.__file__)
    run = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=300, check=True
    )
    return {name: rest for name, *rest in map(json.loads, run.stdout.splitlines())}


def test_every_file_comes_to_an_end(outcomes):
    assert list(outcomes) == [name for name, _, _ in FILES]


@pytest.mark.parametrize(("name", "must_be_refused"), [(n, m) for n, _, m in FILES])
def test_a_hostile_file_is_refused_within_two_seconds(outcomes, name, must_be_refused):
    outcome, seconds = outcomes[name]
    assert outcome in (("refused",) if must_be_refused else ("refused", "answered"))
    assert seconds < 2
