"""Is there room for what is to come?"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from annotator.health.facts import Facts
from annotator.health.registry import Check, Finding, State

GIB = 1024**3
LITTLE = (0.05, GIB)  # a share of the disk, bytes: less than either is a warning
NEARLY_NONE = (0.01, GIB // 5)


def room(facts: Facts) -> Sequence[Finding]:
    folder = _existing(settings.VAR)
    usage = shutil.disk_usage(folder)
    share = usage.free / usage.total if usage.total else 0.0
    left = _("%(gb).1f GB (%(percent)d %%) of the disk are free.") % {
        "gb": usage.free / GIB,
        "percent": share * 100,
    }
    detail = str(folder)
    for state, (least_share, least) in ((State.ERROR, NEARLY_NONE), (State.WARNING, LITTLE)):
        if share < least_share or usage.free < least:
            advice = _("Make room before PostgreSQL stops taking data.")
            return [Finding(state, _("The disk is nearly full:") + " " + left, advice, detail)]
    return [Finding(State.OK, left, detail=detail)]


def _existing(folder: Path) -> Path:
    """The folder, or the nearest parent that is there (before the first start)."""
    return next(path for path in (folder, *folder.parents) if path.exists())


CHECKS = (Check("disk", room),)
