"""No command line ends in a traceback, takes more than five seconds, or harms a file that it reads.

A part of them is tried here; `make hostile` tries all, and with them all hostile problem files.
"""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import hostile_commands
import pytest

import sigmajet as sj
from sigmajet.cli.arguments import read_points

sys.path.insert(0, str(Path(__file__).parents[1] / "problem"))
import hostile_files


def outcomes(folder, step):
    """What became of every so many of the commands, tried in a process of their own."""
    script = Path(hostile_commands.__file__)
    run = subprocess.run(
        [sys.executable, script, str(step)], cwd=folder, capture_output=True, text=True
    )
    found = [json.loads(line) for line in run.stdout.splitlines()]
    expected = len(list(itertools.islice(hostile_commands.commands(), 0, None, step)))
    assert len(found) == expected, run.stderr[-2000:]
    return found


def check(found):
    faults = [
        outcome
        for outcome in found
        if outcome[1] not in (0, 1, 2) or outcome[2] > 5 or outcome[3] or outcome[4]
    ]
    assert faults == []


def test_every_so_many_hostile_commands_are_answered(tmp_path):
    check(outcomes(tmp_path, 47))


def test_names_and_tables_beyond_all_bounds_are_refused(tmp_path):
    long = tmp_path / "long.csv"
    long.write_text("#" * 10**6)
    with pytest.raises(sj.FileError, match="is no table of points"):
        read_points(long, ["t"])
    with pytest.raises(sj.FileError, match="cannot be read"):
        sj.load_problem("a" * 5000)


@pytest.mark.slow
def test_all_hostile_commands_are_answered(tmp_path):
    check(outcomes(tmp_path, 1))


def test_the_set_is_large():
    files, commands = len(list(hostile_files.files())), len(list(hostile_commands.commands()))
    assert files + commands >= 2300
