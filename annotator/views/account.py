"""A person's own account, and how the pages look to them."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from annotator.forms.account import AccountForm, PasswordForm, PreferencesForm
from annotator.models import User
from annotator.services import people
from annotator.web.next import next_page
from annotator.web.preferences import THEME_COOKIE, set_cookie
from annotator.web.request import PersonRequest, Request


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: PersonRequest) -> HttpResponse:
    form = AccountForm(request.POST if request.method == "POST" else None, initial=_known(request.user))
    if form.is_valid():
        people.change_account(request.user, **form.cleaned_data)
        language, theme = form.cleaned_data["language"], form.cleaned_data["theme"]
        with translation.override(language or translation.get_language()):
            messages.success(request, _("Your account is saved."))
        response = redirect("account")
        _remember(response, language=language, theme=theme)
        return response
    page = {"form": form, "password_form": PasswordForm(request.user)}
    return render(request, "account.html", page, status=422 if form.is_bound else 200)


@sensitive_post_parameters()
@login_required
@require_POST
def password(request: PersonRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST)
    if not form.is_valid():
        page = {"form": AccountForm(initial=_known(request.user)), "password_form": form}
        return render(request, "account.html", page, status=422)
    people.set_password(request.user, form.cleaned_data["new"])
    update_session_auth_hash(request, request.user)  # stays signed in here, and only here
    messages.success(request, _("Your password is set. Everywhere else you are signed out."))
    return redirect("account")


@require_POST
def preferences(request: Request) -> HttpResponse:
    """Language and colours, of a person or of a visitor."""
    form = PreferencesForm(request.POST)
    response = redirect(next_page(request, "home"))
    if not form.is_valid():
        return HttpResponse(_("There is no such language or theme."), status=422, content_type="text/plain")
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    if request.user.is_authenticated and chosen:
        people.change_account(request.user, **chosen)
    _remember(response, **chosen)
    return response


def _known(user: User) -> dict[str, str]:
    return {name: getattr(user, name) for name in ("first_name", "email", "language", "theme")}


def _remember(response: HttpResponseRedirect, language: str = "", theme: str = "") -> None:
    """In the browser too, so that the sign-in page looks the same."""
    if language:
        set_cookie(response, settings.LANGUAGE_COOKIE_NAME, language)
    if theme:
        set_cookie(response, THEME_COOKIE, theme)
