"""Turn the formulas of the documentation into MathML while the pages are built.

Browsers draw MathML themselves, so a page needs no script and no network to show
its mathematics. `mkdocs.yml` names this file as a hook.
"""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)


def on_page_content(page: str, /, **_: object) -> str:
    """Replace each formula that arithmatex marked, called by MkDocs for each page."""

    def to_mathml(match: re.Match[str]) -> str:
        display = "block" if match["tag"] == "div" else "inline"
        return convert(html.unescape(match["tex"]).strip(), display=display)

    return FORMULA.sub(to_mathml, page)
