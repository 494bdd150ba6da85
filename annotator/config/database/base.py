"""Django's PostgreSQL backend, asking less of an idle connection."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A kept connection is looked at before each request, without a round trip where it is quiet."""

    def is_usable(self) -> bool:
        # The server has nothing to say to a connection that asks nothing, but that it ends.
        if self.connection is not None and not self.connection.closed and _is_quiet(self.connection.fileno()):
            return True
        return super().is_usable()


def _is_quiet(descriptor: int) -> bool:
    found = select.poll()
    found.register(descriptor, select.POLLIN)
    return not found.poll(0)
