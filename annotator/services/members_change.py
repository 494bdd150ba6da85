"""What an upper app does around a change of a project's members: before it, and after it.

Registered from its `AppConfig.ready()`.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from annotator.models import Project, User

Around = Callable[[Project, User], AbstractContextManager[None]]

_around: list[Around] = []


def register(around: Around) -> None:
    """Called with the project and who makes the change; entered before it and left after it."""
    if around not in _around:
        _around.append(around)


@contextmanager
def changing(project: Project, by: User) -> Iterator[None]:
    """Change members inside."""
    with ExitStack() as stack:
        for around in _around:
            stack.enter_context(around(project, by))
        yield
