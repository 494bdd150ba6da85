"""Making a queue, the ways to fill it, and its settings. Owners only."""

from typing import Any
from uuid import UUID

from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access
from annotator.forms.queues import NewQueueForm, SetupForm
from annotator.forms.steps import Steps, Urls
from annotator.models import Answer, DefectKind, Membership, Queue, QueueKind, User
from annotator.queries.chains import chain_of
from annotator.queries.people import labelers_of
from annotator.queries.questions import newest_versions
from annotator.services import queue_settings
from annotator.services.new_queue import set_up
from annotator.services.queues import BadChain
from annotator.services.sent_items import why_not
from annotator.views.queue_page import head
from annotator.web.render import payload_html
from annotator.web.request import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """One page. What changes its list of questions or its kind posts `do`, and gets it as it is then."""
    me = access.membership(request.user, slug, access.OWNERS)
    labelers = labelers_of(me.project)
    if request.method != "POST" or _do(request):
        return _shown(request, me, labelers)
    kind = _kind(request.POST)
    steps = _steps(me, kind, request.POST)
    form = NewQueueForm(request.POST, labelers=labelers, kind=kind)
    if form.is_valid() & steps.is_valid() and (made := _made(me, form, steps)):
        messages.success(request, _("The queue is made. Now fill it."))
        return redirect("queue-fill", slug, made.pk)
    page = {**_new_page(me, kind, form), "steps": steps.checked, "wrong": True}
    return render(request, "annotator/queue_new.html", page, status=422)


def _shown(request: PersonRequest, me: Membership, labelers: list[User]) -> HttpResponse:
    """With what was typed so far, right or wrong."""
    data = request.POST if request.method == "POST" else None
    kind = _kind(request.GET if data is None else data)
    steps = _steps(me, kind, data)
    steps.change(_do(request))
    typed = None if data is None else _typed(NewQueueForm(data, labelers=labelers, kind=kind))
    form = NewQueueForm(initial=typed, labelers=labelers, kind=kind)
    part = "#steps" if request.htmx.target == "steps" else ""
    page = {**_new_page(me, kind, form), "steps": steps.shown, "swapped": bool(part)}
    return render(request, f"annotator/queue_new.html{part}", page)


def _do(request: PersonRequest) -> str:
    return request.POST.get("do") or request.GET.get("do", "")


def _kind(data: QueryDict) -> str:
    kind = data.get("kind", "")
    return kind if kind in QueueKind.values else QueueKind.BINARY.value


def _steps(me: Membership, kind: str, data: QueryDict | None) -> Steps:
    slug = me.project.slug
    urls = Urls(reverse("queue-new", args=[slug]) + "?do=look", reverse("guideline-preview", args=[slug]))
    versions = newest_versions(me.project)
    known = {version.question.key: version for version in versions if version.question.kind == kind}
    return Steps(kind, known, data, taken=[version.question.key for version in versions], urls=urls)


def _typed(form: NewQueueForm) -> dict[str, Any]:
    """What stands in the fields, right or wrong."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, name)
        for name, field in form.fields.items()
    }


def _made(me: Membership, form: NewQueueForm, steps: Steps) -> Queue | None:
    settings = form.settings()
    try:
        return set_up(project=me.project, kind=steps.kind, steps=steps.found(), by=me.user, **settings)
    except BadChain as bad:
        steps.blame(bad.faults)
        return None


def _new_page(me: Membership, kind: str, form: NewQueueForm) -> dict[str, Any]:
    return {
        "project": me.project,
        "role": me.role,
        "tab": "queues",
        "kind": kind,
        "kinds": QueueKind.choices,
        "form": form,
    }


@login_required
@require_POST
def preview(request: PersonRequest, slug: str) -> HttpResponse:
    """A guideline as raters will see it: of the step whose field the page names."""
    access.membership(request.user, slug, access.OWNERS)
    name = next((key for key in request.POST if key.endswith("-guideline") or key == "guideline"), "")
    text = request.POST.get(name, "")[:20_000]
    return render(request, "annotator/guideline.html", {"html": payload_html(text) if text.strip() else ""})


@login_required
@require_safe
def fill(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """The ways to bring items into a queue."""
    me = access.membership(request.user, slug, access.OWNERS)
    queue = access.queue_of(me.project, queue_id)
    page = {
        **head(me, queue, "upload"),
        "public_url": site.PUBLIC_URL,
        "why_not": _(why) if (why := why_not(queue)) else "",
    }
    return render(request, "annotator/queue_fill.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    queue = access.queue_of(me.project, queue_id)
    data = request.POST if request.method == "POST" else None
    form = SetupForm(data, queue=queue, labelers=labelers_of(me.project))
    if form.is_valid():
        try:
            queue_settings.change_queue(queue, **form.settings())
        except queue_settings.OverlapLowered:  # somebody raised it in this moment
            form.add_error("overlap", _("Somebody raised it meanwhile: reload the page."))
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("queue-setup", slug, queue_id)
    page = {
        **head(me, queue, "setup"),
        "form": form,
        "chain": _chain(queue),
        "defects": DefectKind.objects.filter(project=me.project),
        "held": queue.items.filter(held=True).count(),
    }
    return render(request, "annotator/queue_setup.html", page, status=422 if form.is_bound else 200)


def _chain(queue: Queue) -> list[dict[str, Any]]:
    """The questions with their conditions in words."""
    texts = {asked.id: asked.text for asked in chain_of(queue)}
    return [
        {
            "key": step.question.key,
            "text": texts.get(step.question_id, step.question.key),
            "after": texts.get(step.after_id or 0, ""),
            "after_answer": Answer(step.after_answer).label if step.after_answer else "",
            "stops_on": Answer(step.stops_on).label if step.stops_on else "",
        }
        for step in queue.chain.select_related("question").order_by("position")
    ]


@login_required
@require_POST
def close(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """Close the queue, or with `do=reopen` open it again."""
    me = access.membership(request.user, slug, access.OWNERS)
    queue = access.queue_of(me.project, queue_id)
    if request.POST.get("do") == "reopen":
        queue_settings.reopen(queue)
        messages.success(request, _("The queue is open again."))
    else:
        queue_settings.close(queue)
        messages.success(request, _("The queue is closed: nobody gets an item of it. Its labels stay."))
    return redirect("queue-setup", slug, queue_id)
