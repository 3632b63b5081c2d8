"""Try an installed package: `python tools/smoke.py kernel`, or `all` with its extras.

What it imports is what is installed, never the source beside it; NumPy is all that `kernel` needs.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path


def kernel() -> None:
    """Derivatives of the sigmoid, and what is said where an extra is missing."""
    import numpy as np

    import sigmajet as sj

    x = np.linspace(-3, 3, 7)
    s = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(sj.sigmoid(3, x), s - 7 * s**2 + 12 * s**3 - 6 * s**4, atol=1e-15)
    assert sj.exact.coefficients(3) == (1, -7, 12, -6)
    if importlib.util.find_spec("sympy") is None:
        said = ""
        try:
            sj.solve  # noqa: B018
        except ImportError as error:
            said = str(error)
        assert "pip install 'sigmajet[solve]'" in said, said
    print(f"sigmajet {sj.__version__}: the kernel works, loaded from {Path(sj.__file__).parent}")


def command() -> None:
    """A statement from its template to a picture and a file."""
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, "-m", "sigmajet"]
        new = subprocess.run([*run, "new", "heat"], stdout=subprocess.PIPE, check=True)
        solve = [*run, "solve", "-", "--tol", "1e-4", "--save", "heat.npz", "--plot", "heat.png"]
        subprocess.run(solve, input=new.stdout, cwd=folder, check=True)
        picture, saved = (Path(folder, name).stat().st_size for name in ("heat.png", "heat.npz"))
        assert picture > 5_000 < saved, (picture, saved)


if __name__ == "__main__":
    kernel()
    if sys.argv[1:] == ["all"]:
        command()
