"""API keys: shown once, stored hashed, refused when revoked or expired."""

from datetime import timedelta

from django.utils import timezone

from annotator.models import ApiKey
from annotator.services import keys
from tests import make


def test_a_key_is_found_by_its_text_and_stored_without_it(project):
    row, token = keys.make_key(project=project, name="server", scopes=["ingest"])

    found = keys.find_key(token)

    assert found is not None
    assert found.pk == row.pk
    assert found.project == project
    assert token not in str(ApiKey.objects.values().get(pk=row.pk))


def test_use_is_noted_at_most_once_a_minute(project, django_assert_num_queries):
    token = make.api_key(project)
    keys.find_key(token)

    with django_assert_num_queries(1):
        keys.find_key(token)

    assert ApiKey.objects.get().last_used_at is not None


def test_revoked_expired_cut_and_garbage_keys_are_nobody(project):
    token = make.api_key(project)
    for bad in ("", "gnb_", token[:-1], token + "x", "gnb_\0", "gnb_é", "' OR 1=1 --", "\ud800"):
        assert keys.find_key(bad) is None
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert keys.find_key(token) is None
    ApiKey.objects.update(expires_at=None, revoked_at=timezone.now())
    assert keys.find_key(token) is None
