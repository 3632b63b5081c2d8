"""Statements drawn at random, well posed by their form, so that hypothesis shrinks what fails.

A solution and coefficients are drawn, of few decimal digits; right sides follow from them. Every
draw shrinks towards few terms, small numbers and the unit box.
"""

from hypothesis import strategies as st
from sympy import Rational, exp, sin, sinh, sqrt, tanh

from .statement import Statement
from .statements import XT, XY, T, X, t, v, w, x, y


def numbers(low, high):
    """Rationals of one decimal digit."""
    return st.integers(int(10 * low), int(10 * high)).map(lambda n: Rational(n, 10))


@st.composite
def boxes(draw, *variables):
    """Intervals of length 1/2 to 2, not far from zero."""
    if draw(st.booleans()):
        low = [draw(numbers(-1, 1)) for _ in variables]
        length = [draw(numbers(0.5, 2)) for _ in variables]
        return {q: (a, a + h) for q, a, h in zip(variables, low, length, strict=True)}
    return dict.fromkeys(variables, (0, 1))


def unit(domain):
    """Coordinates that run from 0 to 1."""
    return [(q - low) / (high - low) for q, (low, high) in domain.items()]


@st.composite
def formulas(draw, domain, fast=8, narrow=5):
    """A sum of waves, exponentials, polynomials, bumps and fronts, of which none is dominant."""
    coordinates = unit(domain)

    def phase(largest):
        return sum(draw(numbers(-largest, largest)) * s for s in coordinates) + draw(numbers(0, 3))

    total = 1 + coordinates[0]  # what is zero has no relative error
    for kind in draw(
        st.lists(st.sampled_from(("power", "exp", "wave", "bump", "front")), max_size=3)
    ):
        size = draw(st.sampled_from((1, Rational(-1, 2), Rational(7, 10))))
        if kind == "power":
            total += size * phase(1) ** draw(st.integers(2, 4)) / 4
        elif kind == "exp":
            total += size * exp(phase(Rational(3, 2)) - 2)
        elif kind == "wave":
            total += size * sin(phase(fast))
        else:
            places = [draw(numbers(0, 1)) for _ in coordinates]
            width = (1 + draw(numbers(0, 2))) / narrow
            if kind == "bump":
                away = sum((s - p) ** 2 for s, p in zip(coordinates, places, strict=True))
                total += size * exp(-away / width**2)
            else:
                total += size * tanh((coordinates[-1] - places[-1]) / width)
    return total


@st.composite
def coefficients(draw, domain, low, high):
    """A number between bounds, or a function that varies between them."""
    mean, rest = Rational(low + high) / 2, Rational(high - low) / 2
    if draw(st.booleans()):
        return mean + rest * sin(sum(draw(numbers(-4, 4)) * s for s in unit(domain)))
    return draw(numbers(low, high))


@st.composite
def walls(draw, unknown, variable, ends, kinds=("value", "slope", "mixed")):
    """A condition at each end that keeps an elliptic operator coercive, a value at the first."""
    left, right = ends
    second = draw(st.sampled_from(kinds))
    slope = unknown.diff(variable)
    side = {"value": unknown, "slope": slope, "mixed": slope + draw(numbers(0, 2)) * unknown}
    return ((unknown, {variable: left}),), ((side[second], {variable: right}),)


@st.composite
def linear_lines(draw):
    """- a u'' + b u' + c u, which a maximum principle makes well posed for c >= 0."""
    domain = draw(boxes(x))
    a, b, c = (draw(coefficients(domain, *bounds)) for bounds in ((0.5, 2), (-1, 1), (0, 5)))
    return Statement(
        unknowns=(X,),
        solution=(draw(formulas(domain, fast=40, narrow=20)),),
        operators=(-a * X.diff(x, 2) + b * X.diff(x) + c * X,),
        conditions=draw(walls(X, x, domain[x])),
        domain=domain,
    )


@st.composite
def coercive_systems(draw):
    """- D u'' + (M M^T + S) u with S skew: coercive, and so well posed."""
    domain = draw(boxes(x))
    names = (X, v(x), w(x))[: draw(st.integers(2, 3))]
    n = len(names)
    m = [[draw(st.integers(-2, 2)) for _ in names] for _ in names]
    skew = {(i, j): draw(numbers(-2, 2)) for i in range(n) for j in range(i)}
    operators = []
    for i in range(n):
        coupling = sum(
            (sum(m[i][k] * m[j][k] for k in range(n)) + skew.get((i, j), 0) - skew.get((j, i), 0))
            * names[j]
            for j in range(n)
        )
        operators.append(-draw(numbers(0.2, 2)) * names[i].diff(x, 2) + coupling)
    return Statement(
        unknowns=names,
        solution=tuple(draw(formulas(domain, fast=20)) for _ in names),
        operators=tuple(operators),
        conditions=tuple(c for name in names for c in draw(walls(name, x, domain[x]))),
        domain=domain,
    )


@st.composite
def monotone_lines(draw):
    """- (k(u) u')' + g(u) with k > 0 and g rising, or a plate on such a foundation."""
    domain = draw(boxes(x))
    spring = draw(st.sampled_from((X**3, sinh(X), exp(X), X, X**3 + X)))
    bending = draw(st.sampled_from(("string", "plate", "curve")))
    ends = domain[x]
    conditions = tuple(((X, {x: end}),) for end in ends)
    if bending == "plate":
        operator = X.diff(x, 4) + spring
        conditions += tuple(((X.diff(x), {x: end}),) for end in ends)
    elif bending == "curve":
        operator = -(X.diff(x) / sqrt(1 + X.diff(x) ** 2)).diff(x).doit() + X
    else:
        operator = -draw(numbers(0.1, 1)) * X.diff(x, 2) + spring
    return Statement(
        unknowns=(X,),
        solution=(draw(formulas(domain)),),
        operators=(operator,),
        conditions=conditions,
        domain=domain,
    )


@st.composite
def initial_values(draw):
    """An equation of order 1 to 4, linear or with a smooth nonlinearity."""
    domain = draw(boxes(t))
    order = draw(st.integers(1, 4))
    lower = sum(draw(coefficients(domain, -3, 3)) * T.diff(t, k) for k in range(1, order))
    of_u = draw(st.sampled_from((T, sin(T), T**2 / 4, T / (1 + T**2), exp(-T))))
    lead = draw(coefficients(domain, 0.5, 2))
    return Statement(
        unknowns=(T,),
        solution=(draw(formulas(domain, fast=30, narrow=20)),),
        operators=(lead * T.diff(t, order) + lower + draw(numbers(-3, 3)) * of_u,),
        conditions=tuple(((T.diff(t, k), {t: domain[t][0]}),) for k in range(order)),
        domain=domain,
    )


@st.composite
def coupled_initial_values(draw):
    """Two or three unknowns of first order, coupled by products."""
    domain = draw(boxes(t))
    names = (T, v(t), w(t))[: draw(st.integers(2, 3))]
    operators = []
    for name in names:
        linear = sum(draw(numbers(-2, 2)) * other for other in names)
        one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        operators.append(name.diff(t) - linear + draw(numbers(-0.5, 0.5)) * one * other)
    return Statement(
        unknowns=names,
        solution=tuple(draw(formulas(domain, fast=20)) for _ in names),
        operators=tuple(operators),
        conditions=tuple(((name, {t: domain[t][0]}),) for name in names),
        domain=domain,
    )


@st.composite
def elliptic_planes(draw):
    """- a u_xx - b u_yy + first derivatives + g(u), g rising."""
    domain = draw(boxes(x, y))
    a, b = (draw(coefficients(domain, 0.5, 2)) for _ in range(2))
    reaction = draw(st.sampled_from((0 * XY, XY, XY**3)))
    flow = draw(numbers(-2, 2)) * XY.diff(x) + draw(numbers(-2, 2)) * XY.diff(y)
    return Statement(
        unknowns=(XY,),
        solution=(draw(formulas(domain, fast=6, narrow=3)),),
        operators=(-a * XY.diff(x, 2) - b * XY.diff(y, 2) + flow + reaction,),
        conditions=(*draw(walls(XY, x, domain[x])), *draw(walls(XY, y, domain[y], ("value",)))),
        domain=domain,
    )


@st.composite
def diffusions(draw):
    """u_t = a u_xx + b u_x + f(u): well posed forwards in time."""
    domain = draw(boxes(x, t))
    a = draw(coefficients({x: domain[x]}, Rational(1, 10), 1))
    reaction = draw(st.sampled_from((0 * XT, XT, XT * (1 - XT), XT**3, sin(XT), XT * XT.diff(x))))
    ends = draw(walls(XT, x, domain[x]))
    return Statement(
        unknowns=(XT,),
        solution=(draw(formulas(domain, fast=6, narrow=3)),),
        operators=(XT.diff(t) - a * XT.diff(x, 2) + draw(numbers(-1, 1)) * XT.diff(x) + reaction,),
        conditions=(((XT, {t: domain[t][0]}),), *ends),
        domain=domain,
        time=t,
    )
