"""People for tests. ``UserFactory()`` is a student; traits make an instructor or an admin."""

from collections.abc import Callable
from typing import Any, cast

import factory
from allauth.account.models import EmailAddress

from accounts.enums import SiteRole
from accounts.models import User

PASSWORD = "a long enough phrase"


class _UserFactory(factory.django.DjangoModelFactory):
    """A student whose address is confirmed.

    Traits: ``instructor=True``, ``analyst=True``, ``admin=True``, ``inactive=True``,
    ``unconfirmed=True``.
    The password is ``PASSWORD``, another by ``password=``.
    """

    class Meta:
        model = User

    class Params:
        instructor = factory.Trait(site_role=SiteRole.INSTRUCTOR)
        analyst = factory.Trait(site_role=SiteRole.ANALYST)
        admin = factory.Trait(site_role=SiteRole.ADMIN)
        inactive = factory.Trait(is_active=False)
        unconfirmed = factory.Trait(confirmed=False)

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = PASSWORD
    confirmed = True

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        confirmed = kwargs.pop("confirmed")
        user = model_class.objects.create_user(**kwargs)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=confirmed)
        return user


# The class to factory_boy, a function to the type checker.
UserFactory = cast("Callable[..., User]", _UserFactory)
