"""Print the section of CHANGELOG.md for a version: `python tools/release_notes.py 0.1.0`.

Leaves with a message where the changelog has no such section, or meson.build says another version.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def notes(version: str, changelog: str) -> str:
    """Return what stands below the heading of a version, or raise SystemExit."""
    for section in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        heading, _, text = section.partition("\n")
        if heading.startswith(f"[{version}]"):
            return text.strip() + "\n"
    raise SystemExit(f"CHANGELOG.md has no section [{version}]")


def stated(build: str) -> str:
    """Return the version that the text of meson.build states."""
    return re.search(r"version: '([^']+)'", build)[1]


if __name__ == "__main__":
    version = sys.argv[1]
    here = stated((ROOT / "meson.build").read_text(encoding="utf-8"))
    if here != version:
        raise SystemExit(f"meson.build says version {here}, the release is {version}")
    sys.stdout.write(notes(version, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))
