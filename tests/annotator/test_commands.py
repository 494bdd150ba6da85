"""manage.py api_key and signin_link: for scripts and for the locked-out."""

import pytest
from django.core.management import CommandError, call_command

from annotator.models import ApiKey, SigninLink
from annotator.services.keys import find_key
from annotator.services.people import make_owner
from tests import make


def test_api_key_prints_the_key_and_nothing_else(project, capsys):
    call_command("api_key", project="shop")

    printed = capsys.readouterr()
    assert printed.err == ""
    key = find_key(printed.out.removesuffix("\n"))
    every = ["check", "export", "ingest", "label", "queues", "suggest"]
    assert (key.project, sorted(key.scopes)) == (project, every)


def test_api_key_takes_scopes_and_a_name(project, capsys):
    call_command("api_key", project="shop", scopes="ingest, export", name="nightly")
    key = ApiKey.objects.get()
    assert (key.scopes, key.name) == (["ingest", "export"], "nightly")


def test_api_key_says_what_there_is(project):
    with pytest.raises(CommandError, match=r"no project “sop”\. There are: shop"):
        call_command("api_key", project="sop")
    for scopes in ("all", "", ",", "ingest,root"):
        with pytest.raises(CommandError, match="ingest, label, export, queues"):
            call_command("api_key", project="shop", scopes=scopes)
    with pytest.raises(CommandError, match="80"):
        call_command("api_key", project="shop", name="x" * 81)
    assert not ApiKey.objects.exists()


def test_signin_link_prints_a_link_that_works(db, client, capsys):
    make_owner()
    call_command("signin_link", "owner")
    out = capsys.readouterr().out
    assert out.startswith("http://localhost:8000/signin/")
    assert client.post(out.strip().removeprefix("http://localhost:8000")).status_code == 302


def test_signin_link_says_who_there_is(db):
    make.user("olivia")
    make.user("gone", is_active=False)
    with pytest.raises(CommandError, match=r"nobody named “olive”\. There are: gone, olivia"):
        call_command("signin_link", "olive")
    with pytest.raises(CommandError, match="closed"):
        call_command("signin_link", "gone")
    with pytest.raises(CommandError, match="1 to 720"):
        call_command("signin_link", "olivia", hours=0)
    assert not SigninLink.objects.exists()


def test_the_owner_is_made_once_and_has_no_password(db):
    first = make_owner()
    assert make_owner() == first
    assert first.is_superuser
    assert not first.has_usable_password()
