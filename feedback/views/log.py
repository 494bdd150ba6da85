"""The log: a list by time, and one interaction."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from annotator import access
from annotator.models import Membership
from annotator.web.render import documents_html, payload_html
from annotator.web.request import PersonRequest
from feedback.access import check_of_queue, interaction_of
from feedback.facts import facts_of
from feedback.forms.log import TYPED, LogForm
from feedback.queries import interactions
from feedback.queries.assertions import against
from feedback.queries.interactions import PAGE, Page, Where
from feedback.queries.looked_at import copied_from, looked_at
from feedback.queries.signals import signals_of, words_of

STEPS = 100  # a search goes on by itself this many times; then it asks
INPUT_OPENING = 3_000  # characters: the output, which is looked for, stands below
NEIGHBOUR_PATIENCE = 0.04  # seconds


@login_required
@require_safe
def log(request: PersonRequest, slug: str) -> HttpResponse:
    """Newest first, by filters and place in the address. Going on with a search answers rows only."""
    me = access.membership(request.user, slug)
    form = LogForm(request.GET)
    if not form.is_valid():
        page = {**_page(me, form), "suggestions": interactions.suggestions(me.project)}
        return render(request, "feedback/log.html", page, status=400)
    where = form.where(_zone(me))
    found = _rows(me, form, where)
    page = {**_page(me, form), **_places(form, found), "rows": found.rows}
    if request.htmx and form.cleaned_data["found"] is not None:
        return render(request, "feedback/log.html#rows", page)
    page |= {
        "suggestions": interactions.suggestions(me.project),
        "nothing_yet": not found.rows and where.everything and not form.is_placed,
        "exact": interactions.named(me.project, where.text) if where.text else None,
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "feedback/log.html", page)


@login_required
@require_safe
def panel(request: PersonRequest, slug: str) -> HttpResponse:
    """On a project's first page: how to send interactions, folded once there are some."""
    me = access.membership(request.user, slug)
    page = {
        "project": me.project,
        "role": me.role,
        "logged": interactions.holds_any(me.project),
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "feedback/log_panel.html", page)


@login_required
@require_safe
def interaction(request: PersonRequest, slug: str, interaction_id: UUID) -> HttpResponse:
    """All of one interaction. Filters in the address give its neighbours in the filtered list."""
    me = access.membership(request.user, slug)
    found = interaction_of(me.project, interaction_id)
    form = LogForm(request.GET)
    if not form.is_valid():
        form = LogForm({})
        form.is_valid()
    typed = form.cleaned_data["shown"] == TYPED
    page = {
        **_page(me, form),
        **_neighbours(me, form, found.pk),
        "interaction": found,
        "facts": facts_of(found, _zone(me)),
        "input_html": payload_html(found.input, as_typed=typed, opening=INPUT_OPENING),
        "output_html": payload_html(found.output, error=found.error, as_typed=typed),
        "context_html": documents_html(found.context, as_typed=typed),
        "metadata_html": payload_html(found.metadata, as_typed=typed) if found.metadata else "",
        "typed": typed,
        "rendered_query": form.query(shown=None),
        "typed_query": form.query(shown=TYPED),
        "looked_at": looked_at(found, me),
        "against": against(me.project, found.pk),
        "signals": [(one, words_of(one)) for one in signals_of(me.project, found)],
        "url": settings.PUBLIC_URL + request.path,
    }
    return render(request, "feedback/interaction.html", page)


@login_required
@require_safe
def source(request: PersonRequest, slug: str, item_id: int) -> HttpResponse:
    """From an item of a queue to the interaction that it copies; when that is gone, to its check."""
    project = access.project(request.user, slug)
    item = access.item_of(project, item_id)
    if key := copied_from(project, item):
        return redirect("interaction", slug, key)
    return redirect("check", slug, check_of_queue(project, item.queue_id).day)


def _zone(me: Membership) -> ZoneInfo:
    return ZoneInfo(me.project.time_zone)


def _page(me: Membership, form: LogForm) -> dict[str, object]:
    return {
        "project": me.project,
        "role": me.role,
        "tab": "log",
        "form": form,
        "filters_url": reverse("log", args=[me.project.slug]),
        "query": form.query() if form.is_valid() else "",
        "chips": form.chips() if form.is_valid() else [],
    }


def _rows(me: Membership, form: LogForm, where: Where) -> Page:
    """A page before or after an id. What is newer than all known rows is the first page."""
    size = PAGE - (form.cleaned_data["found"] or 0)
    after = form.key("after")
    if after is not None:
        page = interactions.newer(me.project, where, after=after)
        if page.more or page.searched_to:
            return page
        return interactions.older(me.project, where)
    return interactions.older(me.project, where, before=form.key("before"), size=max(size, 1))


def _places(form: LogForm, page: Page) -> dict[str, object]:
    """Where one can go from here, each a query string or None."""
    upwards, rows = form.key("after") is not None, page.rows
    keep_looking = None
    step = (form.cleaned_data["step"] or 0) + 1
    if page.searched_to is not None and not upwards:
        found = (form.cleaned_data["found"] or 0) + len(rows)
        keep_looking = form.query(before=page.searched_to, found=found, step=step)
    older = rows and (page.more or upwards)
    return {
        "older": form.query(before=rows[-1].id) if older else None,
        "newer": form.query(after=rows[0].id) if rows and form.is_placed else None,
        "newest": form.query() if form.is_placed else None,
        "keep_looking": keep_looking,
        "by_itself": step < STEPS,
        "searched_to": interactions.moment_of(page.searched_to) if page.searched_to else None,
    }


def _neighbours(me: Membership, form: LogForm, key: UUID) -> dict[str, object]:
    where = form.where(_zone(me))
    newer = interactions.newer(me.project, where, after=key, size=1, patience=NEIGHBOUR_PATIENCE).rows
    older = interactions.older(me.project, where, before=key, size=1, patience=NEIGHBOUR_PATIENCE).rows
    return {
        "newer": newer[0].id if newer else None,
        "older": older[0].id if older else None,
        "back": form.query(before=UUID(int=key.int + 1), shown=None),
    }
