"""The word that this worker is to stop, heard by the process that works on a job.

Celery tells its main process only; the children that run jobs share this one byte with it.
"""

import mmap

_all = mmap.mmap(-1, 1)  # anonymous and shared: made before the children are forked
_me = False


def ask() -> None:
    """All processes of this worker, this one and those forked from it."""
    _all[0] = 1


def ask_me() -> None:
    """This process alone."""
    global _me
    _me = True


def asked_me() -> bool:
    return _me


def asked() -> bool:
    return _me or _all[0] == 1


def forget() -> None:
    """For tests, which outlive the worker they pretend to be."""
    global _me
    _me = False
    _all[0] = 0
