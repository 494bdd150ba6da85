"""The forms of a queue's items: what is looked for, what is decided, what is right."""

import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.chain_rules import ANSWERS
from annotator.models import Answer, QueueQuestion
from annotator.services.gold import NotGold

NAMES = {
    "": _("All"),
    "unanswered": _("Unanswered"),
    "answered": _("Answered"),
    "disputed": _("Disputed"),
    "flagged": _("Flagged"),
    "held": _("Held back"),
    "gold": _("Gold"),
}
_PLACE = re.compile(r"(\d{1,10})\.(\d{1,18})")


class ItemsForm(forms.Form):
    """Filters and place of the list, as they stand in its address."""

    q = forms.CharField(label=_("Part of the external id"), max_length=256, required=False)
    which = forms.ChoiceField(label=_("Show"), required=False)
    after = forms.RegexField(_PLACE, required=False, strip=True)
    step = forms.IntegerField(required=False, min_value=0, max_value=10_000)

    def __init__(self, data: Any, *, hidden: Collection[str] = ()) -> None:
        super().__init__(data)
        self.names = {key: name for key, name in NAMES.items() if key not in hidden}
        self.fields["which"].choices = list(self.names.items())  # type: ignore[attr-defined]

    def place(self) -> tuple[int, int] | None:
        """The (position, id) after which the page begins."""
        found = _PLACE.fullmatch(self.cleaned_data.get("after", ""))
        return (int(found[1]), int(found[2])) if found else None

    def query(self, **more: object) -> str:
        """The address's query with these parts instead; filters stay, places do not."""
        kept = {name: self.cleaned_data.get(name) for name in ("q", "which")}
        parts = {name: value for name, value in {**kept, **more}.items() if value not in (None, "")}
        return "?" + urlencode(parts)


class HeldForm(forms.Form):
    """What becomes of one held item, or of all with one kind of finding."""

    do = forms.ChoiceField(choices=[("ask", ""), ("leave", "")])
    item = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    kind = forms.CharField(required=False, max_length=60)


class GoldForm(forms.Form):
    """The right answer to each question that is asked."""

    def __init__(
        self, data: Any, steps: Sequence[QueueQuestion], texts: dict[str, str], initial: Any
    ) -> None:
        super().__init__(data, initial=initial, prefix="right")
        self.texts = texts
        for step in steps:
            answers = [(answer, Answer(answer).label) for answer in ANSWERS[step.question.kind]]
            self.fields[step.question.key] = forms.ChoiceField(
                label=texts[step.question.key], required=False, choices=[("", "–"), *answers]
            )

    def right(self) -> dict[str, str]:
        return {key: answer for key, answer in self.cleaned_data.items() if answer}

    def refuse(self, why: NotGold) -> None:
        words = {
            "held": _("This item is held back: ask it anyway, then make it gold."),
            "copy": _("This is a copy: make its original gold."),
            "nothing": _("Choose the right answer."),
            "missing": _("Choose the right answer: this question is asked."),
            "unasked": _("After the answers above this question is not asked: leave it open."),
            "answer": _("This is not an answer to this question."),
        }
        self.add_error(why.question if why.question in self.fields else None, words[why.code])
