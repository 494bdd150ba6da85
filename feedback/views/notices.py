"""What is told outside of the application, and how that went. Owners only."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotator import access, tasks
from annotator.models import Job, JobState, Membership
from annotator.web.request import PersonRequest
from feedback.access import channel_of, delivery_of
from feedback.channels import email, outgoing
from feedback.channels import registry as channel_kinds
from feedback.forms.notices import ChannelForm, TellsForm
from feedback.models import Channel, Delivery
from feedback.notices import registry
from feedback.queries.waiting import today_in
from feedback.services import channels
from feedback.services import notices as telling

LOG = 25  # deliveries a page
Page = dict[str, object]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: PersonRequest, slug: str) -> HttpResponse:
    """A POST adds a channel. `?page=2` of the log."""
    me = access.membership(request.user, slug, access.OWNERS)
    form = ChannelForm(request.POST if request.method == "POST" else None)
    secret = ""
    if form.is_valid():
        try:
            _made, secret = channels.add(project=me.project, by=request.user, **form.cleaned_data)
        except channels.OneIsEnough:
            form.add_error("kind", _("The project sends e-mail already."))
        else:
            if not secret:
                messages.success(request, _("The channel is added. Send a test to see that it works."))
                return redirect("notices", slug)
            form = ChannelForm()
    page = {**_page(request, me), "form": form, "secret": secret}
    return render(request, "feedback/notices.html", page, status=422 if form.is_bound else 200)


def _page(request: PersonRequest, me: Membership) -> Page:
    rows = Channel.objects.filter(project=me.project).select_related("created_by")
    deliveries = Delivery.objects.filter(channel__project=me.project).select_related("notice", "channel")
    log = Paginator(deliveries, LOG).get_page(request.GET.get("page", "1"))
    return {
        "project": me.project,
        "role": me.role,
        "tab": "settings",
        "subtab": "notices",
        "channels": [_row(channel) for channel in rows],
        "log": log,
        "deliveries": [{"row": row, "title": registry.title(row.notice.kind)} for row in log],
        "mail": email.is_set_up(),
        "no_address": [
            row.user.shown_name
            for row in me.project.memberships.filter(
                role__in=access.LABELERS, user__is_active=True, user__email=""
            ).select_related("user")
        ],
    }


def _row(channel: Channel) -> Page:
    kind = channel_kinds.find(channel.kind)
    return {
        "channel": channel,
        "title": kind.title if kind else channel.kind,
        "signed": bool(kind and kind.signed),
        "where": outgoing.shown(channel.url) if channel.url else "",
        "tells": [registry.title(name) for name in channel.tells],
        "language": _language(channel),
        "form": TellsForm(
            initial={"tells": channel.tells, "language": channel.language},
            personal=bool(kind and kind.personal),
            auto_id=f"tells-{channel.pk}-%s",
        ),
    }


def _language(channel: Channel) -> str:
    """Its own, if it has one."""
    return str(dict(settings.LANGUAGES).get(channel.language, channel.language))


@login_required
@require_POST
def channel(request: PersonRequest, slug: str, channel_id: int) -> HttpResponse:
    """`do`: test, tells, secret or remove."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = channel_of(me.project, channel_id)
    do = request.POST.get("do", "")
    if do == "test":
        _test(request, found)
    elif do == "tells":
        kind = channel_kinds.find(found.kind)
        form = TellsForm(request.POST, personal=bool(kind and kind.personal))
        if form.is_valid():
            found.tells = form.cleaned_data["tells"]
            found.language = form.cleaned_data.get("language", "")
            found.save(update_fields=["tells", "language"])
            messages.success(request, _("Saved."))
        else:
            messages.error(request, _("Choose at least one thing to tell, or remove the channel."))
    elif do == "secret" and channels.secret_of(found):
        page = {**_page(request, me), "form": ChannelForm(), "secret": channels.renew(found)}
        return render(request, "feedback/notices.html", page)
    elif do == "remove":
        found.delete()
        messages.success(request, _("The channel is removed, with its log."))
    else:
        messages.error(request, _("Nothing was changed: that is not something one can do here."))
    return redirect("notices", slug)


def _test(request: PersonRequest, found: Channel) -> None:
    made = telling.send_test(found, to=request.user, day=today_in(found.project, timezone.now()))
    if made is None:
        messages.error(request, _("This version of Genba knows no such channel."))
        return
    _ring(made)
    messages.success(request, _("A test is on its way. The log below says how it went: load the page again."))


@login_required
@require_POST
def resend(request: PersonRequest, slug: str, delivery_id: UUID) -> HttpResponse:
    project = access.project(request.user, slug, access.OWNERS)
    found = delivery_of(project, delivery_id)
    if telling.resend(found):
        _ring(found)
        messages.success(request, _("It is on its way again."))
    else:
        messages.info(request, _("It has not failed: nothing to send again."))
    return redirect("notices", slug)


def _ring(delivery: Delivery) -> None:
    waiting = Job.objects.filter(
        kind=telling.JOB, state=JobState.DUE, arguments={"delivery": str(delivery.pk)}
    )
    for job in waiting[:1]:
        tasks.ring(job)
