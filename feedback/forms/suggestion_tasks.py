"""The forms of what is suggested."""

import json
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotator.forms.queues import Percent
from annotator.forms.texts import SlugField, TextField
from annotator.llm import prices
from feedback.models import SuggestionTask, Suggests, TaskVersion
from feedback.suggesters import registry
from feedback.suggesters.registry import Choice, Task
from feedback.taxonomy import as_json, reading
from feedback.taxonomy.faults import BadTaxonomy, Fault
from feedback.taxonomy.lines import of_lines
from feedback.taxonomy.tree import Taxonomy

LINE = re.compile(r"line (\d+)")  # a fault's place in a text
MOST_FILE = 8 * 1024 * 1024  # bytes
MOST_SHOWN = 1024 * 1024  # bytes of values in the page, which sends them back: half of what may be sent


class TaskForm(forms.Form):
    """Everything of a task. What a suggestion rests on becomes a version of it."""

    name = TextField(
        label=_("Name"), max_length=120, help_text=_("What is suggested, for example “Product category”.")
    )
    key = SlugField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("How programs ask for it. Left empty: made from the name."),
    )
    suggests = forms.ChoiceField(
        label=_("A suggestion is"),
        choices=Suggests.choices,
        initial=Suggests.TAXONOMY,
        widget=forms.RadioSelect,
    )
    values = TextField(
        label=_("Values"),
        required=False,
        max_length=reading.MOST_TEXT,
        help_text=_("One a line; of a tree “Home > Kitchen > Knives”, or indented; or JSON."),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a file of them"),
        required=False,
        help_text=_(
            "CSV with a column “value” (or “name” and “parent”), JSON, or text. It replaces the list."
        ),
    )
    suggester = forms.ChoiceField(label=_("Suggester"), initial="similar", widget=forms.RadioSelect)
    instruction = TextField(
        label=_("Instruction"),
        required=False,
        max_length=10_000,
        help_text=_("For a language model: what belongs into the field, and how to choose."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    model = forms.ChoiceField(label=_("Model"), required=False)
    examples = forms.IntegerField(
        label=_("Examples in a question"),
        min_value=0,
        max_value=20,
        initial=8,
        required=False,
        help_text=_("Verified ones, the nearest to the input. Held-out inputs are never among them."),
    )
    daily_usd = forms.DecimalField(
        label=_("At most, in dollars a day"),
        min_value=0,
        max_value=100_000,
        decimal_places=2,
        required=False,
        help_text=_(
            "For all that the project asks of language models. Left empty: what the instance allows."
        ),
    )
    rules = TextField(
        label=_("Rules"),
        required=False,
        max_length=100_000,
        help_text=_('One a line, the first that matches counts: contains "knife" -> Home > Kitchen > Knives'),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    hidden_share = Percent(
        label=_("Hidden, %"),
        initial=0.05,
        help_text=_(
            "Of 100 suggestions so many are not shown: what people do then is what the others are measured against."
        ),
    )
    budget_ms = forms.IntegerField(
        label=_("Time for an answer, in ms"),
        min_value=50,
        max_value=20_000,
        initial=800,
        help_text=_("After that the host goes on without; the answer is kept for the next time."),
    )
    ignored_after_minutes = forms.IntegerField(
        label=_("Unanswered counts as ignored after, in minutes"), min_value=1, max_value=100_000, initial=60
    )
    review_rejected = forms.BooleanField(
        label=_("Put rejected suggestions before people"), required=False, initial=True
    )
    review_edited_below = Percent(
        label=_("And edited ones of less confidence than, %"),
        required=False,
        initial=0.5,
        help_text=_("Left empty: none of them."),
    )
    TAKEN = _("The project has a task of this short name already.")
    MAIN = ("name", "key", "suggests")
    MEASURED = (
        "hidden_share",
        "budget_ms",
        "ignored_after_minutes",
        "review_rejected",
        "review_edited_below",
    )

    def __init__(
        self,
        *args: Any,
        taken: Sequence[str] = (),
        fixed: bool = False,
        stays: Taxonomy | None = None,
        **kwargs: Any,
    ) -> None:
        """`taken`: keys of the project's other tasks. `fixed`: key and form of the value are what they are.
        `stays`: values that are in force unless others are given (see `too_long`)."""
        super().__init__(*args, **kwargs)
        self.taken, self.stays = taken, stays
        if stays is not None:
            self.fields["values"].help_text = _(
                "Too many to be shown here. Left empty, they stay as they are."
            )
        self.taxonomy: Taxonomy | None = None
        kinds = [(kind.name, gettext(kind.title)) for kind in registry.KINDS.values()]
        self.fields["suggester"].choices = kinds  # type: ignore[attr-defined]
        self.fields["model"].choices = [(name, name) for name in prices.MODELS]  # type: ignore[attr-defined]
        self.fields["model"].initial = prices.DEFAULT
        if fixed:
            del self.fields["key"], self.fields["suggests"]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MAIN if name in self.fields]

    @property
    def measured_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MEASURED]

    def clean_key(self) -> str:
        name = self.cleaned_data.get("name")
        key = self.cleaned_data["key"] or slugify(name or "")[:60].strip("-")
        if not key and name:  # without a name that is what is missing
            raise ValidationError(_("Give a short name of letters a to z, digits and hyphens."))
        if key in self.taken:
            raise ValidationError(self.TAKEN)
        return str(key)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        self._read_values(data)
        if not self.errors:
            self._check(data)
        return data

    def _read_values(self, data: dict[str, Any]) -> None:
        if data.get("suggests", self.initial.get("suggests")) == Suggests.TEXT:
            if not registry.KINDS[data["suggester"]].free_text:
                self.add_error("suggester", _("Free text is written by a language model only."))
            return
        try:
            self.taxonomy = self._taxonomy(data)
        except BadTaxonomy as bad:
            field = "file" if data["file"] else "values"
            self.add_error(field, [_said(fault) for fault in bad.faults])
            if bad.more:
                self.add_error(field, gettext("And %(n)s more.") % {"n": bad.more})

    def _taxonomy(self, data: dict[str, Any]) -> Taxonomy:
        file = data["file"]
        if not file and self.stays is not None and not data["values"].strip():
            return self.stays
        if not file:
            return reading.of_paste(data["values"]) if data["values"].strip() else of_lines("")
        if file.size > MOST_FILE:
            raise BadTaxonomy([Fault("", gettext("The file is larger than 8 MB."))])
        return reading.of_file(file.name, file.read())

    def _check(self, data: dict[str, Any]) -> None:
        """What the suggester itself finds wrong with its settings."""
        choices = None
        if self.taxonomy is not None:
            choices = tuple(Choice(node.id, node.description) for node in self.taxonomy.values)
        task = Task(0, 0, data["name"], data["instruction"], choices, self.settings())
        faults = registry.get(data["suggester"]).faults(task)
        field = {"rule": "rules", "llm": "model"}.get(data["suggester"], "suggester")
        for fault in faults:
            self.add_error(field, _said(fault))

    def settings(self) -> dict[str, Any]:
        """Of the suggester that was chosen."""
        data = self.cleaned_data
        if data["suggester"] == "llm":
            return {"model": data["model"] or prices.DEFAULT, "examples": data["examples"] or 0}
        return {"rules": data["rules"]} if data["suggester"] == "rule" else {}

    def plain(self) -> dict[str, Any]:
        """What stands on the task itself."""
        return {name: self.cleaned_data[name] for name in ("name", *self.MEASURED)}

    @staticmethod
    def of(task: SuggestionTask, version: TaskVersion | None) -> dict[str, Any]:
        """The task as the form's first values."""
        found = {name: getattr(task, name) for name in ("name", "suggests", *TaskForm.MEASURED)}
        if version is None:
            return found
        settings = version.settings
        values = as_json.of_stored(version.taxonomy.values) if version.taxonomy else None
        text = as_text(values) if values and not too_long(version) else ""
        return {
            **found,
            **{name: settings[name] for name in ("model", "examples", "rules") if name in settings},
            "suggester": version.suggester,
            "instruction": version.instruction,
            "values": text,
        }


def too_long(version: TaskVersion | None) -> Taxonomy | None:
    """The values, where they are too many for the page to send them back."""
    if version is None or version.taxonomy is None:
        return None
    found = as_json.of_stored(version.taxonomy.values)
    return found if len(as_text(found).encode()) > MOST_SHOWN else None


def as_text(taxonomy: Taxonomy) -> str:
    """To change it in the page: lines; JSON where lines would lose something."""
    described = any(node.description for node in taxonomy.nodes)
    bracketed = taxonomy.nodes[0].name.startswith(reading.BEFORE_JSON)  # lines would be read as JSON
    parents = {node.path[:-1] for node in taxonomy.nodes}
    empty = any(node.group and node.path not in parents for node in taxonomy.nodes)
    if described or bracketed or empty:
        return json.dumps(as_json.stored_form(taxonomy), ensure_ascii=False, indent=1)
    return "\n".join(node.id for node in taxonomy.values)


def _said(fault: Fault) -> str:
    text = gettext(fault.text)
    said = text % fault.values if fault.values else text
    line = LINE.fullmatch(fault.place)
    place = gettext("line %(n)s") % {"n": line[1]} if line else fault.place
    return f"{place}: {said}" if place else said
