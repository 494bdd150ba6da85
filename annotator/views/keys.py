"""Keys for programs: made, listed, revoked. Owners only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotator import access
from annotator.forms.projects import KeyForm
from annotator.services.keys import make_key, revoke_key
from annotator.web.request import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: PersonRequest, slug: str) -> HttpResponse:
    """`?scope=check`: what the new key is to be for, as often as there are scopes."""
    membership = access.membership(request.user, slug, access.OWNERS)
    project, token = membership.project, ""
    first = {"scopes": KeyForm.asked(request.GET.getlist("scope"))}
    form = KeyForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        life = form.lifetime()
        _key, token = make_key(
            project=project,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            by=request.user,
            expires_at=timezone.now() + life if life else None,
        )
        form = KeyForm(initial=first)
    page = {
        "project": project,
        "role": membership.role,
        "tab": "settings",
        "subtab": "keys",
        "form": form,
        "token": token,  # in this answer and never again
        "now": timezone.now(),
        "keys": project.api_keys.select_related("created_by").order_by("-created_at"),
    }
    return render(request, "keys.html", page, status=422 if form.is_bound else 200)


@login_required
@require_POST
def revoke(request: PersonRequest, slug: str, key_id: int) -> HttpResponse:
    project = access.project(request.user, slug, access.OWNERS)
    key = access.key_of(project, key_id)
    revoke_key(key)
    messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("keys", slug)
