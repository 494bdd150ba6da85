"""The top of a concave function by Newton's steps, or the news that it has none."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

STEPS = 40  # without a top the way there never ends: a parameter grows by about 1 a step
TOLERANCE = 1e-9

Floats = NDArray[np.float64]
# Of parameters: the value, its gradient, and the information (minus the second derivatives).
Function = Callable[[Floats], tuple[float, Floats, Floats]]


def maximise(function: Function, start: Floats) -> Floats | None:
    """Where the function is highest; None if it rises for ever.

    The gradient alone cannot tell: far out it is near 0 too. A last step near 0 can.
    """
    here = start
    value, gradient, information = function(here)
    for _ in range(STEPS):
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            return None
        if not np.isfinite(step).all():
            return None
        if np.abs(step).max(initial=0.0) < TOLERANCE:
            return here + step
        for _ in range(30):  # a full step may overshoot
            after, gradient, information = function(here + step)
            if after >= value - 1e-12 * abs(value):
                break
            step = step / 2
        here, value = here + step, after
    return None
