"""Words for messages, put together where a message is raised: SymPy takes long to print."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

__all__ = ["Wording"]


class Wording:
    """A text that is made when it is asked for, once.

    Parameters
    ----------
    make : callable
        Returns the text.

    Examples
    --------
    >>> named = Wording(lambda: "condition 1, `u(0) = 1`")
    >>> f"{named}, holds everywhere"
    'condition 1, `u(0) = 1`, holds everywhere'
    """

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return repr(self._text)

    def __getstate__(self) -> dict[str, str]:
        return {"_text": self._text}  # what makes it is not pickled

    @cached_property
    def _text(self) -> str:
        return self._make()
