"""Other people's pages: which may send signals, what signals mean, what is put before people. Owners only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotator import access
from annotator.models import Membership, Project
from annotator.web.request import PersonRequest
from feedback.access import origin_of
from feedback.forms.widgets import MeaningsForm, OriginForm, ReviewForm
from feedback.models import Polarity, ReviewRule, SignalMeaning, WidgetOrigin
from feedback.services.signals import meanings as meanings_of
from feedback.signals.kinds import KINDS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def widgets(request: PersonRequest, slug: str) -> HttpResponse:
    """A POST adds an origin."""
    me = access.membership(request.user, slug, access.OWNERS)
    form = OriginForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        origin = form.cleaned_data["origin"]
        try:
            with transaction.atomic():
                WidgetOrigin.objects.create(project=me.project, origin=origin)
        except IntegrityError:
            messages.info(request, _("%(origin)s is in the list already.") % {"origin": origin})
        else:
            messages.success(request, _("Pages of %(origin)s may send signals.") % {"origin": origin})
        return redirect("widgets", slug)
    return render(
        request, "feedback/widgets.html", _page(me, origin=form), status=422 if form.is_bound else 200
    )


@login_required
@require_POST
def remove_origin(request: PersonRequest, slug: str, origin_id: int) -> HttpResponse:
    project = access.project(request.user, slug, access.OWNERS)
    found = origin_of(project, origin_id)
    found.delete()
    messages.success(request, _("Pages of %(origin)s may send nothing any more.") % {"origin": found.origin})
    return redirect("widgets", slug)


@login_required
@require_POST
def meanings(request: PersonRequest, slug: str) -> HttpResponse:
    """The project's own polarities; they hold for what comes from now on."""
    me = access.membership(request.user, slug, access.OWNERS)
    form = MeaningsForm(request.POST, kinds=_kinds())
    if not form.is_valid():
        return render(request, "feedback/widgets.html", _page(me, meanings=form), status=422)
    wanted = {name: polarity for name, polarity in form.cleaned_data.items() if polarity}
    with transaction.atomic():
        SignalMeaning.objects.filter(project=me.project).exclude(kind__in=wanted).delete()
        SignalMeaning.objects.bulk_create(
            (SignalMeaning(project=me.project, kind=name, polarity=one) for name, one in wanted.items()),
            update_conflicts=True,
            unique_fields=["project", "kind"],
            update_fields=["polarity"],
        )
    messages.success(request, _("Saved. Signals that come from now on mean that."))
    return redirect("widgets", slug)


@login_required
@require_POST
def review(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    form = ReviewForm(request.POST, project=me.project)
    if not form.is_valid():
        return render(request, "feedback/widgets.html", _page(me, review=form), status=422)
    data = form.cleaned_data
    ReviewRule.objects.update_or_create(
        project=me.project,
        defaults={
            "queue_id": data["queue"] or None,
            "negatives": data["negatives"],
            "a_day": data["a_day"],
        },
    )
    messages.success(request, _("Saved."))
    return redirect("widgets", slug)


def _page(
    me: Membership,
    origin: OriginForm | None = None,
    meanings: MeaningsForm | None = None,
    review: ReviewForm | None = None,
) -> dict[str, object]:
    project = me.project
    return {
        "project": project,
        "role": me.role,
        "tab": "settings",
        "subtab": "widgets",
        "origins": WidgetOrigin.objects.filter(project=project),
        "origin_form": origin or OriginForm(),
        "meanings_form": meanings or MeaningsForm(kinds=_kinds(), initial=meanings_of(project)),
        "review_form": review or ReviewForm(project=project, initial=ReviewForm.of(_rule(project))),
    }


def _rule(project: Project) -> ReviewRule | None:
    return ReviewRule.objects.filter(project=project).first()


def _kinds() -> list[tuple[str, str]]:
    """Each kind with its usual polarity in words."""
    told = []
    for kind in KINDS.values():
        if isinstance(kind.polarity, str):
            usual = _("usual: %(polarity)s") % {"polarity": Polarity(kind.polarity).label}
        else:
            usual = _("usual: by what it says")
        told.append((kind.name, usual))
    return told
