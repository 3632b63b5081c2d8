"""Files are written whole or not at all, where they may be, with what was there kept."""

import json
import os
import platform
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.solution.storage import replacing, writable


def write(path: Path, content: bytes = b"new") -> None:
    with replacing(path) as stream:
        stream.write(content)


def test_a_file_is_replaced_and_its_mode_kept(tmp_path):
    target = tmp_path / "solution.npz"
    target.write_bytes(b"old")
    target.chmod(0o640)
    write(target)
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["solution.npz"]


def test_a_new_file_has_the_mode_of_new_files(tmp_path):
    (tmp_path / "plain").touch()
    write(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_is_followed(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.npz"
    link.symlink_to(tmp_path / "there" / "real.npz")
    write(link)
    assert link.is_symlink()
    assert (tmp_path / "there" / "real.npz").read_bytes() == b"new"


def test_contents_are_on_the_disk_before_the_name_and_the_folder_after_it(tmp_path, monkeypatch):
    target, done = tmp_path / "solution.npz", []
    sync, replace = os.fsync, os.replace

    def synced(handle):
        sync(handle)
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        done.append("folder" if is_folder else f"{os.fstat(handle).st_size} bytes")

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", lambda *names: (replace(*names), done.append("name")))
    write(target, b"contents")
    assert done == ["8 bytes", "name", "folder"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/dev/null", "no regular file"),
        (".", "is a folder"),
        ("nowhere/file.npz", "there is no folder"),
        ("x" * 5000, "is no name of a file"),
        ("zero\0.npz", "is no name of a file"),
    ],
)
def test_what_is_no_regular_file_is_refused(path, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(sj.FileError, match=words):
        writable(path)


def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(sj.FileError, match="no regular file"):
        write(tmp_path / "pipe")


def test_what_was_there_is_kept_where_writing_fails(tmp_path):
    target = tmp_path / "solution.npz"
    target.write_bytes(b"old")

    def breaks_off() -> None:
        with replacing(target) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks_off()
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["solution.npz"]


def test_what_killed_runs_left_is_swept_and_nothing_else(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host = platform.node()
    left = tmp_path / f".sigmajet-{host}-{ended.pid}-abc.part"
    others = [
        tmp_path / f".sigmajet-{host}-{os.getpid()}-abc.part",
        tmp_path / f".sigmajet-elsewhere-{ended.pid}-abc.part",
        tmp_path / "theirs.part",
    ]
    for file in (left, *others):
        file.touch()
    write(tmp_path / "new")
    assert not left.exists()
    assert all(file.exists() for file in others)


def solved():
    x, u = sp.symbols("x"), sp.Function("u")
    statement = sp.Eq(u(x).diff(x, 2), -u(x))
    problem = sj.Problem(statement, u(x), {x: (0, 1)}, [sp.Eq(u(0), 0), sp.Eq(u(1), 1)])
    return sj.solve(problem)


def test_an_archive_that_unfolds_beyond_measure_is_refused(tmp_path):
    target = tmp_path / "bomb.npz"
    np.savez_compressed(target, head=np.zeros(2**24))  # 128 MiB of zeros
    assert target.stat().st_size < 2**18
    with pytest.raises(sj.FileError, match="would unfold from"):
        sj.load_solution(target)


def test_what_a_header_announces_is_not_believed_beyond_the_file(tmp_path):
    target = tmp_path / "header.npz"
    np.savez(target, head=np.zeros(4))
    content = target.read_bytes().replace(b"(4,), }       ", b"(99999999999,)")
    target.write_bytes(content)
    with pytest.raises(sj.FileError, match="damaged"):
        sj.load_solution(target)


@pytest.mark.parametrize("path", [None, 3.5, ["a"]])
def test_a_path_is_a_path(path):
    with pytest.raises(sj.FileError, match="expected the path of a file"):
        sj.load_solution(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(sj.FileError, match="no regular file"):
        sj.load_solution(tmp_path / "pipe")


def test_an_estimate_below_zero_is_no_estimate(tmp_path):
    solution = solved()
    solution.error_estimate = -1.0
    solution.save(tmp_path / "negative.npz")
    with pytest.raises(sj.FileError, match=r"error_estimate: got -1\.0"):
        sj.load_solution(tmp_path / "negative.npz")


@pytest.mark.parametrize("array", ["lower", "upper", "check_lower"])
@pytest.mark.parametrize("by", [0.25, -0.25])
def test_blocks_that_are_not_those_of_the_domain_are_no_solution(tmp_path, array, by):
    solved().save(tmp_path / "sound.npz")
    with np.load(tmp_path / "sound.npz") as file:
        arrays = {name: file[name] for name in file.files}
    arrays[array] = arrays[array] + by
    np.savez(tmp_path / "shifted.npz", **arrays)
    with pytest.raises(sj.FileError, match=r"blocks (lie outside of|do not fill) the domain"):
        sj.load_solution(tmp_path / "shifted.npz")


@pytest.mark.parametrize("changed", ["coefficients", "head", "digest"])
def test_what_was_altered_since_it_was_saved_is_no_solution(tmp_path, changed):
    solved().save(tmp_path / "sound.npz")
    with np.load(tmp_path / "sound.npz") as file:
        arrays = {name: file[name] for name in file.files}
    if changed == "digest":
        del arrays["digest"]
    elif changed == "head":  # 1e-9 for a larger estimate, which every other check lets pass
        head = json.loads(str(arrays["head"])) | {"error_estimate": 1e-12}
        arrays["head"] = np.array(json.dumps(head))
    else:
        arrays[changed] = arrays[changed] * (1 + 1e-6)
    np.savez(tmp_path / "altered.npz", **arrays)
    with pytest.raises(sj.FileError, match="altered since it was saved"):
        sj.load_solution(tmp_path / "altered.npz")


def test_a_report_holds_numbers_where_numbers_belong(tmp_path):
    solved().save(tmp_path / "sound.npz")
    with np.load(tmp_path / "sound.npz") as file:
        arrays = {name: file[name] for name in file.files}
    sound = json.loads(str(arrays["head"]))
    for name, value in (("seed", "a"), ("seed", -1), ("tol", 2.0), ("notes", "a"), ("blocks", 1.5)):
        head = {**sound, "report": {**sound["report"], name: value}}
        np.savez(tmp_path / "spoilt.npz", **{**arrays, "head": np.array(json.dumps(head))})
        with pytest.raises(sj.FileError, match=name):
            sj.load_solution(tmp_path / "spoilt.npz")


def test_a_statement_that_is_too_long_for_a_problem_file_is_kept_with_its_solution(tmp_path):
    x, u = sp.symbols("distance_from_the_left_end_of_the_beam"), sp.Function("u")
    long = sum(x**k for k in range(99))
    problem = sj.Problem(sp.Eq(u(x).diff(x), long), u(x), {x: (0, 0.5)}, [sp.Eq(u(0), 0)])
    with pytest.raises(sj.ProblemError, match=r"cannot be written as text: .* too long"):
        problem.to_text()
    solution = sj.solve(problem, tol=1e-4)
    solution.save(tmp_path / "long.npz")
    loaded = sj.load_solution(tmp_path / "long.npz")
    assert loaded.problem == problem
    assert loaded(0.4) == solution(0.4)
