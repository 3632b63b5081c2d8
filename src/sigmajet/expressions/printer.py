"""SymPy's functions as code for NumPy and SciPy, with those of SciPy that SymPy does not print."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable

import sympy
from sympy.printing.numpy import SciPyPrinter

__all__ = ["Printer", "unprintable"]


_SPECIAL = {  # arguments in the same order and of the same meaning
    "elliptic_f": "ellipkinc",
    "elliptic_k": "ellipk",
    "erfcinv": "erfcinv",
    "erfi": "erfi",
    "erfinv": "erfinv",
    "zeta": "zeta",
}


class Printer(SciPyPrinter):  # type: ignore[misc]
    """A printer of the functions that SciPy has."""

    @classmethod
    def of(cls, functions: Iterable[str] = ()) -> Printer:
        """One as `lambdify` sets up its own, but for unknown functions: of users' by name alone."""
        return cls(
            {
                "fully_qualified_modules": False,
                "inline": True,
                "allow_unknown_functions": False,
                "user_functions": {name: name for name in functions},
            }
        )

    def _special(self, name: str, *arguments: sympy.Basic) -> str:
        inner = ", ".join(map(self._print, arguments))
        return f"{self._module_format(f'scipy.special.{name}')}({inner})"

    def _print_Integer(self, node: sympy.Integer) -> str:
        """Beyond those of the machine as floats: NumPy takes them for objects without functions."""
        return str(node) if abs(node) <= sys.maxsize else repr(float(node))

    def _print_Float(self, node: sympy.Float) -> str:
        """All digits of a double, of which SymPy prints fifteen."""
        value = float(node)
        return repr(value) if math.isfinite(value) else str(super()._print_Float(node))

    def _print_KroneckerDelta(self, node: sympy.KroneckerDelta) -> str:
        return str(self._print_not_supported(node))  # SymPy prints an if, of one number alone

    def _print_Quantity(self, node: sympy.Basic) -> str:
        return str(self._print_not_supported(node))  # a unit, which SymPy prints as a name

    def _print_elliptic_e(self, node: sympy.elliptic_e) -> str:
        return self._special("ellipe" if len(node.args) == 1 else "ellipeinc", *node.args)

    def _print_expint(self, node: sympy.expint) -> str:
        order, argument = node.args
        if not (order.is_Integer and order >= 0):
            return str(self._print_not_supported(node))
        return self._special("expn", order, argument)

    def _print_li(self, node: sympy.li) -> str:
        return self._special("expi", sympy.log(node.args[0]))

    def _print_Shi(self, node: sympy.Shi) -> str:
        return f"{self._special('shichi', *node.args)}[0]"

    def _print_Chi(self, node: sympy.Chi) -> str:
        return f"{self._special('shichi', *node.args)}[1]"

    def _print_hyper(self, node: sympy.hyper) -> str:
        name = f"hyp{len(node.ap)}f{len(node.bq)}"
        from scipy import special  # takes as long as a small problem

        if not hasattr(special, name):
            return str(self._print_not_supported(node))
        return self._special(name, *node.ap, *node.bq, node.argument)


def _method(name: str) -> Callable[[Printer, sympy.Function], str]:
    return lambda printer, node: printer._special(name, *node.args)


for _function, _name in _SPECIAL.items():
    setattr(Printer, f"_print_{_function}", _method(_name))


def unprintable(error: Exception) -> str:
    """What could not be printed, by its name."""
    culprit = str(error).splitlines()[0].rpartition(": ")[2]
    return culprit.removeprefix("<class '").removesuffix("'>").rpartition(".")[2]
