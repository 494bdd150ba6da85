"""Words that the labeling screen's script shows; `{n}` and the like are filled in there."""

from django.utils.translation import gettext as _


def screen() -> dict[str, str]:
    return {
        "yes": _("Yes"),
        "no": _("No"),
        "skip": _("Skipped"),
        "undo": _("Undo"),
        "undoOf": _("{answer} · undo"),
        "progress": _("{n} of {total}"),
        "saved": _("All saved"),
        "unsent": _("{n} unsent"),
        "flagged": _("Flagged"),
        "unflagged": _("Not flagged"),
        "fetching": _("Fetching the next items…"),
        "saving": _("Your last answers are on their way."),
        "done": _("All done here"),
        "nothing": _("Nothing to label just now"),
        "elsewhere": _("Open elsewhere"),
        "stopped": _("This cannot go on"),
        "surplus": _("Somebody else answered that item meanwhile. Your answer is kept beside theirs."),
        "lookAgain": _("{n} skipped: look at them again"),
        "cannotFetch": _(
            "The server does not answer. What you answered is kept; new items come by themselves."
        ),
        "signedOut": _(
            "You are signed out. What you answered is kept in this browser until you sign in again."
        ),
        "somebodyElse": _("Somebody else is signed in now. Your answers wait in this browser for you."),
    } | _troubles()


def _troubles() -> dict[str, str]:
    return {
        "away": _("{n} unsent: the server does not answer. They are kept here and sent by themselves."),
        "awayUnsafe": _(
            "{n} unsent, and this browser keeps nothing: leave this page open until they are sent."
        ),
        "unsafe": _("This browser stores nothing for this page: do not close it while answers are unsent."),
        "signed-out": _("{n} unsent: you are signed out. Sign in as yourself, and they are sent."),
        "somebody-else": _("{n} unsent: somebody else is signed in. They wait for you to sign in again."),
        "refused": _("{n} not taken. Your answer “{answer}” to {item}: {why}"),
        "signout": signout(),
    }


def signout() -> str:
    return _("Not stored yet: {n}. These answers wait in this browser until you sign in again. Sign out?")
