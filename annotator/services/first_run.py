"""What a new instance needs once: somebody who may come in."""

from pathlib import Path

from annotator.models import User
from annotator.services import people


class FirstRun:
    """Remembers in a file that the first run is not finished: it may be killed in the middle."""

    def __init__(self, var: Path) -> None:
        self.mark = var / "first_run"

    def begin(self) -> bool:
        """Make the owner's account where nobody has one; whether a first run is under way."""
        if not User.objects.exists():
            self.mark.touch(mode=0o600)
            people.make_owner()
        return self.mark.exists()

    def finish(self) -> None:
        self.mark.unlink(missing_ok=True)


def owner() -> User | None:
    """The instance's first administrator."""
    return User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
