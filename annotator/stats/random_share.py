"""The rate of a queue from the answered items that came by chance.

What a classifier is unsure of is no sample of anything: a rate of such answers is wrong by as much
as the classifier is good. The random share's items come in an order drawn by lot, so those that are
answered by now are a plain random sample of the queue (Cochran 1977, *Sampling Techniques*, 2).
"""

from collections.abc import Sequence
from math import inf, sqrt

from annotator.stats.intervals import Estimate, Undefined, bounds


def random_share_rate(answers: Sequence[float], population: int) -> Estimate:
    """Wilson's interval for a sample without replacement.

    `answers`: of each answered item of the random share, the share of its raters who say yes, 0 to
    1; `population`: the items of the queue. With shares between 0 and 1 the interval is a little
    wide, as if they were all 0 or 1.
    """
    n = len(answers)
    if n == 0:
        return Estimate(reason=Undefined.NO_ANSWERS)
    rate = sum(answers) / n
    n_eff = inf if n >= population else n / (1 - n / population)
    low, high = bounds(rate, n_eff)
    return Estimate(rate, low, high, n, se=sqrt(rate * (1 - rate) / n_eff), n_eff=n_eff)
