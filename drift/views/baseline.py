"""What a day is compared with. Owners only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator import access
from annotator.web.request import PersonRequest
from drift.forms.baseline import BaselineForm
from drift.services.baselines import change_baseline
from drift.services.judge import plan_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def baseline(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    form = BaselineForm(
        request.POST if request.method == "POST" else None,
        project=me.project,
        initial=BaselineForm.of(plan_of(me.project)),
    )
    if form.is_valid():
        change_baseline(me.project, **form.cleaned_data, now=timezone.now())
        messages.success(request, _("The baseline is saved. It holds for days that are judged from now on."))
        return redirect("drift", slug)
    page = {"project": me.project, "role": me.role, "tab": "drift", "form": form}
    return render(request, "drift/baseline.html", page, status=422 if form.is_bound else 200)
