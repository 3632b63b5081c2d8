"""What is done to the pages of the documentation while they are built, as a hook of MkDocs.

Formulas become MathML, which browsers draw themselves, so that a page needs no script and no
network to show its mathematics. Numbers such as 1.3e-15 are kept from being broken at their sign,
and formulas stay with their full stops.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

SHIPPED = Path(__file__).parent.parent / "src" / "sigmajet" / "explore" / "static"
FONT = SHIPPED / "noto-sans-math.woff2"

FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>'
    r"(?P<after>[.,;:)]*)",
    re.DOTALL,
)
# The glyph of a prime is raised and small by itself; raised once more it is a speck.
PRIMES = re.compile(
    r"<msup>(?P<base>(?:(?!<msup>).)*?)<mi>(?P<primes>(?:&#x0(?:203[2-7]|2057);)+)</mi></msup>"
)
# The name of a function, and what it is of where that stands in no brackets: log r, cos k x.
APPLIED = re.compile(
    r"(?P<name><mi>[a-z]{2,}</mi>|<msup><mi>[a-z]{2,}</mi><m[ni]>[^<]*</m[ni]></msup>)"
    r"(?=<m(?:i|n|frac|sqrt|sup|sub)>)"
)
# A number in the text of a page; what stands in tags and in blocks of code is passed over.
NUMBER = re.compile(
    r"(?P<other><pre.*?</pre>|<[^>]*>)|(?<![\w.])(?P<number>\d+(?:\.\d+)?e[-+]?\d+)\b", re.DOTALL
)


def on_files(files: Files, /, *, config: MkDocsConfig, **_: object) -> Files:
    """Add the font of formulas, which the page of `sigmajet explore` has as well."""
    files.append(File.generated(config, "fonts/noto-sans-math.woff2", abs_src_path=str(FONT)))
    return files


def on_page_content(page: str, /, **_: object) -> str:
    """Mend the HTML of a page, called by MkDocs for each."""
    return NUMBER.sub(_unbroken, FORMULA.sub(_to_mathml, page))


def _to_mathml(match: re.Match[str]) -> str:
    display = "block" if match["tag"] == "div" else "inline"
    formula: str = convert(html.unescape(match["tex"]).strip(), display=display)
    formula = APPLIED.sub(r'\g<name><mspace width="0.17em"/>', formula)
    formula = PRIMES.sub(r'<mrow>\g<base><mo lspace="0" rspace="0">\g<primes></mo></mrow>', formula)
    # A full stop behind it opens no line.
    return f'<span class="unbroken">{formula}{match["after"]}</span>' if match["after"] else formula


def _unbroken(match: re.Match[str]) -> str:
    return match["other"] or f'<span class="unbroken">{match["number"]}</span>'
