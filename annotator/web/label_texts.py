"""Words that the labeling screen's script shows; `{n}` and the like are filled in there."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from annotator.models import QueueKind

Texts = dict[str, str]


def actions(kind: str, *, marks: bool, asks: Collection[str] = ()) -> Texts:
    """What each key does in a queue of this kind, in the order of the list of keys.

    `asks`: the answers after which the screen asks how it fails.
    """
    answers = _pair_actions() if kind == QueueKind.PAIRWISE else _binary_actions(asks)
    marking = {"mark": _("Mark what is wrong in the text, sentence by sentence")} if marks else {}
    return (
        answers
        | marking
        | {
            "undo": _("Take the last answer back, also after it was saved; again for the one before"),
            "skip": _("Skip: leave it to somebody else"),
            "flag": _("Flag this item for a second look"),
            "note": _("Write a note; Enter or Escape leaves it"),
            "raw": _("Show the texts as they were written, or as Markdown"),
            "guideline": _("Show or hide the guideline; Escape hides it"),
            "history": _("Your last ten answers"),
            "help": _("This list"),
        }
    )


def all_actions(asks: Collection[str]) -> Texts:
    """Of every kind of queue: a key chosen in one counts in the others. `asks`: in the queue that is open."""
    return {
        name: what for kind in QueueKind.values for name, what in actions(kind, marks=True, asks=asks).items()
    }


def panel_keys() -> list[tuple[tuple[str, ...], str]]:
    """(keys, what they do) while it is asked how the output fails; nobody can choose others."""
    return [
        (("1", "9"), _("Choose the failure mode of that number; again leaves it out")),
        ((_("Letters"),), _("Find a failure mode, or name a new one")),
        (("Enter",), _("Take what is typed; with nothing typed, on to the next")),
        (("Tab",), _("Write what it should have been")),
        (("Esc",), _("Leave what is being typed; then back to the output, without an answer")),
    ]


def _binary_actions(asks: Collection[str]) -> Texts:
    return {
        "yes": _("Yes; then say how it fails") if "yes" in asks else _("Yes, and on to the next"),
        "no": _("No; then say how it fails") if "no" in asks else _("No, and on to the next"),
    }


def _pair_actions() -> Texts:
    return {
        "a": _("A is better"),
        "b": _("B is better"),
        "tie": _("Tie: neither is better"),
        "both_bad": _("Both bad"),
        "differences": _("Show or hide where the two texts differ, word by word"),
        "link": _("Let the two texts scroll together, or each by itself"),
        "input": _("Unfold or fold a long input"),
        "down": _("Scroll the texts down"),
        "up": _("Scroll the texts up"),
    }


def screen() -> Texts:
    return (
        {
            "yes": _("Yes"),
            "no": _("No"),
            "a": "A",
            "b": "B",
            "tie": _("Tie"),
            "both_bad": _("Both bad"),
            "skip": _("Skipped"),
            "undo": _("Undo"),
            "undoOf": _("{answer} · undo"),
            "progress": _("{n} of {total}"),
            "progressByPass": _("Answer {n}"),
            "step": _("Question {n} of {of}"),
            "suggested": _("Suggested by {who}: {answer}"),
            "suggestedSure": _("Suggested by {who}: {answer}, {percent}"),
            "othersWait": _(
                "Your answer: {answer}. What the others had answered comes as soon as yours is stored."
            ),
            "othersYou": _("you, before"),
            "othersSaid": _("Your answer: {answer}. The others had answered:"),
            "reason": _("Why now: {why}"),
            "saved": _("All saved"),
            "unsent": _("{n} unsent"),
            "flagged": _("Flagged"),
            "unflagged": _("Not flagged"),
            "rawShown": _("Texts are shown as they were written."),
            "renderedShown": _("Texts are shown as Markdown."),
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
        }
        | _pairs()
        | _keys()
        | _marks()
        | _troubles()
    )


def _marks() -> Texts:
    return {
        "cannotMark": _("There is no plain text here that could be marked."),
        "noKinds": _("This project has no kinds of defects to mark with yet."),
        "sentence": _("Sentence {n} of {of}: {text}"),
        "marked": _("Marked as {name}: {text}"),
        "selectToMark": _("Select the words that are wrong in the text; then say what is wrong there."),
        "mostMarks": _("One answer takes {n} marks at most."),
        "removeMark": _("Remove the mark: {name}"),
    }


def _pairs() -> Texts:
    return {
        "linked": _("The two texts scroll together."),
        "unlinked": _("Each text scrolls by itself."),
        "differencesShown": _("Differences are shown."),
        "differencesHidden": _("Differences are hidden."),
        "noDifference": _("The two texts are the same, word for word."),
        "roughDifference": _("The two texts differ too much to be compared word by word."),
        "names": _("A was {a}, B was {b}"),
    }


def _keys() -> Texts:
    return {
        "change": _("Change"),
        "changeOf": _("Change the answer “{answer}” to: {item}"),
        "pressKey": _("Press a key; Esc keeps it"),
        "space": _("Space"),
        "keyReserved": _(
            "{key} cannot be chosen: it scrolls, leaves or marks everywhere, or goes with Ctrl or Alt. Press a letter or a sign."
        ),
        "keyTaken": _("{key} is taken: {what}. Press another one."),
        "keyChosen": _("{key} now does: {what}"),
        "keysReset": _("All keys are as they were."),
    }


def _troubles() -> Texts:
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
