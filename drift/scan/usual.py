"""What rho says of a topic of some size. Needs nothing: pages say it."""

from math import sqrt


def usual_change(rho: float, share: float) -> float:
    """By what part of itself a topic of `share` of the inputs varies from day to day: a standard deviation."""
    return sqrt(rho * (1 - share) / share)
