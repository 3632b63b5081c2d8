"""A strategy's answer to a statement that it does not take."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a strategy does not take a statement, which may be well posed: another one may."""

    reason: str
