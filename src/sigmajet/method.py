"""The methods that `solve`, problem files and the command line accept; see `solve`."""

from typing import Literal

Method = Literal["auto", "steady", "initial_value", "evolution"]
