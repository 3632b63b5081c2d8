"""Count the constants that steer sigmajet, room by room: `python tools/constants.py`.

A constant is a name in capitals that a module gives a number (or several numbers), or a field of a
class or, among the strategies, a parameter with a number as its default: what could be tuned. Of
one that is told by other names the numbers 0 and 1 are none. In the body of a function every number
is one that is no small whole one or a half (a dimension, a mean, a square) and no base of a power;
numbers in the text of messages are those of the text. What a solve never runs (the command line,
pictures, the explorer, functions for PyTorch, JAX and other arrays, integers) steers none of it,
and there is nothing to tune in `SHAPES`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "sigmajet"
BESIDE = (
    "array_api",
    "cli",
    "deep",
    "exact.py",
    "explore",
    "jax",
    "solution/plotting",
    "special.py",
    "torch",
    "problem/drawing",
)
OPTIONS = "solvers"  # where defaults of parameters are options of a solve
SHAPES = {  # names whose numbers could be no others
    "FUNCTIONS": "how many arguments each takes",
    "NO_CORNERS": "shapes of empty arrays",
    "NO_HARMONICS": "shapes of empty arrays",
    "NO_SYMMETRY": "shapes of empty arrays",
    "PROBES": "the number of a stream",
    "SERIES": "a matrix, from as many nodes as there are",
    "DIGITS": "17, in which a double is told from all others",
    "_DEGREES": "what SciPy means by names",
    "_MODE": "what a file is opened with",
    "_MULTIPLES": "how people write angles",
}
SMALLEST = 4  # whole numbers up to this are dimensions and powers


def numbers(value: ast.AST) -> list[float]:
    """Return the numbers that stand in an expression."""
    return [
        node.value
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    ]


def defaults(tree: ast.Module) -> Iterator[str]:
    """Yield the parameters with a number as their default."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            given = node.args.posonlyargs + node.args.args
            some = zip(reversed(given), reversed(node.args.defaults), strict=False)
            named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            for parameter, value in (*some, *named):
                if value is not None and set(numbers(value)) - {0, 1}:
                    yield f"{node.name}({parameter.arg})"


def constants(tree: ast.Module) -> Iterator[str]:
    """Yield the names of the constants of a module."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for field in node.body:
                given = isinstance(field, ast.AnnAssign) and field.value is not None
                if given and set(numbers(field.value)) - {0, 1}:
                    yield f"{node.name}.{ast.unparse(field.target)}"
            continue
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        told = any(isinstance(part, ast.Name) for part in ast.walk(node.value))
        given = set(numbers(node.value)) - ({0, 1} if told else set())
        if given and all(name.strip("_").isupper() for name in names):
            yield from (name for name in names if name not in SHAPES)


def literals(tree: ast.Module) -> Iterator[str]:
    """Yield the numbers in bodies of functions that could be others."""
    held = [
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.Lambda)
        for statement in (node.body if isinstance(node, ast.FunctionDef) else [node.body])
        for part in ast.walk(statement)
    ]
    text = {id(p) for node in held if isinstance(node, ast.JoinedStr) for p in ast.walk(node)}
    text |= {id(p.left) for p in held if isinstance(p, ast.BinOp) and isinstance(p.op, ast.Pow)}
    text |= {id(p) for node in held if isinstance(node, ast.FunctionDef) for p in signature(node)}
    for part in {id(part): part for part in held}.values():
        if isinstance(part, ast.Constant) and id(part) not in text:
            for value in map(abs, numbers(part)):
                if value != 1 / 2 and not (value == int(value) and value <= SMALLEST):
                    yield f"{value:g} in line {part.lineno}"


def signature(node: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield what stands above the body of a function."""
    for part in (node.args, *node.decorator_list):
        yield from ast.walk(part)


def steering(name: str, tree: ast.Module) -> list[str]:
    """List what steers a solve in a file."""
    options = defaults(tree) if name.startswith(OPTIONS) else ()
    return [*constants(tree), *options, *literals(tree)]


def count() -> Counter[str]:
    """Count the constants of every file."""
    return Counter(
        {
            name: len(found)
            for file in sorted(SOURCE.rglob("*.py"))
            if not (name := file.relative_to(SOURCE).as_posix()).startswith(BESIDE)
            if (found := steering(name, ast.parse(file.read_text(encoding="utf-8"))))
        }
    )


def main() -> None:
    """Print the counts, file by file and in all."""
    counts = count()
    for file, number in counts.items():
        tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
        print(f"{number:4d}  {file}: {', '.join(steering(file, tree))}")
    print(f"{counts.total():4d}  in all")


if __name__ == "__main__":
    main()
