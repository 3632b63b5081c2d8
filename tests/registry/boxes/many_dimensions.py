"""Four to twenty variables: smooth solutions, separable or not."""

from functools import partial

from sympy import Eq, Expr, Function, Rational, Symbol, cos, exp, pi, prod, sin, sinh, sqrt

from ..case import Collection, Statement, manufactured
from .elliptic import dirichlet, laplacian

CASES = Collection()


def names(dimension: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"x{i}") for i in range(1, dimension + 1))


def poisson(exact: Expr, variables, ends=(0, 1)) -> Statement:
    unknown = Function("u")(*variables)
    domain = dict.fromkeys(variables, ends)
    return dirichlet(unknown, laplacian(unknown, variables), exact, domain)


def gaussian_off_centre(dimension: int) -> Statement:
    """Widths from 1 to sqrt 2, each centre elsewhere."""
    variables = names(dimension)
    exponent = sum(
        (1 + Rational(i, dimension)) * (q - Rational(3 + i % 4, 10)) ** 2
        for i, q in enumerate(variables)
    )
    return poisson(exp(-exponent), variables)


def gaussian_centred(dimension: int) -> Statement:
    """Even about the middle of every variable, and the same in all of them."""
    variables = names(dimension)
    return poisson(exp(-sum((q - Rational(1, 2)) ** 2 for q in variables)), variables)


def exponential_of_the_mean(dimension: int) -> Statement:
    """The same in all variables, even in none."""
    variables = names(dimension)
    mean = sum(variables) / dimension
    return poisson(exp(mean) * cos(sum(q**2 for q in variables) / dimension), variables)


def gaussian_along_one_axis(dimension: int) -> Statement:
    """Narrow in one direction, wide in the others."""
    variables = names(dimension)
    widths = [8, *[Rational(1, 2)] * (dimension - 1)]
    exponent = sum(a * (q - Rational(1, 2)) ** 2 for a, q in zip(widths, variables, strict=True))
    return poisson(exp(-exponent), variables)


def sum_of_sines(dimension: int) -> Statement:
    """PINNacle's Poisson problem in many dimensions: sin(pi x / 2), summed."""
    variables = names(dimension)
    return poisson(sum(sin(pi * q / 2) for q in variables), variables)


def product_of_cosines(dimension: int) -> Statement:
    variables = names(dimension)
    exact = Rational(1)
    for i, q in enumerate(variables, 1):
        exact *= cos(q / i)
    return poisson(exact, variables)


def function_of_one_direction(dimension: int) -> Statement:
    variables = names(dimension)
    direction = sum(q * (-1) ** i / sqrt(dimension) for i, q in enumerate(variables))
    return poisson(sin(3 * direction) + exp(direction), variables)


def product_in_an_exponent(dimension: int) -> Statement:
    """exp(x1 x2 + x3), and a term that ties the rest together."""
    variables = names(dimension)
    exact = exp(variables[0] * variables[1] + variables[2])
    exact += variables[-1] * variables[-2] * sin(variables[0])
    return poisson(exact, variables)


def rational_of_the_radius(dimension: int) -> Statement:
    variables = names(dimension)
    return poisson(1 / (1 + sum(q**2 for q in variables)), variables, (-1, 1))


SHAPES = (
    gaussian_off_centre,
    gaussian_centred,
    exponential_of_the_mean,
    gaussian_along_one_axis,
    sum_of_sines,
    product_of_cosines,
    function_of_one_direction,
    product_in_an_exponent,
    rational_of_the_radius,
)
TOLERANCES = {4: 1e-8, 5: 1e-8, 7: 1e-6, 10: 2e-5}
# The whole product of shapes and dimensions would take an hour: each shape in two.
CHOSEN = {
    gaussian_off_centre: (5, 10),
    gaussian_centred: (4, 5, 7, 10),
    exponential_of_the_mean: (5, 7),
    gaussian_along_one_axis: (4, 10),
    sum_of_sines: (5, 10),
    product_of_cosines: (7,),
    function_of_one_direction: (5, 10),
    product_in_an_exponent: (4, 7),
    rational_of_the_radius: (5,),
}
for build in SHAPES:
    for dimension in CHOSEN[build]:
        CASES.add(
            TOLERANCES[dimension],
            "pde",
            "many-dimensions",
            "slow",
            name=f"{build.__name__}_{dimension}d",
        )(partial(build, dimension))


@CASES.add(1e-6, "pde", "many-dimensions", "slow")
def mixed_walls_4d():
    """Slopes on half of the walls, and a convection."""
    variables = names(4)
    unknown = Function("u")(*variables)
    exact = exp(variables[0] / 2) * cos(variables[1] + variables[2]) + variables[3] ** 2
    walls = [unknown.subs(q, 0) for q in variables]
    walls += [unknown.diff(q).subs(q, 1) for q in variables]
    operator = laplacian(unknown, variables) + variables[0] * unknown.diff(variables[1]) - unknown
    solution = {unknown: exact}
    return Statement(
        equations=manufactured(solution, operator),
        unknowns=unknown,
        domain=dict.fromkeys(variables, (0, 1)),
        conditions=manufactured(solution, *walls),
        formula=exact,
    )


@CASES.add(1e-6, "pde", "many-dimensions", "slow")
def heat_in_four_dimensions_and_time():
    """A space-time box of five variables."""
    *space, time = variables = names(5)
    unknown = Function("u")(*variables)
    exact = exp(-time) * sum(sin(q) for q in space)
    walls = [unknown.subs(q, end) for q in space for end in (0, 1)]
    return Statement(
        equations=Eq(unknown.diff(time), laplacian(unknown, space)),
        unknowns=unknown,
        domain=dict.fromkeys(variables, (0, 1)),
        conditions=manufactured({unknown: exact}, *walls, unknown.subs(time, 0)),
        formula=exact,
    )


@CASES.add(1e-6, "pde", "many-dimensions", "slow")
def symmetry_broken_on_one_wall():
    """An equation that is the same after every reflection and exchange, and one wall that is not.

    The solution is a Gaussian in the middle and a harmonic function that comes from that wall.
    """
    variables = names(4)
    unknown = Function("u")(*variables)
    gaussian = exp(-sum((q - Rational(1, 2)) ** 2 for q in variables))
    exact = gaussian + sinh(sqrt(3) * pi * variables[0]) / sinh(sqrt(3) * pi) * prod(
        sin(pi * q) for q in variables[1:]
    )
    forcing = laplacian(unknown, variables).subs(unknown, gaussian).doit()
    walls = {unknown.subs(q, end): gaussian.subs(q, end) for q in variables for end in (0, 1)}
    far = unknown.subs(variables[0], 1)
    walls[far] += prod(sin(pi * q) for q in variables[1:])
    return Statement(
        equations=Eq(laplacian(unknown, variables), forcing),
        unknowns=unknown,
        domain=dict.fromkeys(variables, (0, 1)),
        conditions=walls,
        formula=exact,
    )


@CASES.add(1e-3, "pde", "many-dimensions", "slow", "long")
def wide_gaussian_20d():
    """A million reflections and 20! exchanges: no list of them fits into memory."""
    variables = names(20)
    return poisson(exp(-sum((q - Rational(1, 2)) ** 2 for q in variables) / 20), variables)
