"""Command lines made to crash, hang or harm files; run as a script, it tries each.

The script runs in an empty folder that it fills, and tells of each command what happened
(`trial`): a fault is a traceback, an internal error, a control character, or a file harmed.
"""

import contextlib
import io
import itertools
import os
import sys
from functools import partial
from pathlib import Path

import trial

STATEMENT = """unknowns = "y(t)"
equations = "diff(y, t) = -k*y"
conditions = "y(0) = 1"
[domain]
t = [0, 1]
[parameters]
k = 2
"""

NUMBERS = (
    *("-1", "0", "1", "-0", "1e3", "99999999999999999999", "200", "201", "2001", "x", "", " "),
    *("nan", "inf", "-inf", "1e400", "1e1000000", "1/0", "0x10", "1_0", "\u0663", "\x1b[31m", "1j"),
)
EXPRESSIONS = (
    *("y", "diff(y, t)", "diff(y, t, 99)", "diff(y, t, 10**9)", "y.__class__", "__import__('os')"),
    *("9**9**9", "1/0", "y[0]", "", " ", "x", "lambda: 1", "y(0)", "y(5)", "'", "((((", "y\x1b[2J"),
    *(
        "exp(exp(exp(9)))",
        "where(y < 0, 1, 2)",
        "integral(y, (t, 0, 1))",
        "y" * 9000,
        "gamma(10**7)",
    ),
)
PLACES = (
    *("t=0", "t=1", "t=2", "t=-1", "t=nan", "t=inf", "t=0:1:3", "t=0:1:-3", "t=0:1:1e9", "t=0:1"),
    *("t=0:1:99999999999", "t=1:0:5", "t=", "=1", "t", "", "x=1", "t=0,t=1", "t=9**9**9", "t=pi/4"),
    *("t=__import__('os')", "t=\x1b[31m", "t=0:nan:3", "t=1e400", "t=0::5", "t=a:b:c"),
)
TARGETS = (
    *("in.toml", "saved.npz", "link.npz", "/dev/null", "/dev/full", ".", "no/such/a.npz", "pipe"),
    *("", "a\0b", "a" * 300, "in.toml/a.npz", "\x1b[31m.npz", "read-only/a.npz", "~/", "-"),
)
FILES = (
    *("in.toml", "saved.npz", "damaged.npz", "no.toml", "/dev/null", "pipe", ".", "", "a\0b"),
    *("binary.toml", "large.toml", "bomb.npz", "text.npz", "\x1b[31m", "a" * 5000, "link.npz"),
)
OPTIONS = (
    *(("--tol", n) for n in NUMBERS),
    *(("--width", n) for n in NUMBERS if n != "2001"),  # which may be had, and takes a minute
    *(("--seed", n) for n in NUMBERS),
    *(("--method", w) for w in ("auto", "steady", "no", "", "AUTO")),
    *(("-p", f"k={n}") for n in NUMBERS),
    *(("-p", f"k={e}") for e in EXPRESSIONS),
    *(("-p", text) for text in ("k", "=1", "k=", "j=1", "__k=1", "k=1=2")),
    *(("--plot", t) for t in TARGETS),
    *(("--plot", t) for t in ("a.png", "a.exe", "a", "a.PNG", ".png")),
    *(("--save", t) for t in TARGETS),
    *(("--checkpoint", t) for t in TARGETS),
    *((o, "x") for o in ("--no-such", "--tl", "-x", "--json", "--", "--version")),
)


def commands():
    """All command lines."""
    for order, point in itertools.product(NUMBERS, NUMBERS[::2]):
        yield "derivative", order, point
    for order, digits in itertools.product(NUMBERS, NUMBERS[1::2]):
        yield "derivative", order, "0.3", "--digits", digits
    for point in NUMBERS:
        yield "derivative", "3", point, "--digits", "30"
    for order in NUMBERS:
        yield "coefficients", order
        yield "coefficients", order, "--eulerian"
    for place in PLACES:
        yield "evaluate", "saved.npz", "--at", place
        yield "plot", "saved.npz", "-o", "drawn.png", "--at", place
    for text, place in itertools.product(EXPRESSIONS, PLACES[::5]):
        yield "evaluate", "saved.npz", "--expression", text, "--at", place
    for text in EXPRESSIONS:
        yield "plot", "saved.npz", "-o", "drawn.png", "--expression", text
    for name in FILES:
        yield "evaluate", name, "--at", "t=0"
        yield "evaluate", "saved.npz", "--points", name
        yield "plot", name, "-o", "drawn.png"
        yield "check", name
        yield "check", name, "--latex"
        yield "solve", name
    for target in TARGETS:
        yield "plot", "saved.npz", "-o", target
    for option in OPTIONS:
        yield "solve", "in.toml", *option
        yield "check", "in.toml", *option
    for kind in ("no", "", "../../etc/passwd", "ivp\0", "\x1b[31m"):
        yield "new", kind


def prepare():
    """Fill the present folder; return what may not change."""
    import numpy as np

    import sigmajet as sj

    Path("in.toml").write_text(STATEMENT)
    solution = sj.solve(sj.load_problem("in.toml"))
    solution.save("saved.npz")
    Path("link.npz").symlink_to("saved.npz")
    whole = Path("saved.npz").read_bytes()
    Path("damaged.npz").write_bytes(whole[: len(whole) // 2])
    Path("binary.toml").write_bytes(bytes(range(256)))
    Path("large.toml").write_text("#" * 10**6)
    Path("text.npz").write_text("no archive")
    np.savez_compressed("bomb.npz", head=np.zeros(2**24))
    os.mkfifo("pipe")
    Path("read-only").mkdir(mode=0o500)
    return {name: Path(name).read_bytes() for name in ("in.toml", "large.toml", "binary.toml")}


def run(words, kept):
    """Run a command; raise unless it leaves as it should, says nothing wrong and harms nothing."""
    from sigmajet.cli import main

    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(list(words))
    except SystemExit as leaving:
        code = leaving.code
    said = out.getvalue() + err.getvalue()
    for sign in ("Traceback", "internal error", "\x1b"):
        if sign in said:
            raise RuntimeError(f"{sign!r} on the terminal")
    for name, content in kept.items():
        if Path(name).read_bytes() != content:
            raise RuntimeError(f"{name} is harmed")
    if code == 2:
        raise PermissionError  # refused
    if code not in (0, 1):
        raise RuntimeError(f"exit code {code}")


def main():
    kept = prepare()
    sys.stdin = io.StringIO("")
    trial.begin()
    for words in list(commands())[trial.every()]:
        outcome, seconds = trial.tried(partial(run, words, kept), (PermissionError,))
        trial.tell(" ".join(word[:60] for word in words), outcome, seconds)


if __name__ == "__main__":
    main()
