"""The forms of a dataset: what it takes, and in which shape it goes out."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotator.datasets import narrowings, registry
from annotator.datasets.filters import Filters, read
from annotator.forms.queues import Percent
from annotator.forms.texts import TextField
from annotator.models import Project, Question, Queue, RaterKind
from annotator.queries.datasets import features_of

MOST_QUEUES = 200  # offered


class FiltersForm(forms.Form):
    """All but the name: also what the preview reads."""

    sources = forms.MultipleChoiceField(label=_("What rows are made of"), widget=forms.CheckboxSelectMultiple)
    queues = forms.MultipleChoiceField(
        label=_("Only these queues"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of the project."),
    )
    questions = forms.MultipleChoiceField(
        label=_("Only these questions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    features = forms.MultipleChoiceField(
        label=_("Only these features"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rater_kinds = forms.MultipleChoiceField(
        label=_("Whose answers count"),
        choices=RaterKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where a person of the team answered, nobody else is counted."),
    )
    min_votes = forms.IntegerField(label=_("Answers per item, at least"), min_value=1, max_value=100)
    agreement = Percent(
        label=_("Agreement at least, %"),
        help_text=_("So many of an item’s answers must be the same. An adjudicated answer always counts."),
    )
    consensus = forms.BooleanField(
        label=_("Only what several people answered, or adjudicated"), required=False
    )
    since = forms.DateField(
        label=_("Labelled from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Labelled until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    duplicates = forms.ChoiceField(
        label=_("Leave out"),
        choices=[
            ("near", _("What is the same or nearly the same")),
            ("exact", _("What is the same")),
            ("keep", _("Nothing")),
        ],
    )
    train = forms.IntegerField(label=_("Train, %"), min_value=0, max_value=100)
    dev = forms.IntegerField(label=_("Dev, %"), min_value=0, max_value=100)
    test = forms.IntegerField(label=_("Test, %"), min_value=0, max_value=100)
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**31 - 1)

    def __init__(self, project: Project, data: Any = None, *, filters: Filters | None = None) -> None:
        known = filters or Filters()
        initial = known.as_json() | {"sources": [one.name for one in registry.taken(known)]}
        super().__init__(data, initial=initial)
        # People's own ones have no origin and come first: one of each day would push them out within a year.
        found = Queue.objects.filter(project=project, adjudicates=None).order_by("origin", "-created_at")
        queues = found[:MOST_QUEUES]
        names = {str(key): name for key, name in queues.values_list("pk", "name")}
        keys = Question.objects.filter(project=project).order_by("key").values_list("key", flat=True)
        features = dict.fromkeys([*features_of(project), *known.features])
        for field, choices in {
            "sources": [(one.name, one.title) for one in registry.sources()],
            # A queue that is chosen and is not offered stays chosen.
            "queues": list((names | {q: names.get(q, q) for q in known.queues}).items()),
            "questions": [(key, key) for key in dict.fromkeys([*keys, *known.questions])],
            "features": [(name, name) for name in features],
        }.items():
            self.fields[field].choices = choices  # type: ignore[attr-defined]
        for one in narrowings.narrowings():
            chosen = known.within.get(one.name, ())
            sent = data.getlist(one.name) if data is not None else []
            self.fields[one.name] = _field(one, project, [*chosen, *sent])
            self.initial[one.name] = list(chosen)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shares = [cleaned.get(name) for name in ("train", "dev", "test")]
        if None not in shares and sum(n for n in shares if n is not None) != 100:
            self.add_error("train", ValidationError(_("Train, dev and test must make 100 together.")))
        since: date | None = cleaned.get("since")
        until: date | None = cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", ValidationError(_("This is before the day that it begins with.")))
        return cleaned

    def filters(self) -> Filters:
        given = {
            name: value for name, value in self.cleaned_data.items() if name in Filters.__struct_fields__
        }
        chosen = {one.name: self.cleaned_data[one.name] for one in narrowings.narrowings()}
        given["within"] = {name: values for name, values in chosen.items() if values}
        if given["sources"] == [one.name for one in registry.taken(Filters())]:
            given["sources"] = []  # also those that come with a later version
        return read(given)


def _field(one: narrowings.Narrowing, project: Project, chosen: Sequence[str]) -> forms.Field:
    return forms.MultipleChoiceField(
        label=one.title,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=one.words,
        choices=one.options(project, chosen),
    )


class DatasetForm(FiltersForm):
    name = TextField(
        label=_("Name"), max_length=120, help_text=_("For example “Refund answers, good and bad”.")
    )

    def __init__(self, project: Project, data: Any = None, *, name: str = "", **more: Any) -> None:
        super().__init__(project, data, **more)
        self.initial["name"] = name

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields as the page shows them: a name for the address, a title, the fields."""
        return [
            ("what", str(_("What it takes")), [self["name"], self["sources"]]),
            (
                "where",
                str(_("From where")),
                self._some("queues", "questions", "features", *self._narrowing(), "since", "until"),
            ),
            (
                "sure",
                str(_("How sure it must be")),
                self._some("rater_kinds", "min_votes", "agreement", "consensus"),
            ),
            (
                "split",
                str(_("Duplicates and splits")),
                self._some("duplicates", "train", "dev", "test", "seed"),
            ),
        ]

    def _narrowing(self) -> list[str]:
        return [one.name for one in narrowings.narrowings()]

    def _some(self, *names: str) -> list[forms.BoundField]:
        """Without those that offer nothing to choose."""
        fields = [self[name] for name in names]
        return [one for one in fields if getattr(one.field, "choices", True)]


class RowsForm(forms.Form):
    """Filters and place of the list of rows, as they stand in its address."""

    split = forms.ChoiceField(
        required=False, choices=[("", _("All")), ("train", "train"), ("dev", "dev"), ("test", "test")]
    )
    label = forms.CharField(required=False, max_length=200, strip=False)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)

    def query(self, **more: object) -> str:
        """The address's query with these parts instead; filters stay, the place does not."""
        kept = {name: self.cleaned_data.get(name) for name in ("split", "label")}
        return "?" + urlencode({name: value for name, value in {**kept, **more}.items() if value})
