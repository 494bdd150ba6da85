"""The assertions of a project: the list, one of them, its form with the dry run, its switches."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access, tasks
from annotator.models import Item, Label, Membership, Role
from annotator.web.request import PersonRequest
from feedback.access import assertion_of, interaction_of
from feedback.assertions import registry
from feedback.assertions.kind import Kind
from feedback.forms.assertions import BEFORE, AssertionForm
from feedback.jobs import measure as measuring
from feedback.models import Assertion, AssertionReport, AssertionVersion
from feedback.queries import assertions as queries
from feedback.queries import interactions, suites
from feedback.queries.modes import modes_on, unmerged
from feedback.services import assertions as service
from feedback.services import dry_run
from feedback.trend import trend
from feedback.web.assertion_source import Source, of_interaction, of_item

Page = dict[str, Any]


@login_required
@require_safe
def assertions(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug)
    rows = queries.listed(me.project)
    page = {
        **_page(me),
        "rows": rows,
        "nudges": queries.nudges(rows, _recent(me)),
        "enough": queries.ENOUGH,
        "retired": queries.retired(me.project),
    }
    return render(request, "feedback/assertions.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """Choose a kind; then its form. `?item=` or `?interaction=`: what it is made from."""
    me = access.membership(request.user, slug, access.LABELERS)
    sent = request.method == "POST"
    asked = request.POST if sent else request.GET
    item = _item(me, asked.get("item", ""))
    source = of_item(me, item) if item else _logged(me, asked.get("interaction", ""))
    features = source.features if source else []
    kind = registry.KINDS.get(asked.get("kind", ""))
    page = {**_page(me), "source": source, "from": _from(item, asked)}
    if kind is None:
        page["kinds"] = [(one, _may(me, one), _is_off(one)) for one in registry.KINDS.values()]
        return render(request, "feedback/assertion_kinds.html", page, status=422 if sent else 200)
    _allowed(me, kind)
    form = AssertionForm(
        request.POST if sent else None,
        kind=kind,
        features=_choices(me, features),
        modes=unmerged(me.project),
        taken=list(me.project.assertions.values_list("key", flat=True)),
        initial={"features": features, "mode": _mode(item, asked.get("mode", "")), **_marked(me, kind, item)},
    )
    if sent and form.is_valid() and request.POST.get("do") == "save":
        try:
            version = service.make(
                project=me.project,
                key=form.cleaned_data["key"],
                kind=kind.name,
                settings=form.settings,
                enabled=not kind.slow,
                item=item,
                by=me.user,
                **form.plain(),
            )
        except IntegrityError:  # somebody took the short name a moment ago
            form.add_error("key", form.TAKEN)
        else:
            return _saved(request, me, version)
    return _form(request, me, form, page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, slug: str, assertion_key: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.LABELERS)
    found = assertion_of(me.project, assertion_key)
    kind, version = registry.get(found.kind), _in_force(found)
    _allowed(me, kind)
    form = AssertionForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        features=_choices(me, found.features),
        modes=unmerged(me.project),
        fixed=True,
        initial=AssertionForm.of(found, version),
    )
    if form.is_bound and form.is_valid() and request.POST.get("do") == "save":
        now = service.change(found, settings=form.settings, by=me.user, **form.plain())
        return _saved(request, me, now)
    item = access.item_of(me.project, found.item_id) if found.item_id else None
    page = {
        **_page(me),
        "assertion": found,
        "version": version,
        "source": of_item(me, item) if item else None,
    }
    return _form(request, me, form, page)


def _mode(item: Item | None, asked: str) -> int | None:
    """The failure mode that a link names, or the first that people saw in the item."""
    if asked.isdecimal() and len(asked) < 19:
        return int(asked)
    seen = modes_on([item.pk]).get(item.pk) if item else None
    return seen[0].pk if seen else None


def _form(request: PersonRequest, me: Membership, form: AssertionForm, page: Page) -> HttpResponse:
    """With what the settings would have said of what it is made from and of labelled items, where somebody
    tried them."""
    page |= {"form": form, "kind": form.kind, "off": _is_off(form.kind)}
    valid = form.is_bound and form.is_valid()
    if valid and not form.kind.slow:
        features, source = form.plain()["features"], page["source"]
        run = dry_run.in_page(me, form.kind.name, form.settings, features)
        page |= {"run": run, "items": _items(me, run.tally)}
        if source:
            page["own"] = dry_run.of_one(
                form.kind.name, form.settings, features, source.output, of=source.features
            )
    status = 422 if form.is_bound and not valid else 200
    return render(request, "feedback/assertion_form.html", page, status=status)


def _saved(request: PersonRequest, me: Membership, version: AssertionVersion) -> HttpResponse:
    tasks.ring(measuring.ask(version, me.user))
    if version.assertion.enabled:
        said = _("Saved. Version %(number)s runs on what arrives from now on.")
    else:
        said = _("Saved as version %(number)s, switched off. Look at what it says of labelled items first.")
    messages.success(request, said % {"number": version.number})
    return redirect("assertion", me.project.slug, version.assertion.key)


@login_required
@require_safe
def assertion(request: PersonRequest, slug: str, assertion_key: str) -> HttpResponse:
    """Beside what people say, and over time."""
    me = access.membership(request.user, slug)
    found = assertion_of(me.project, assertion_key)
    version = _in_force(found)
    report = AssertionReport.objects.filter(version=version).first()
    tally = queries.tally_of(report)
    times = queries.over_time(found)
    current = [(one.day, one.counted.failing) for one in times if one.version == version.number]
    page = {
        **_page(me),
        "assertion": found,
        "version": version,
        "versions": found.versions.select_related("created_by"),
        "report": report,
        "tally": tally,
        "items": _items(me, report) if report else {},
        "times": times,
        "trend": trend(current),
        "failed": queries.newest_failed(version),
        "suites": suites.holding(found),
        "may_edit": me.role in access.LABELERS and _may(me, registry.get(found.kind)),
        "off": _is_off(registry.get(found.kind)),
        "origin": settings.PUBLIC_URL,
    }
    return render(request, "feedback/assertion.html", page)


@login_required
@require_POST
def switch(request: PersonRequest, slug: str, assertion_key: str) -> HttpResponse:
    """On or off: `do`."""
    me, found = _mine(request, slug, assertion_key)
    on = request.POST.get("do") == "on"
    service.switch(found, on=on)
    messages.success(
        request, _("It runs on what arrives from now on.") if on else _("It runs on nothing any more.")
    )
    return redirect("assertion", me.project.slug, found.key)


@login_required
@require_POST
def retire(request: PersonRequest, slug: str, assertion_key: str) -> HttpResponse:
    """What it found stays. Or bring it back."""
    me, found = _mine(request, slug, assertion_key)
    if request.POST.get("do") == "bring-back":
        service.bring_back(found)
        messages.success(request, _("It is back."))
    else:
        service.retire(found)
        messages.success(request, _("It is retired: it runs nowhere, and its results stay."))
    return redirect("assertion", me.project.slug, found.key)


@login_required
@require_POST
def measure(request: PersonRequest, slug: str, assertion_key: str) -> HttpResponse:
    """On what is labelled by now."""
    me, found = _mine(request, slug, assertion_key)
    asked = measuring.ask(_in_force(found), me.user)
    tasks.ring(asked)
    return redirect("job", me.project.slug, asked.pk)


def _mine(request: PersonRequest, slug: str, key: str) -> tuple[Membership, Assertion]:
    """One that this person may change."""
    me = access.membership(request.user, slug, access.LABELERS)
    found = assertion_of(me.project, key)
    _allowed(me, registry.get(found.kind))
    return me, found


def _allowed(me: Membership, kind: Kind) -> None:
    if not _may(me, kind):
        raise PermissionDenied


def _may(me: Membership, kind: Kind) -> bool:
    """What costs money, or runs code, is an owner's to switch on."""
    return me.role == Role.OWNER or not kind.owners


def _is_off(kind: Kind) -> str:
    """Why nothing would come of it on this instance; empty where it works."""
    if kind.name == "execution" and not settings.ASSERTIONS_EXECUTE:
        return _("Running code is switched off on this instance. Set ASSERTIONS_EXECUTE=1 to allow it.")
    if kind.name == "judge" and not settings.ANTHROPIC_API_KEY:
        return _("No key for a language model is set. Set ANTHROPIC_API_KEY if you want a judge.")
    return ""


def _in_force(found: Assertion) -> AssertionVersion:
    version = found.versions.order_by("-number")[0]
    version.assertion = found
    return version


def _recent(me: Membership) -> list[str]:
    return interactions.suggestions(me.project).get("feature", [])


def _choices(me: Membership, more: list[str]) -> list[str]:
    return sorted({*_recent(me), *more})


def _item(me: Membership, sent: str) -> Item | None:
    return access.item_of(me.project, int(sent)) if sent.isdecimal() and len(sent) < 19 else None


def _logged(me: Membership, sent: str) -> Source | None:
    try:
        key = UUID(sent)
    except ValueError:
        return None
    return of_interaction(me, interaction_of(me.project, key))


def _from(item: Item | None, asked: QueryDict) -> str:
    """For the links on to the form."""
    known = {name: str(asked[name]) for name in ("interaction", "mode") if asked.get(name)}
    if item is not None:
        known |= {"item": str(item.pk)}
    return urlencode(known)


def _marked(me: Membership, kind: Kind, item: Item | None) -> dict[str, str]:
    """The words that this person marked in the item's output, for a kind that looks for words."""
    if item is None or not kind.phrase or not isinstance(item.output, str):
        return {}
    own = Label.objects.filter(item=item, rater__user=me.user, marks__isnull=False).order_by("-pk").first()
    pieces = [
        item.output[one["start"] : one["end"]]
        for one in (own.marks if own else None) or ()
        if one.get("part") == "output"
    ]
    return {BEFORE + kind.phrase: "\n".join(" ".join(one.split()) for one in pieces if one.strip())}


def _items(me: Membership, found: Any) -> dict[str, list[queries.Shown]]:
    """Of a tally or a report: the items of each kind that this person may see."""
    known = queries.shown(me, [*found.caught, *found.wrong, *found.missed])
    names = ("caught", "wrong", "missed")
    return {name: [known[pk] for pk in getattr(found, name) if pk in known] for name in names}


def _page(me: Membership) -> Page:
    return {
        "project": me.project,
        "role": me.role,
        "tab": "failures",
        "may_make": me.role in access.LABELERS,
    }
