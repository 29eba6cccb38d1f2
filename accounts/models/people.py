"""A person with an account."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import SiteRole, Theme
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail; services call it, nobody else."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new user with a hashed password; raises ValueError without an e-mail."""
        if not email:
            msg = "a user needs an e-mail address"
            raise ValueError(msg)
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A site administrator, for `manage.py createsuperuser`."""
        return self.create_user(email, password, site_role=SiteRole.ADMIN, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """By e-mail, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Signs in by e-mail. `site_role` alone decides what they may do on the site."""

    personal_data = PersonalData(
        kind="identity",
        purpose="Signs the person in and shows their name to their courses.",
        subject="id",
        erase="anonymise",
        blank=("email", "name", "password"),
        hidden=("password",),
    )
    public_id = PublicIdField()
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    site_role = models.CharField(
        _("role"), max_length=10, choices=SiteRole.choices, default=SiteRole.STUDENT
    )
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case")
        ]
        # Who is meant by an @ in a room.
        indexes: ClassVar = [models.Index(Lower("name"), name="user_name_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Django's word for who may open the admin."""
        return self.is_site_admin

    @property
    def is_site_admin(self) -> bool:
        return self.site_role == SiteRole.ADMIN

    @property
    def is_site_analyst(self) -> bool:
        """Whether they see the figures of the institution, and nothing else of others."""
        return self.site_role == SiteRole.ANALYST

    @property
    def is_superuser(self) -> bool:
        """Django's word for an administrator."""
        return self.is_site_admin

    @property
    def may_teach(self) -> bool:
        return self.site_role in {SiteRole.INSTRUCTOR, SiteRole.ADMIN}

    @property
    def display_name(self) -> str:
        """The name, or the part of the e-mail before the @."""
        if self.erased_at is not None:
            return gettext("Former member")
        return self.name or self.email.partition("@")[0]

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Sessions end with a new password, and with a new role (A2, A3)."""
        words = f"{self.password}\n{self.site_role}"
        return salted_hmac("accounts.session", words, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's permissions guard the admin alone: administrators pass."""
        return self.is_active and self.is_site_admin

    def has_module_perms(self, app_label: str) -> bool:
        """As `has_perm`."""
        return self.is_active and self.is_site_admin

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name
