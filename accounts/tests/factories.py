"""People for tests. ``UserFactory()`` is a student; traits make an instructor or an admin."""

from typing import Any

import factory
from allauth.account.models import EmailAddress

from accounts.enums import SiteRole
from accounts.models import User

PASSWORD = "a long enough phrase"


class UserFactory(factory.django.DjangoModelFactory):  # type: ignore[misc]
    """A student whose address is confirmed.

    Traits: ``instructor=True``, ``admin=True``, ``inactive=True``, ``unconfirmed=True``.
    The password is ``PASSWORD``, another by ``password=``.
    """

    class Meta:
        model = User

    class Params:
        instructor = factory.Trait(site_role=SiteRole.INSTRUCTOR)
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
