"""Solutions: values, shapes, derivatives, formulas, files that survive and files that do not."""

import copy
import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest
import sympy
from numpy.polynomial import legendre
from sympy import Derivative, E, Eq, Function, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.approximation.block_field import BlockField
from sigmajet.approximation.evolving_field import EvolvingField
from sigmajet.approximation.polynomial_field import PolynomialField
from sigmajet.solution.storage import digest

x, y, t = symbols("x y t")
a = symbols("a")
u, v = Function("u"), Function("v")
GRID = np.linspace(0, 1, 41)


@pytest.fixture(scope="module")
def line():
    conditions = [Eq(u(0), 1), Eq(u(1), E)]
    return sj.solve(
        sj.Problem(Eq(u(x).diff(x, 2), a * u(x)), u(x), {x: (0, 1)}, conditions, parameters={a: 1})
    )


@pytest.fixture(scope="module")
def blocks():
    conditions = [Eq(u(0), 0), Eq(u(x).diff(x).subs(x, 0), 1)]
    return sj.solve(sj.Problem(Eq(u(x).diff(x, 2), -u(x)), u(x), {x: (0, 60)}, conditions))


@pytest.fixture(scope="module")
def pair():
    equations = [Eq(u(x).diff(x), v(x)), Eq(v(x).diff(x), -u(x))]
    return sj.solve(sj.Problem(equations, [u(x), v(x)], {x: (0, 2)}, [Eq(u(0), 0), Eq(v(0), 1)]))


@pytest.fixture(scope="module")
def plane():
    field, exact = u(x, y), exp(x) * sin(y)
    walls = [Eq(field.subs(s, p), exact.subs(s, p)) for s in (x, y) for p in (0, 1)]
    equation = Eq(field.diff(x, 2) + field.diff(y, 2), 0)
    return sj.solve(sj.Problem(equation, field, {x: (0, 1), y: (0, 1)}, walls))


@pytest.fixture(scope="module")
def heat():
    field = u(x, t)
    conditions = [Eq(u(x, 0), sin(pi * x)), Eq(u(0, t), 0), Eq(u(1, t), 0)]
    domain = {x: (0, 1), t: (0, sympy.Rational(1, 10))}
    return sj.solve(
        sj.Problem(Eq(field.diff(t), field.diff(x, 2)), field, domain, conditions, time=t)
    )


SOLUTIONS = ("line", "blocks", "pair", "plane", "heat")


@pytest.fixture(params=SOLUTIONS)
def solution(request):
    return request.getfixturevalue(request.param)


def somewhere(solution, count=50) -> np.ndarray:
    domain = solution.problem.domain
    rng = np.random.default_rng(3)
    return rng.uniform(domain.lower, domain.upper, (count, len(domain.lower))).T


def test_derivatives_of_a_solution_on_a_line_are_exact(line):
    for order in range(5):
        found = line.evaluate(u(x).diff(x, order), GRID)
        # At the ends each derivative may cost the square of the resolved degree (Markov), some 7.
        np.testing.assert_allclose(found, np.exp(GRID), rtol=1e-12 * 50**order)


def test_expressions_mix_unknowns_derivatives_variables_and_parameters(line, pair):
    found = line.evaluate(x * u(x) ** 2 + a * u(x).diff(x) + 3, GRID)
    np.testing.assert_allclose(found, GRID * np.exp(2 * GRID) + np.exp(GRID) + 3, rtol=1e-10)
    np.testing.assert_allclose(pair.evaluate(u(x) ** 2 + v(x) ** 2, GRID), 1, rtol=1e-9)


def test_expressions_without_an_unknown_have_their_values_too(line, heat):
    np.testing.assert_array_equal(line.evaluate(x, GRID), GRID)
    np.testing.assert_array_equal(line.evaluate(3, GRID), np.full(len(GRID), 3.0))
    values, errors = line.evaluate(3, GRID, with_error=True)
    assert np.all(values == 3.0)
    assert not np.any(errors)
    np.testing.assert_array_equal(heat.evaluate("3", x=0.5, t=[0.0, 0.1]), [3.0, 3.0])
    np.testing.assert_array_equal(
        heat.evaluate(t, x=[[0.0], [0.5]], t=[0.0, 0.1]), [[0.0, 0.1]] * 2
    )


def test_mixed_derivatives_in_the_plane_are_exact(plane):
    points = somewhere(plane)
    for i, j in ((1, 0), (0, 1), (1, 1), (2, 1), (0, 3)):
        exact = sympy.lambdify((x, y), (exp(x) * sin(y)).diff(x, i, y, j))(*points)
        found = plane.evaluate(u(x, y).diff(x, i, y, j), *points)
        np.testing.assert_allclose(found, exact, rtol=0, atol=1e-9 * 20 ** (i + j))


def test_a_residual_is_left_minus_right_side(line, pair, heat):
    for solution, size in ((line, 1), (pair, 2), (heat, 1)):
        points = somewhere(solution)
        residual = solution.residual(*points)
        assert residual.shape == (size, 50)
        for row, relation in zip(residual, solution.problem.equations, strict=True):
            assert len(relation.source) > 0
            assert np.abs(row).max() < 1e-4
    # Of the network alone: what `evaluate` takes from the equation leaves nothing.
    slopes, values = line.field.derivatives([(0, (2,)), (0, (0,))], GRID[:, None])
    np.testing.assert_allclose(line.residual(GRID)[0], slopes - values, rtol=0, atol=1e-13)
    assert np.abs(line.evaluate(u(x).diff(x, 2) - a * u(x), GRID)).max() == 0.0


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (0,)])
def test_values_have_the_shape_of_the_coordinates(line, pair, shape):
    where = np.full(shape, 0.5)
    assert line(where).shape == shape
    assert line.evaluate(u(x) + 1, where).shape == shape
    assert line.evaluate(sympy.Integer(2), where).shape == shape
    assert line.residual(where).shape == (1, *shape)
    assert pair(where).shape == (2, *shape)


def test_coordinates_are_broadcast(plane):
    grid = plane(GRID[:, None], GRID[None, :])
    assert grid.shape == (41, 41)
    one_by_one = [[plane(p, q) for q in GRID[::20]] for p in GRID[::20]]
    np.testing.assert_allclose(grid[::20, ::20], one_by_one, rtol=0, atol=1e-11)
    assert plane(0.5, GRID).shape == (41,)


def test_plain_numbers_and_lists_are_coordinates(line):
    assert float(line(1)) == pytest.approx(np.e, rel=1e-10)
    assert line([0, 1]).tolist() == pytest.approx([1, np.e], rel=1e-10)


@pytest.mark.parametrize("where", [-1e-6, 1.000001, np.nan, np.inf, [0.5, 2.0]])
def test_a_place_outside_the_domain_is_refused(line, where):
    for call in (line, line.residual, lambda at: line.evaluate(u(x), at)):
        with pytest.raises(sj.ProblemError, match=r"x = .* outside the domain"):
            call(where)


def test_rounding_at_the_ends_of_the_domain_is_forgiven(line):
    assert line([-1e-15, 1 + 1e-15]).tolist() == pytest.approx([1, np.e], rel=1e-10)


@pytest.mark.parametrize("coordinates", [(), (0.5, 0.5)])
def test_the_number_of_coordinates_is_checked(line, coordinates):
    with pytest.raises(sj.ProblemError, match="expected one for each of x"):
        line(*coordinates)


def test_expressions_that_cannot_be_evaluated_are_refused(line):
    with pytest.raises(sj.ProblemError, match="fixes a place"):
        line.evaluate(u(0), 0.5)
    with pytest.raises(sj.ProblemError, match="neither a variable nor a parameter"):
        line.evaluate(u(x) + symbols("stranger"), 0.5)
    with pytest.raises(sj.ProblemError):
        line.evaluate(v(x), 0.5)


@pytest.mark.parametrize("name", ["line", "blocks", "pair", "plane"])
def test_the_formula_is_the_solution(name, request):
    solution = request.getfixturevalue(name)
    points = somewhere(solution, 12)
    formulas = solution.to_sympy()
    formulas = formulas if isinstance(formulas, tuple) else (formulas,)
    values = solution(*points).reshape(len(formulas), -1)
    # SymPy's numbers are evaluated by Python's exp: the oracle shares nothing with the ufuncs.
    if isinstance(solution._field, PolynomialField):
        # The bound of Horner's scheme: degree times the sum of the coefficients.
        rows = solution._field.series.reshape(-1, solution._field.degree + 1)
        size = len(rows.T) * max(np.abs(legendre.leg2poly(row)).sum() for row in rows)
    else:
        size = np.abs(solution._field.coefficients).max() * solution._field.network.width
    for formula, expected in zip(formulas, values, strict=True):
        function = sympy.lambdify(solution.problem.variables, formula, "math")
        found = [function(*point) for point in points.T.tolist()]
        np.testing.assert_allclose(found, expected, rtol=0, atol=4e-16 * size)


def test_an_evolution_has_no_formula(heat):
    with pytest.raises(sj.ProblemError, match="to_sympy"):
        heat.to_sympy()


def test_all_kinds_of_field_are_among_the_solutions_of_these_tests(line, heat, blocks, pair):
    assert isinstance(line._field, BlockField)
    assert isinstance(pair._field, PolynomialField)
    assert isinstance(heat._field, EvolvingField)
    assert len(blocks._field.partition) > 1


def test_a_saved_solution_comes_back_to_the_last_bit(solution, tmp_path):
    path = tmp_path / "solution.npz"
    solution.save(path)
    loaded = sj.load_solution(path)
    points = somewhere(solution)
    assert loaded(*points).tobytes() == solution(*points).tobytes()
    unknown = solution.problem.unknowns[0]
    slope = unknown.diff(solution.problem.variables[0])
    assert loaded.evaluate(slope, *points).tobytes() == solution.evaluate(slope, *points).tobytes()
    assert loaded.error_estimate == solution.error_estimate
    assert loaded.converged == solution.converged
    assert loaded.report == solution.report
    assert str(loaded.problem) == str(solution.problem)
    np.testing.assert_allclose(loaded.residual(*points), solution.residual(*points), atol=1e-12)


def test_saving_replaces_the_file_and_leaves_nothing_else(line, tmp_path):
    path = tmp_path / "solution.npz"
    path.write_bytes(b"something older")
    line.save(path)
    assert os.listdir(tmp_path) == ["solution.npz"]
    assert float(sj.load_solution(path)(0.0)) == pytest.approx(1.0)


def test_a_failure_while_saving_keeps_the_old_file_and_leaves_nothing_else(
    line, tmp_path, monkeypatch
):
    path = tmp_path / "solution.npz"
    path.write_bytes(b"something older")

    def full(file, **contents):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(sj.FileError, match="No space left"):
        line.save(path)
    assert os.listdir(tmp_path) == ["solution.npz"]
    assert path.read_bytes() == b"something older"


def test_a_folder_that_does_not_exist_is_named(line, tmp_path):
    with pytest.raises(sj.FileError, match="nowhere"):
        line.save(tmp_path / "nowhere" / "solution.npz")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(sj.FileError, match=r"missing\.npz: cannot be read: No such file"):
        sj.load_solution(tmp_path / "missing.npz")


@pytest.fixture(params=["line", "heat"])
def saved(request, tmp_path):
    path = tmp_path / "solution.npz"
    request.getfixturevalue(request.param).save(path)
    return path


def refused(path, contents: bytes) -> None:
    path.write_bytes(contents)
    with pytest.raises(sj.FileError, match=path.name):
        sj.load_solution(path)


def test_a_file_cut_short_anywhere_is_refused(saved):
    whole = saved.read_bytes()
    for length in {0, 1, 3, 4, 30, *range(50, len(whole), len(whole) // 60), len(whole) - 1}:
        refused(saved, whole[:length])


def test_a_flipped_byte_is_refused_or_changes_nothing(saved):
    whole = saved.read_bytes()
    reference = sj.load_solution(saved)
    points = somewhere(reference, 5)
    rng = np.random.default_rng(0)
    # All of the first header and of the directory at the end, and many places between.
    places = {*range(60), *range(len(whole) - 60, len(whole))}
    noticed = 0
    for place in places | set(rng.integers(0, len(whole), 150).tolist()):
        damaged = bytearray(whole)
        damaged[place] ^= int(rng.integers(1, 256))
        saved.write_bytes(damaged)
        try:
            loaded = sj.load_solution(saved)
        except sj.FileError:
            noticed += 1
        else:  # a time stamp or the like
            assert loaded(*points).tobytes() == reference(*points).tobytes()
    assert noticed > 150


def rewritten(saved, **changes) -> None:
    """Replace arrays of a saved file; None removes one. Checksums fit: only we can notice."""
    with np.load(saved) as file:
        contents = {name: file[name] for name in file.files} | changes
    contents = {name: array for name, array in contents.items() if array is not None}
    if "digest" not in changes:
        contents["digest"] = np.array(digest({n: c for n, c in contents.items() if n != "digest"}))
    with open(saved, "wb") as stream:
        np.savez(stream, **contents)


def names(saved) -> list[str]:
    with np.load(saved) as file:
        return list(file.files)


def test_arrays_that_are_missing_are_noticed(saved):
    whole = saved.read_bytes()
    for name in names(saved):
        saved.write_bytes(whole)
        rewritten(saved, **{name: None})
        refused(saved, saved.read_bytes())


def test_arrays_of_another_shape_or_kind_are_noticed(saved):
    whole = saved.read_bytes()
    for name in set(names(saved)) - {"head"}:
        with np.load(saved) as file:
            array = file[name]
        for other in (
            np.zeros(()) if array.ndim else np.zeros(3),
            np.concatenate([array, array]) if array.ndim else np.zeros((2, 2)),
            np.full(array.shape, np.nan),
            np.full(array.shape, "text"),
            np.full(array.shape, 1j) if array.dtype.kind == "U" else array + 1j,
            np.zeros((0, *array.shape[1:])),
        ):
            rewritten(saved, **{name: other})
            refused(saved, saved.read_bytes())
            saved.write_bytes(whole)


def test_heads_that_are_wrong_are_noticed(saved):
    whole = saved.read_bytes()
    with np.load(saved) as file:
        head = json.loads(str(file["head"]))
    changes = [{key: wrong} for key in head for wrong in (None, 7, "no", [], {})]
    for change in changes:
        if change == {"error_estimate": 7}:
            continue  # an estimate like any other
        saved.write_bytes(whole)
        rewritten(saved, head=np.array(json.dumps(head | change)))
        refused(saved, saved.read_bytes())
    for key in head:
        saved.write_bytes(whole)
        rewritten(saved, head=np.array(json.dumps({k: v for k, v in head.items() if k != key})))
        refused(saved, saved.read_bytes())
    for text in ("", "[]", "7", "{", "[" * 100_000):
        saved.write_bytes(whole)
        rewritten(saved, head=np.array(text))
        refused(saved, saved.read_bytes())


def test_a_field_of_another_problem_is_noticed(line, plane, pair, tmp_path):
    path = tmp_path / "solution.npz"
    for owner, stranger in ((line, plane), (plane, line), (pair, line)):
        owner.save(path)
        rewritten(path, **stranger._field.arrays())
        refused(path, path.read_bytes())


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("exploded",)


def test_a_pickle_is_refused_and_never_run(saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with np.load(saved) as file:
        contents = {name: file[name] for name in file.files}
    stream = io.BytesIO()
    np.savez(stream, **contents | {"biases": np.array([Bomb()], dtype=object)})
    refused(saved, stream.getvalue())
    stream = io.BytesIO()
    np.save(stream, np.array([Bomb()], dtype=object), allow_pickle=True)
    refused(saved, stream.getvalue())
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    "contents",
    [b"", b"hello", b"PK\x05\x06" + bytes(18), struct.pack("<500d", *range(500))],
    ids=["empty", "text", "empty archive", "numbers"],
)
def test_other_files_are_refused(tmp_path, contents):
    refused(tmp_path / "other.npz", contents)


def test_other_arrays_and_archives_are_refused(tmp_path):
    path = tmp_path / "other.npz"
    stream = io.BytesIO()
    np.save(stream, np.arange(5.0))
    refused(path, stream.getvalue())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("head", "no array")
    refused(path, stream.getvalue())
    with pytest.raises(sj.FileError):
        sj.load_solution(tmp_path)


def test_a_representation_names_the_unknowns_and_the_error(line, pair):
    assert repr(line).startswith("<Solution of u(x): error about ")
    assert "u(x), v(x)" in repr(pair)
    assert "NOT CONVERGED" not in repr(line)


def test_coordinates_are_taken_by_name_too():
    x, t = symbols("x t")
    v = Function("v")(x, t)
    walls = [Eq(v.subs(x, 0), 0), Eq(v.subs(x, 1), 0)]
    start = Eq(v.subs(t, 0), sin(pi * x))
    problem = sj.Problem(
        Eq(v.diff(t), v.diff(x, 2)), v, {x: (0, 1), t: (0, 0.1)}, [start, *walls], time=t
    )
    heat = sj.solve(problem, tol=1e-4)
    places = np.linspace(0, 1, 5)
    expected = heat(places, 0.1)
    assert np.array_equal(heat(t=0.1, x=places), expected)
    assert np.array_equal(heat(places, t=0.1), expected)
    assert np.array_equal(heat.evaluate("2*v", t=0.1, x=places), 2 * expected)
    slope = heat.evaluate(v.diff(x), places, 0.1)
    assert np.array_equal(heat.evaluate("diff(v, x)", places, 0.1), slope)
    for wrong in ({"x": 0.5}, {"x": 0.5, "y": 1.0}):
        with pytest.raises(sj.ProblemError, match="each of x, t once"):
            heat(**wrong)
    with pytest.raises(sj.ProblemError, match="expression, column 6: unknown name w"):
        heat.evaluate("1 + (w)", places, 0.1)


def test_an_unknown_is_an_attribute(pair, line):
    np.testing.assert_array_equal(pair.v(GRID), pair(GRID)[1])
    np.testing.assert_array_equal(pair.u(x=0.5), pair(0.5)[0])
    np.testing.assert_array_equal(copy.deepcopy(line).u(GRID), line(GRID))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(line)).u(GRID), line(GRID))
    assert {"u", "v", "evaluate"} <= set(dir(pair))
    with pytest.raises(AttributeError, match="no 'w'; its unknowns are u, v"):
        _ = pair.w
    assert not hasattr(line, "_repr_png_")


def test_orders_beyond_those_of_the_sigmoid_are_refused(line):
    with pytest.raises(sj.ProblemError, match="order 99999; those of the sigmoid go up to 200"):
        line.evaluate(Derivative(u(x), (x, 99999), evaluate=False), 0.5)
