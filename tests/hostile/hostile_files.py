"""Problem files made to run code, hang or exhaust memory; run as a script, it loads each.

The script tells of each file what happened (`trial`). It runs apart from the tests, under limits
that a file which wins would break.
"""

import json
from functools import partial

import trial


def document(
    equation="diff(u, x, 2) = 0",
    conditions=("u(0) = 0", "u(1) = 0"),
    domain="x = [0, 1]",
    parameters="",
    unknowns="u(x)",
    solve="",
):
    return (
        f"unknowns = {json.dumps(unknowns)}\nequations = {json.dumps(equation)}\n"
        f"conditions = {json.dumps(list(conditions))}\n"
        f"[domain]\n{domain}\n[parameters]\n{parameters}\n[solve]\n{solve}\n"
    )


def joined(sign, terms):
    return sign.join(terms)


def nested(before, inside, after, times):
    return before * times + inside + after * times


# Each of these is refused, wherever an expression may stand.
REFUSED = {
    "tower": "10**10**10",
    "tower of nines": "9**9**9",
    "bracketed tower": "2**(2**1000)",
    "nested powers": "((x**999)**999)**999",
    "nested small powers": "((x**99)**3)**99",
    "growing coefficient": "(((2*x)**99)**99)**99",
    "polynomial to expand": "(x + 1)**(10**6)",
    "large power": "(x + 1)**300",
    "argument of 4000 digits": "sin(10**4000)",
    "literal of 4000 digits": "9" * 3900,
    "literal too large": "1e400",
    "product too large": "1e308*10",
    "factorial": "gamma(10**6)",
    "log of a factorial": "loggamma(10**300)",
    "nested exponentials": "exp(exp(exp(exp(9))))",
    "exponentials of a disguised constant": "exp(exp(exp(exp(9 + x - x))))",
    "exponentials of a derivative": "exp(exp(exp(exp(diff(9*x, x)))))",
    "exponentials of a choice": "exp(exp(exp(exp(where(1 < 2, 9, 1)))))",
    "integer part of a large number": "floor(10**300*pi)",
    "parentheses": nested("(", "x", ")", 300),
    "calls": nested("sin(", "x", ")", 99),
    "signs": "-" * 1500 + "x",
    "powers of powers": joined("**", ["x"] * 90),
    "parentheses never closed": "(" * 3000,
    "many arguments of max": f"max({joined(',', [f'sin({i}*x)' for i in range(150)])})",
    "many arguments of min": f"min({joined(',', [f'x**{i} - {i}' for i in range(90)])})",
    "many comparisons": f"where({joined('<', [f'x*{i}' for i in range(300)])}, 1, 2)",
    "many conditions": f"where({joined(' and ', [f'sin({i}*x) < {i}' for i in range(150)])}, 1, 2)",
    "twenty derivatives of a product": "diff(x**99*sin(x)*exp(x**2)*cos(x**3), x, 20)",
    "derivatives of a chain": "diff(sin(sin(sin(sin(sin(sin(x)))))), x, 6)",
    "nested derivatives": nested("diff(", "sin(x**2)*exp(sin(x))", ", x)", 30),
    "order of a derivative": "diff(u, x, 10**9)",
    "order of many digits": f"diff(u, x, {'9' * 60})",
    "chain rule of high order": "diff(u(x**2), x, 20)",
    "integral to expand": "integral(u*(x + pi + E + sqrt(2) + 1)**99, (x, 0, 1))",
    "power to integrate": "integral((u + 1)**99, (x, 0, 1))",
    "known integral": "integral(sin(1/x), (x, 0, 1))",
    "import": "__import__('os').system('true')",
    "evaluation": "eval('1')",
    "attribute": "u.__class__",
    "attribute of a number": "(1).__class__",
    "subscript": "u[0]",
    "list": "[1, 2]",
    "dictionary": "{1: 2}",
    "call of a lambda": "(lambda: 1)()",
    "lambda expression": "lambda x: x",
    "conditional": "x if x else 1",
    "comprehension": "[x for x in x]",
    "generator": "max(x for x in x)",
    "walrus": "(y := 3)",
    "f-string": "f'{x}'",
    "string": "'a'",
    "bytes": "b'a'",
    "boolean": "True",
    "boolean in a sum": "1 + True",
    "none": "None",
    "ellipsis": "...",
    "imaginary": "1j",
    "keyword": "sin(x=1)",
    "star": "sin(*x)",
    "matrix product": "x@x",
    "floor division": "x//2",
    "remainder": "x % 2",
    "bits": "x & 1",
    "complement": "~x",
    "comparison": "x < 1",
    "negation": "not x",
    "await": "await x",
    "yield": "(yield x)",
    "statement": "x; x",
    "comment": "x # x",
    "backslash": "x + \\\n x",
    "null byte": "x + \0",
    "missing product": "2x",
    "missing operator": "x y",
    "function without arguments": "sin",
    "call of a constant": "pi(3)",
    "call of a number": "3(4)",
    "call of a variable": "x(3)",
    "wrong number of arguments": "sin(x, x)",
    "unknown without arguments": "u()",
    "swapped places": "u(x, x)",
    "unknown of an unknown": "u(u(x))",
    "shift": "u(x - 1)",
    "derivative without variable": "diff(u)",
    "derivative by a number": "diff(u, 2)",
    "derivative of order 0": "diff(u, x, 0)",
    "derivative of a fractional order": "diff(u, x, 1.5)",
    "choice without comparison": "where(1, 2, 3)",
    "choice without else": "where(x < 1, 2)",
    "not a number": "nan",
    "infinity": "inf",
    "infinity of SymPy": "oo",
    "division by zero": "1/0",
    "zero by zero": "0/0",
    "zero to a negative power": "0**-1",
    "disguised division by zero": "1/(x - x)",
    "logarithm of zero": "log(0)",
    "logarithm of a negative number": "log(-1)",
    "root of a negative number": "sqrt(-1)",
    "cube root of a negative number": "(-8)**(1/3)",
    "outside the domain of asin": "asin(2)",
    "pole of gamma": "gamma(-1)",
    "unknown name": "y",
    "unknown function": "system(1)",
    "private name": "_x",
    "full-width plus": "x \uff0b x",
    "superscript": "x\u00b2",
    "stand-in for lambda": "\u03bb\u03ac\u03bc\u03b2\u03b4\u03b1",
    "reversed text": "\u202ex",
    "zero-width space": "x\u200b",
    "nothing": " ",
}

# These are legal; they only must not take long.
HEAVY = {
    "long sum": joined(" + ", ["x"] * 999),
    "long product": joined("*", ["x"] * 1900),
    "long quotient": joined("/", ["x"] * 1900),
    "deep functions": nested("sin(", "x", ")", 39),
    "deep absolute values": nested("abs(x - ", "1", ")", 38),
    "deep fractions": nested("1/(1 + ", "x", ")", 38),
    "deep choices": nested("where(x < 1, 1, ", "2", ")", 38),
    "deep Horner scheme": nested("x + x*(x", "", ")", 39),
    "roots": joined("*", [f"sqrt({p})" for p in range(2, 200)]),
    "many roots": joined("*", [f"{p}**(1/{p})" for p in range(2, 100)]),
    "nested roots": f"sqrt({joined('+', [f'sqrt({p})' for p in (2, 3, 5, 7, 11, 13, 17, 19)])})",
    "integer part of a disguised integer": "floor(1 + exp(-exp(99)))",
    "tiny number": "1 + exp(-exp(99))",
    "tinier number": "sin(exp(-exp(exp(7))))",
    "sum of tiny numbers": "exp(-exp(exp(7))) + exp(-exp(exp(6))) + exp(-exp(99))",
    "root of a tiny number": "sqrt(exp(-exp(exp(7))))*erf(exp(-exp(99)))*besselj(1, exp(-exp(99)))",
    "tiny difference": "log(1 + exp(-exp(99)))*sqrt(1 - exp(-exp(99)))",
    "tiny angle": "atan2(exp(-exp(99)), 1)*cosh(exp(-exp(exp(7))))",
    "tiny power": "(1 + exp(-exp(99)))**99",
    "tiny base": "exp(-exp(99))**0.5",
    "large logarithm": "log(cosh(745))",
    "hidden zero": "log(sin(1)**2 + cos(1)**2)",
    "large argument": "sin(1e300)",
    "argument of 400 digits": "sin(10**400)",
    "root of a large number": f"sqrt({2**1021 - 3})",
    "large coefficients": joined("+", [f"({10**15 + p}*x)**99" for p in range(2, 100)]),
    "small fractions": joined("+", [f"1/{10**17 + p}" for p in range(100)]),
    "powers of an unknown": "(u + 1)**99",
    "nested powers of an unknown": nested("(", "u", " + 1)**2", 6),
    "products to expand": "(u + x + 1)**40*(u - x)**40",
    "many terms": joined("+", [f"sin(x)**{i}*exp(u*{i})" for i in range(99)]),
    "high derivative": "diff(u, x, 20)",
    "derivative of a product": "diff((1 + u**2)*diff(u, x), x, 2)",
}

RAW = {
    "dotted key": "a." * 20000 + "a = 1",
    "dotted table": "[" + "a." * 20000 + "a]",
    "brackets": "[" * 30000,
    "nested lists": "x = " + "[" * 30000,
    "nested tables": "x = " + "{a = " * 10000,
    "long string": f"x = '{'a' * 70000}'",
    "long integer": f"x = {'9' * 60000}",
    "null byte": "\0",
    "nothing": "",
    "missing keys": "[domain]\nx = [0, 1]\n",
    "number for a text": "unknowns = 1",
    "infinite interval": document(domain="x = [0, inf]"),
    "undefined interval": document(domain="x = [0, nan]"),
    "boolean interval": document(domain="x = [0, true]"),
    "date in an interval": document(domain="x = [0, 1979-05-27]"),
    "function as variable": document(domain="sin = [0, 1]"),
    "private variable": document(domain="__x = [0, 1]"),
    "long name": document(domain=f"{'x' * 99} = [0, 1]"),
    "empty name": document(domain='"" = [0, 1]'),
    "name twice": document(parameters="x = 1"),
    "unknown as parameter": document(parameters="u = 1"),
    "many equations": document(equation=["diff(u, x, 2) = 1"] * 101),
    "many unknowns": document(unknowns=[f"u{i}(x)" for i in range(99)]),
    "large system": document(
        unknowns=[f"u{i}(x)" for i in range(99)],
        equation=[f"diff(u{i}, x) = u{98 - i}" for i in range(99)],
        conditions=[],
    ),
    "many contradictions": document(conditions=[f"u(0) + u(1) = {i}" for i in range(99)]),
    "many heavy equations": document(equation=[f"diff(u, x) = {HEAVY['many terms']}"] * 14),
    "path to write to": document(solve='checkpoint = "/etc/passwd"'),
    "many derivatives": document(equation=[f"u = {nested('diff(', 'sin(x**2)', ', x)', 12)}"] * 99),
    "many variables": document(
        unknowns=f"u({joined(',', [f'x{i}' for i in range(200)])})",
        equation="diff(u, x0, 2) = 0",
        domain=joined("\n", [f"x{i} = [0, 1]" for i in range(200)]),
    ),
}


def placed(expression):
    """The expression wherever a file may hold one."""
    yield "in an equation", document(equation=f"diff(u, x, 2) + u = {expression}")
    yield "in a condition", document(conditions=[f"u(0) = {expression}", "u(1) = 0"])
    yield "as a place", document(conditions=[f"u({expression}) = 0", "u(1) = 0"])
    yield "as a place of a slope", document(conditions=[f"diff(u, x)({expression}) = 0"])
    yield "as a weight", document(conditions=[f"integral(({expression})*u, (x, 0, 1)) = 1"])
    yield "as a parameter", document(parameters=f"a = {json.dumps(expression)}")
    yield "as a guess", document(solve=f"guess = {json.dumps(expression)}")
    yield "as a guess by name", document(solve=f"guess = {{u = {json.dumps(expression)}}}")
    yield (
        "as an easy value",
        document(parameters="a = 1", solve=f"continuation = {{a = {json.dumps(expression)}}}"),
    )
    yield "as an event", document(solve=f"stop_when = {json.dumps('u = ' + expression)}")
    yield "as an end", document(domain=f"x = [0, {json.dumps(expression)}]")


# A guess and an event are compared with the problem when they are used: until then these are read.
LATER = {
    "product too large as a guess",
    "product too large as a guess by name",
    "product too large as an event",
    "integral to expand as an event",
    "power to integrate as an event",
}


def files():
    """All files by name, and whether each must be refused."""
    for refused, expressions in ((True, REFUSED), (False, HEAVY)):
        for name, expression in expressions.items():
            for where, content in placed(expression):
                full = f"{name} {where}"
                yield full, content, refused and full not in LATER
    for name, content in RAW.items():
        yield name, content, True


def main():
    from sigmajet.errors import FileError, ProblemError
    from sigmajet.problem import from_text

    from_text(document())  # what loads once is not the file's cost
    trial.begin()
    for name, content, _ in list(files())[trial.every()]:
        trial.tell(name, *trial.tried(partial(from_text, content), (FileError, ProblemError)))


if __name__ == "__main__":
    main()
