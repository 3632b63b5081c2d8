"""What is done to the pages of the documentation while they are built, as a hook of MkDocs.

Formulas become MathML, which browsers draw themselves, so that a page needs no script and no
network to show its mathematics. Numbers such as 1.3e-15 are kept from being broken at their sign.
"""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)
# The glyph of a prime is raised and small by itself; raised once more it is a speck.
PRIMES = re.compile(
    r"<msup>(?P<base>(?:(?!<msup>).)*?)<mi>(?P<primes>(?:&#x0203[2-7];)+)</mi></msup>"
)
# A number in the text of a page; what stands in tags and in blocks of code is passed over.
NUMBER = re.compile(
    r"(?P<other><pre.*?</pre>|<[^>]*>)|(?<![\w.])(?P<number>\d+(?:\.\d+)?e[-+]?\d+)\b", re.DOTALL
)


def on_page_content(page: str, /, **_: object) -> str:
    """Mend the HTML of a page, called by MkDocs for each."""
    return NUMBER.sub(_unbroken, FORMULA.sub(_to_mathml, page))


def _to_mathml(match: re.Match[str]) -> str:
    display = "block" if match["tag"] == "div" else "inline"
    formula: str = convert(html.unescape(match["tex"]).strip(), display=display)
    return PRIMES.sub(r'<mrow>\g<base><mo lspace="0" rspace="0">\g<primes></mo></mrow>', formula)


def _unbroken(match: re.Match[str]) -> str:
    return match["other"] or f'<span class="number">{match["number"]}</span>'
