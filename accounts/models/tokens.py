"""API tokens: shown once, kept as a hash, scoped, expiring."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData


class ApiToken(models.Model):
    """`prefix` is shown so that people recognise it; `digest` is the SHA-256 of the whole token."""

    personal_data = PersonalData(
        kind="security",
        purpose="Lets the person's programs use the API.",
        retention="until revoked, expired for 30 days, or the account is erased",
        subject="user_id",
        erase="delete",
        hidden=("digest",),
    )
    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("API token")
        indexes: ClassVar = [models.Index(fields=["user", "revoked_at"], name="token_of_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
