"""Fields and abstract bases shared by all models."""

import secrets
from typing import Any

from django.db import models

from lms.kernel import clock

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PUBLIC_ID_LENGTH = 22


def new_public_id() -> str:
    """22 random base58 characters, 128 bits: what people and programs outside see as `id`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PUBLIC_ID_LENGTH))


class PublicIdField(models.CharField[str, str]):
    """A unique random id for URLs and JSON; the integer key stays inside."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", PUBLIC_ID_LENGTH)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("default", new_public_id)
        super().__init__(*args, **kwargs)


class Stamped(models.Model):
    """Created and changed times from the project's clock."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """An editable object with a counter behind its ETag; services bump it on each change."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
