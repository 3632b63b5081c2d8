"""Formulas in the variables of a problem as texts that files keep, and back."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from ...errors import ProblemError
from ..terms.effort import KEPT
from ..terms.notation import written
from .expression import Language, Unreadable

__all__ = ["from_texts", "to_texts"]


def to_texts(formulas: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol]) -> list[str]:
    """Write formulas.

    Raises
    ------
    ProblemError
        If one of them has functions outside of the words of texts.
    """
    texts = [written(formula, {}) for formula in formulas]
    try:
        from_texts(texts, variables)
    except Unreadable as fault:
        raise ProblemError(
            f"save: the functions of enrich=[...] cannot be written as text: {fault}"
        ) from None
    return texts


def from_texts(texts: Sequence[str], variables: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
    """Read formulas.

    Raises
    ------
    Unreadable
        If one of them is none.
    """
    language = Language(variables={variable.name: variable for variable in variables}, budget=KEPT)
    return [language.expression(text) for text in texts]
