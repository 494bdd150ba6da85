"""The word that this worker is to stop, heard by the process that works on a job.

Celery tells its main process only; the children that run jobs share this one byte with it.
"""

import mmap

_flag = mmap.mmap(-1, 1)  # anonymous and shared: made before the children are forked


def ask() -> None:
    _flag[0] = 1


def asked() -> bool:
    return _flag[0] == 1


def forget() -> None:
    """For tests, which outlive the worker they pretend to be."""
    _flag[0] = 0
