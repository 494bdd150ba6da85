"""Where to go afterwards, when the address says so."""

import unicodedata

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest, default: str) -> str:
    """`next` of the form or the query if it lies on this site, else `default` (a route or path).

    Django's check lets a path with line breaks inside pass, so control characters go first.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    clean = not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in wanted)
    if wanted and clean and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return resolve_url(default)
