"""Coming in and going out."""

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from annotator.forms.signin import SigninForm
from annotator.models import User
from annotator.services import labeling, people
from annotator.services.signin import TooManyTries, Try
from annotator.web.known_browser import remember, source_of
from annotator.web.next import next_page
from annotator.web.request import Request

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: Request) -> HttpResponse:
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(next_page(request, "home"))
        return render(request, "signin.html", {"form": SigninForm(), "next": request.GET.get("next", "")})
    form, status = SigninForm(request.POST), 422
    if form.is_valid():
        try:
            user = _person(request, **form.cleaned_data)
        except TooManyTries:
            form.add_error(
                None, _("Too many tries. Wait a quarter of an hour, or come in by a sign-in link.")
            )
            status = 429
        else:
            if user:
                return _let_in(request, user)
            form.add_error(None, _("The user name or the password is wrong."))
    return render(request, "signin.html", {"form": form, "next": request.POST.get("next", "")}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: Request, token: str) -> HttpResponse:
    """GET only asks: programs that scan mail open every link. POST uses the link up."""
    if request.method == "POST":
        user = people.use_signin_link(token)
        if user:
            return _let_in(request, user)
    person = people.person_of_link(token)
    if person is None:
        return render(request, "signin_link.html", {"person": None}, status=410)
    return render(request, "signin_link.html", {"person": person})


@require_POST
def signout(request: Request) -> HttpResponse:
    if request.user.is_authenticated:
        labeling.give_back_all(user=request.user)  # others need not wait for what lies open here
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("signin")


def _person(request: Request, *, username: str, password: str) -> User | None:
    tried = Try(source=source_of(request, username), name=username)
    # Takes as long for a name that is not there: Django hashes the password anyway.
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        return None
    tried.succeeded()
    return user


def _let_in(request: Request, user: User) -> HttpResponse:
    login(request, user, backend=BACKEND)  # under a new session key
    response = redirect(next_page(request, "home"))
    remember(request, response, user)
    return response
