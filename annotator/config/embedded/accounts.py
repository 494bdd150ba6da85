"""Which account an embedded engine runs under, and how a child process becomes it.

PostgreSQL refuses to run as root, and Redis should not. As root we run both under an account
without rights, on folders that this account owns, and widen no permission of any folder.
"""

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from annotator.config.embedded import capability
from annotator.config.embedded.errors import EngineError

# Looked for in this order when we are root; any machine has one of them.
NAMES = ("postgres", "nobody", "daemon", "bin")


class Account(NamedTuple):
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        """Whether a child must change its account to become this one: only root can."""
        return os.geteuid() == 0 and self.uid != 0

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"user id {self.uid}"


def account_for(data: Path) -> Account:
    """The owner of the engine's existing folder; else ourselves; as root one without rights."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if data.exists():
        owner = data.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for name in NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EngineError(
        "PostgreSQL does not run as root, and this machine has no other account to run it under"
        f" (looked for {', '.join(NAMES)}). Start Genba as an ordinary user, or set DATABASE_URL."
    )


def become(account: Account, *, program: Path, folders: list[Path]) -> Callable[[], None] | None:
    """What a child calls before it executes `program`, so that it is `account` from then on."""
    if not account.is_another:
        return None
    lacks = capability.lacking(account.uid, account.gid, program=program, folders=folders)
    if lacks is not None and not capability.held(lacks):
        raise EngineError(
            f"PostgreSQL and Redis do not run as root here but as {account.name}, who cannot enter"
            f" {capability.barred(account.uid, account.gid, [program, *folders])}. Put Genba and GENBA_VAR"
            " where others may enter (for example /opt/genba), or start it as an ordinary user."
        )
    keep, grant = capability.keeper(lacks)

    def change() -> None:
        keep()
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
        grant()

    return change
