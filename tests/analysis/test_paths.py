"""Lines along which waves go."""

import numpy as np
import scipy.integrate

from sigmajet.analysis.evolution.paths import Start, until_meeting
from sigmajet.analysis.evolution.waves import Family


def gust(places):
    return 1 + 5 * np.exp(-(((places - 0.7) * 300) ** 2))


def test_a_line_through_a_narrow_gust_is_followed_in_short_steps():
    """Over long ones the iteration never stands still."""
    wind = Family(lambda places, _: gust(places), lambda places, _: np.zeros((len(places), 0, 1)))
    place, time = 0.6, 0.0
    while time < 0.2:
        lines = [Start(wind, place, (0.0, 1.0))]
        paths = until_meeting(lines, (time, 0.2), (0.0, 1.0), 15, 1e-12)
        assert paths is not None
        assert paths.end > time
        place, time = float(paths.at(np.ones(1))[0, 0]), paths.end
    taken, _ = scipy.integrate.quad(
        lambda s: 1 / gust(s), 0.6, place, points=[0.69, 0.7, 0.71], epsabs=1e-14
    )
    assert abs(taken - 0.2) < 1e-10
