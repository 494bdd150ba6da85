"""What a project suggests: the list, the set-up, what the verdicts taught, a try."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access
from annotator.llm import budget
from annotator.models import Membership
from annotator.web.request import PersonRequest
from feedback.access import task_of
from feedback.forms.suggestion_tasks import TaskForm, too_long
from feedback.models import SuggestionTask, TaskVersion
from feedback.queries import tasks as listed
from feedback.queries import verdicts
from feedback.queries.tally import tallied
from feedback.services import suggest, suggestion_tasks
from feedback.taxonomy.as_json import stored_form
from feedback.web import curves


@login_required
@require_safe
def tasks(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug)
    page = {**_page(me), "tasks": listed.tasks_of(me.project)}
    return render(request, "feedback/tasks.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    taken = list(me.project.suggestion_tasks.values_list("key", flat=True))
    sent = request.method == "POST"
    form = TaskForm(
        *((request.POST, request.FILES) if sent else ()),
        taken=taken,
        initial={"daily_usd": budget.own(me.project)},
    )
    if form.is_valid():
        try:
            task = _make(me, form)
        except IntegrityError:  # somebody took the short name a moment ago
            form.add_error("key", form.TAKEN)
        else:
            messages.success(request, _("The task is made. Its page says how to ask for a suggestion."))
            return redirect("suggestion-task", slug, task.key)
    return render(
        request, "feedback/task_form.html", {**_page(me), "form": form}, status=422 if form.is_bound else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: PersonRequest, slug: str, task_key: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    task = task_of(me.project, task_key)
    version = task.versions.select_related("taxonomy").order_by("-number").first()
    sent = request.method == "POST"
    form = TaskForm(
        *((request.POST, request.FILES) if sent else ()),
        initial={**TaskForm.of(task, version), "daily_usd": budget.own(me.project)},
        fixed=True,
        stays=too_long(version),
    )
    if form.is_valid():
        with transaction.atomic():
            SuggestionTask.objects.filter(pk=task.pk).update(**form.plain())
            now = _set_up(me, task, form)
        if version and now.pk != version.pk:
            messages.success(request, _("Saved. Version %(name)s is in force.") % {"name": now.name})
        else:
            messages.success(request, _("Saved."))
        return redirect("suggestion-task", slug, task.key)
    page = {**_page(me), "form": form, "task": task, "current": version}
    return render(request, "feedback/task_form.html", page, status=422 if form.is_bound else 200)


@transaction.atomic
def _make(me: Membership, form: TaskForm) -> SuggestionTask:
    """IntegrityError: the project has a task of this key."""
    data = form.cleaned_data
    task = suggestion_tasks.make_task(
        project=me.project, key=data["key"], suggests=data["suggests"], by=me.user, **form.plain()
    )
    _set_up(me, task, form)
    return task


def _set_up(me: Membership, task: SuggestionTask, form: TaskForm) -> TaskVersion:
    if form.cleaned_data["suggester"] == "llm":
        budget.set_daily(project=me.project, dollars=form.cleaned_data["daily_usd"])
    return suggestion_tasks.set_up(
        task,
        instruction=form.cleaned_data["instruction"],
        suggester=form.cleaned_data["suggester"],
        settings=form.settings(),
        values=stored_form(form.taxonomy) if form.taxonomy else None,
        by=me.user,
    )


@login_required
@require_safe
def task(request: PersonRequest, slug: str, task_key: str) -> HttpResponse:
    """What it taught us."""
    me = access.membership(request.user, slug)
    found = task_of(me.project, task_key)
    counted, current = tallied(found), suggestion_tasks.current(found)
    times = verdicts.over_time(counted)
    verified = verdicts.newest_verified(found, counted)
    page = {
        **_page(me),
        "task": found,
        "current": current,
        "overall": verdicts.overall(counted),
        "times": times,
        "trend": curves.verdicts(times),
        "versions": verdicts.by_version(found, counted),
        "wrong": verdicts.by_value(found),
        "lift": verdicts.lift(found, counted),
        "asked": verdicts.asked(found),
        "origin": settings.PUBLIC_URL,
        "spending": _spending(me) if current and current.suggester == "llm" else None,
        "curve": curves.learning(verified.hits, verified.before),
        "calibration": curves.calibration(*verified.confidences),
    }
    return render(request, "feedback/task.html", page)


def _spending(me: Membership) -> dict[str, object]:
    """Of today, as far as anything was asked."""
    days = budget.days(me.project, 1)
    today = timezone.now().astimezone(ZoneInfo(me.project.time_zone)).date()
    spent = days[0].spent if days and days[0].day == today else 0
    return {"spent": spent, "most": budget.daily(me.project)}


@login_required
@require_POST
def attempt(request: PersonRequest, slug: str, task_key: str) -> HttpResponse:
    """A suggestion for what somebody typed here: neither logged nor counted."""
    me = access.membership(request.user, slug, access.LABELERS)
    found = task_of(me.project, task_key)
    version = suggestion_tasks.current(found)
    text = request.POST.get("input", "")[:20_000].strip()
    answer = suggest.attempt(found, version, text) if version and text else None
    page = {**_page(me), "task": found, "answer": answer, "asked_for": text}
    return render(request, "feedback/task_try.html", page)


@login_required
@require_POST
def close(request: PersonRequest, slug: str, task_key: str) -> HttpResponse:
    """No more suggestions; what was learned stays. Or open again."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = task_of(me.project, task_key)
    opened = request.POST.get("do") == "reopen"
    SuggestionTask.objects.filter(pk=found.pk).update(closed_at=None if opened else timezone.now())
    messages.success(
        request, _("The task suggests again.") if opened else _("The task suggests nothing any more.")
    )
    return redirect("suggestion-task", slug, task_key)


def _page(me: Membership) -> dict[str, object]:
    has_key = bool(settings.ANTHROPIC_API_KEY)
    return {"project": me.project, "role": me.role, "tab": "suggestions", "model_key": has_key}
