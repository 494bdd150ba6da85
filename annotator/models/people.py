"""People and how they get in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """One person. `is_superuser` marks an administrator of the whole instance."""

    THEMES = [("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]

    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=10, blank=True)  # empty: as the browser says
    theme = models.CharField(max_length=10, choices=THEMES, default="auto")

    @property
    def shown_name(self) -> str:
        return self.get_full_name() or self.username


class SigninLink(models.Model):
    """A one-time way in. Only the token's SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="signin_links")
    # None: made on the machine itself, by whoever runs it.
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SigninTry(models.Model):
    """A try to sign in that failed or is under way; kept for a quarter of an hour.

    `source` is where from (a network, or a browser that has signed in before), `name` a keyed
    hash: people type passwords into the wrong field.
    """

    source = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["source", "at"], name="tries_by_source")]
