"""A project's questions, their wordings, and asking again what an older one got."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotator import access, tasks
from annotator.forms.questions import WordingForm
from annotator.models import Membership, Question, Role
from annotator.queries.wordings import questions_of, wordings_of
from annotator.services.ask_again import NotNow, ask_again
from annotator.services.wordings import ChangedMeanwhile, reword
from annotator.web.render import payload_html
from annotator.web.request import PersonRequest


@login_required
@require_safe
def questions(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug)
    page = {"project": me.project, "role": me.role, "tab": "queues", "questions": questions_of(me.project)}
    return render(request, "annotator/questions.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: PersonRequest, slug: str, key: str) -> HttpResponse:
    """POST, by an owner: a new wording, its `preview`, or `again`: ask this queue's older answers again."""
    posted = request.method == "POST"
    me = access.membership(request.user, slug, access.OWNERS if posted else access.ANYBODY)
    found = access.question_of(me.project, key)
    if posted and "again" in request.POST:
        return _ask_again(request, me, found, request.POST["again"])
    wordings = wordings_of(found)
    newest = wordings.newest
    known: dict[str, Any] = {"seen": newest.number if newest else 0}
    if newest:
        known |= {"text": newest.text, "guideline": newest.guideline, "desirable": newest.desirable}
    form = WordingForm(found, request.POST if posted else None, initial=known)
    if "preview" in request.POST:
        guideline = request.POST.get("guideline", "")[:20_000]
        page: dict[str, Any] = {
            "preview": payload_html(guideline) if guideline.strip() else "",
            "previewed": True,
        }
        if request.htmx:
            return render(request, "annotator/question.html#preview", page)
    else:
        page = {}
        if form.is_valid() and _reword(request, found, form):
            return redirect("question", slug, key)
    page |= {
        "project": me.project,
        "role": me.role,
        "tab": "queues",
        "question": found,
        "wordings": wordings,
        "form": form if me.role == Role.OWNER else None,
        "versions": [(row, payload_html(row.version.guideline)) for row in wordings.rows],
    }
    status = 422 if posted and "preview" not in request.POST else 200
    return render(request, "annotator/question.html", page, status=status)


def _reword(request: PersonRequest, question: Question, form: WordingForm) -> bool:
    seen = form.cleaned_data["seen"]
    try:
        version = reword(question=question, seen=seen, **form.words())
    except ChangedMeanwhile:
        form.data = request.POST.copy()
        newest = question.versions.order_by("-number").first()
        form.data["seen"] = str(newest.number if newest else 0)
        form.add_error(
            None,
            _("Somebody wrote another wording meanwhile. It stands below; save again to put yours after it."),
        )
        return False
    if version.number == seen:
        messages.info(request, _("Nothing changed: these are the words that are in force."))
    else:
        messages.success(
            request,
            _("Version %(n)s is asked from now on. Older answers stay, until you ask again.")
            % {"n": version.number},
        )
    return True


def _ask_again(request: PersonRequest, me: Membership, question: Question, queue_id: str) -> HttpResponse:
    try:
        queue = access.queue_of(me.project, UUID(queue_id))
    except ValueError:
        raise Http404 from None
    try:
        job = ask_again(queue=queue, question=question, by=request.user)
    except NotNow as why:
        words = {
            "closed": _("This queue is closed: open it, then ask again."),
            "nothing": _("Nothing to ask again: no answer stands that was given to an older wording."),
        }
        messages.info(request, words[why.code])
        return redirect("queue", me.project.slug, queue.pk)
    tasks.ring(job)
    return redirect("job", me.project.slug, job.pk)
