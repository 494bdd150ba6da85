"""The questions of a new queue: a list of steps that grows, shrinks and is reordered.

The page posts itself for each of these, so that it works without a script; what was typed
stays. A step has a name of its own (`uid`), by which its fields are prefixed and conditions of
later steps refer to it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple, cast

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotator.chain_faults import MOST_STEPS, Fault
from annotator.chain_rules import ANSWERS
from annotator.forms.texts import PatternField, TextField
from annotator.models import Answer, QuestionVersion, QueueKind
from annotator.services.new_queue import Step

SKELETONS = {
    QueueKind.BINARY: _(
        "**Yes** when\n\n- …\n\n**No** when\n\n- …\n\n**In doubt:** …\n\n**Example:** “…” is a no, because …"
    ),
    QueueKind.PAIRWISE: _(
        "**The better one**\n\n- …\n\n**Tie** when …\n\n**Both bad** when …\n\n**Example:** “…” is better than “…”, because …"
    ),
}
UID = re.compile(r"^q\d{1,3}$")
FIELDS = ("key", "text", "name", "guideline", "after", "stops_on")


class Urls(NamedTuple):
    """Where a step asks how it looks now: the page itself, with `do`, and a guideline's preview."""

    page: str
    preview: str


def _swaps(url: str, target: str, how: str) -> dict[str, str]:
    return {"hx-post": url, "hx-target": f"#{target}", "hx-swap": f"{how} settle:0ms"}


def untouched(guideline: str) -> bool:
    """Whether somebody left the skeleton as it was."""
    return guideline.split() in [str(skeleton).split() for skeleton in SKELETONS.values()]


class StepForm(forms.Form):
    """One question: one of the project's, or a new one."""

    key = forms.ChoiceField(label=_("New, or one of the project’s"), required=False)
    text = TextField(
        label=_("Text"),
        max_length=300,
        required=False,
        help_text=_("One thing at a time: what needs an “and” is two questions."),
    )
    name = PatternField(
        r"^[-a-zA-Z0-9_]+$",
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("In exports and programs: letters, digits, hyphens. Empty: made from the text."),
        error_messages={"invalid": _("Use letters, digits, hyphens and underscores.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    guideline = TextField(
        label=_("Guideline"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "dir": "auto"}),
    )
    after = forms.ChoiceField(label=_("Ask only if"), required=False)
    stops_on = forms.ChoiceField(label=_("Stop on"), required=False)

    def __init__(
        self,
        *args: Any,
        kind: str,
        known: Mapping[str, QuestionVersion],
        earlier: list[str],
        urls: Urls,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.known = known
        self.fields["key"].widget.attrs |= _swaps(urls.page, "steps", "outerHTML") | {"hx-trigger": "change"}
        self.fields["guideline"].widget.attrs |= {
            **_swaps(urls.preview, f"{self.prefix}-preview", "innerHTML"),
            "hx-trigger": "input changed delay:400ms",
            "hx-sync": "this:replace",
            "hx-params": f"{self.prefix}-guideline",
        }
        questions = [(key, f"{version.text} ({key})") for key, version in known.items()]
        self._choices("key", [("", _("A new question")), *questions])
        answers = [(answer, Answer(answer).label) for answer in ANSWERS[kind]]
        self._choices("stops_on", [("", _("No answer: go on")), *answers])
        words = gettext("question %(n)s got “%(answer)s”")
        after = [
            (f"{uid}:{answer}", words % {"n": n, "answer": label})
            for n, uid in enumerate(earlier, 1)
            for answer, label in answers
        ]
        self._choices("after", [("", _("Always ask")), *after])

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    @property
    def chosen(self) -> QuestionVersion | None:
        """The newest version of the project's question, if one is chosen."""
        return self.known.get(self["key"].value() or "")

    @property
    def is_unfolded(self) -> bool:
        return "name" in self.errors

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("key") and not found.get("text") and not self.errors.keys() & {"text", "key"}:
            self.add_error("text", _("Write the question, or choose one above."))
        return found


class Steps:
    """The forms of all steps. `data` is what the page sent, None for the first look.

    `known` are the project's questions of this kind, `taken` the keys of all of them.
    """

    def __init__(
        self,
        kind: str,
        known: Mapping[str, QuestionVersion],
        data: QueryDict | None,
        *,
        taken: Iterable[str],
        urls: Urls,
    ) -> None:
        self.kind, self.known, self.taken, self.data, self.urls = kind, known, set(taken), data, urls
        sent = data.getlist("steps") if data is not None else []
        self.uids = [uid for uid in dict.fromkeys(sent) if UID.match(uid)][: MOST_STEPS + 1] or ["q0"]
        self.looked_at = ""  # the step that is typed into next

    def change(self, do: str) -> None:
        """One change of the list: `add`, or remove, up or down with a step's uid; else none."""
        act, _sep, uid = do.partition("-")
        if act == "add" and len(self.uids) < MOST_STEPS:
            uid = next(f"q{n}" for n in range(1000) if f"q{n}" not in self.uids)
            self.uids.append(uid)
            self.looked_at = uid
        elif uid in self.uids:
            at = self.uids.index(uid)
            if act == "remove" and len(self.uids) > 1:
                del self.uids[at]
                self.looked_at = self.uids[max(0, at - 1)]
                return
            to = at + {"up": -1, "down": 1}.get(act, 0)
            if 0 <= to < len(self.uids):
                self.uids[at], self.uids[to] = self.uids[to], self.uids[at]

    @cached_property
    def shown(self) -> list[StepForm]:
        """With what was typed, and nothing said of what is wrong with it."""
        return [self._form(n, initial=self._typed(uid)) for n, uid in enumerate(self.uids)]

    @cached_property
    def checked(self) -> list[StepForm]:
        return [self._form(n, data=self.data) for n in range(len(self.uids))]

    def _form(self, n: int, **more: Any) -> StepForm:
        form = StepForm(
            prefix=self.uids[n],
            kind=self.kind,
            known=self.known,
            earlier=self.uids[:n],
            urls=self.urls,
            **more,
        )
        if self.uids[n] == self.looked_at:
            form.fields["key" if form.chosen else "text"].widget.attrs["autofocus"] = True
        return form

    def _typed(self, uid: str) -> dict[str, str]:
        data = self.data if self.data is not None else QueryDict()
        typed = {name: str(data[f"{uid}-{name}"]) for name in FIELDS if f"{uid}-{name}" in data}
        if untouched(typed.get("guideline", str(SKELETONS[QueueKind(self.kind)]))):
            typed["guideline"] = str(SKELETONS[QueueKind(self.kind)])
        return typed

    def is_valid(self) -> bool:
        """Looks at all of them, so that everything wrong is said at once."""
        good = [form.is_valid() for form in self.checked]
        return all(good) and self._keys_are_free()

    def _keys_are_free(self) -> bool:
        free = True
        for form in self.checked:
            name = form.cleaned_data["name"]
            if not form.cleaned_data["key"] and name in self.taken:
                form.add_error("name", _("There is such a question: choose it above, or another short name."))
                free = False
        return free

    @cached_property
    def _keys(self) -> dict[str, str]:
        """The question's key of each step."""
        used, keys = set(self.taken), {}
        for uid, form in zip(self.uids, self.checked, strict=True):
            found = form.cleaned_data
            keys[uid] = found["key"] or found["name"] or _free(found["text"], used)
            used.add(keys[uid])
        return keys

    def found(self) -> list[Step]:
        """What `services.new_queue` takes; after `is_valid`."""
        return [self._step(uid, form.cleaned_data) for uid, form in zip(self.uids, self.checked, strict=True)]

    def _step(self, uid: str, found: dict[str, Any]) -> Step:
        earlier, _sep, answer = found["after"].partition(":")
        new = not found["key"]
        return Step(
            key=self._keys[uid],
            text=found["text"] if new else "",
            guideline=found["guideline"] if new and not untouched(found["guideline"]) else "",
            after=self._keys[earlier] if earlier else "",
            after_answer=answer,
            stops_on=found["stops_on"],
        )

    def blame(self, faults: Iterable[Fault]) -> None:
        """Say at each step why the chain cannot be asked."""
        for fault in faults:
            form = self.checked[min(fault.step, len(self.checked) - 1)]
            form.add_error(fault.field if fault.field in form.fields else None, gettext(fault.text))


def _free(text: str, used: set[str]) -> str:
    """A key made of the text's first words, that no other question has."""
    short = "-".join(slugify(text).split("-")[:6])[:40].strip("-") or "question"
    return next(key for key in (short, *(f"{short}-{n}" for n in range(2, 10_000))) if key not in used)
