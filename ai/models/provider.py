"""Connected models: where they are, which purpose uses which, what they cost."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import AiRole, ProviderKind, Purpose
from courses.models import Course
from lms.kernel import clock
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class AllowedAddress(models.Model):
    """A base URL that providers may have; everything below it is allowed, nothing else (I8)."""

    personal_data = NOTHING_PERSONAL
    url = models.CharField(_("address"), max_length=300, unique=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("allowed AI address")
        verbose_name_plural = _("allowed AI addresses")

    def __str__(self) -> str:
        return self.url


class Provider(models.Model):
    """Where models answer. The key is sealed and never shown; `without` is what it refuses.

    `found` holds what was seen when it was saved: schema, stream_usage, tools, embeddings, models
    (each true, false, or null when it was not seen).
    """

    personal_data = PersonalData(
        kind="none",
        purpose="Holds nothing about a person.",
        export=False,
        hidden=("sealed_key",),
    )
    name = models.SlugField(_("name"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ProviderKind.choices)
    base_url = models.CharField(_("address"), max_length=300, blank=True)
    sealed_key = models.TextField(blank=True, editable=False)
    timeout = models.FloatField(
        _("seconds a call may take"),
        default=60.0,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    active = models.BooleanField(_("in use"), default=True)
    found = models.JSONField(default=dict, editable=False)
    without = models.JSONField(default=list, editable=False)
    probed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("AI provider")
        verbose_name_plural = _("AI providers")

    def __str__(self) -> str:
        return self.name

    @property
    def has_key(self) -> bool:
        """Whether a key is stored."""
        return bool(self.sealed_key)


class Profile(models.Model):
    """One step of the order in which a purpose tries models, for a site, course or role.

    Of the profiles that fit a call the most specific group counts: course and role, course, role,
    site. Inside it `ordinal` says who goes first.
    """

    personal_data = NOTHING_PERSONAL
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices, blank=True)
    course = models.ForeignKey(
        Course, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    role = models.CharField(_("role"), max_length=12, choices=AiRole.choices, blank=True)
    ordinal = models.PositiveSmallIntegerField(_("position"), default=1)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="profiles")
    model = models.CharField(_("model"), max_length=120)
    temperature = models.FloatField(
        _("temperature"),
        default=0.3,
        validators=[MinValueValidator(0), MaxValueValidator(2)],
    )
    max_tokens = models.PositiveIntegerField(_("most tokens of an answer"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("AI profile")
        ordering: ClassVar = ["purpose", "course_id", "role", "ordinal", "id"]

    def __str__(self) -> str:
        return f"{self.purpose or '*'} {self.ordinal}: {self.model}"


class Price(models.Model):
    """What a million tokens cost from a day on, in minor units of the site's currency."""

    personal_data = NOTHING_PERSONAL
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.CASCADE, related_name="prices"
    )
    model = models.CharField(_("model"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    per_million_in = models.PositiveIntegerField(_("a million tokens in"))
    per_million_out = models.PositiveIntegerField(_("a million tokens out"))

    class Meta:
        verbose_name = _("price of tokens")
        verbose_name_plural = _("prices of tokens")
        ordering: ClassVar = ["model", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "model", "valid_from"], name="ai_price_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.per_million_in} / {self.per_million_out}"
