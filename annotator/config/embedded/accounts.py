"""Which account an embedded engine runs under.

PostgreSQL refuses to run as root. As root we run it under an account without rights on a
folder that this account owns, and widen no permission of anybody's folder.
"""

import os
import pwd
from pathlib import Path
from typing import Any, NamedTuple


class Account(NamedTuple):
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """Keywords that make `subprocess` start a program as this account."""
        if os.geteuid() != 0 or self.uid == 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def postgres_account(data: Path) -> Account:
    """The owner of an existing cluster; else ourselves; as root `postgres` or `nobody`."""
    if (data / "PG_VERSION").exists():
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)
