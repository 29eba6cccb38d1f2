import pytest
from django.db import IntegrityError

from accounts.enums import SiteRole
from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_superuser_is_an_administrator() -> None:
    person = User.objects.create_superuser("Root@Example.org", "a long phrase")
    assert (person.email, person.site_role) == ("root@example.org", SiteRole.ADMIN)
    assert person.is_staff
    assert person.is_superuser
    assert person.may_teach


def test_user_needs_an_address() -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_address_is_found_and_unique_whatever_its_case() -> None:  # D2
    person = UserFactory(email="ada@example.org")
    assert User.objects.get_by_natural_key("ADA@example.org") == person
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="Ada@Example.org")])


@pytest.mark.parametrize(
    ("role", "active", "expected"),
    [
        ("student", True, False),
        ("instructor", True, False),
        ("admin", True, True),
        ("admin", False, False),
    ],
)
def test_djangos_permissions_are_for_active_administrators(
    role: str, active: bool, expected: bool
) -> None:
    person = UserFactory(site_role=role, is_active=active)
    assert person.has_perm("accounts.change_user") is expected
    assert person.has_module_perms("accounts") is expected


def test_display_name_falls_back_to_the_address() -> None:
    assert UserFactory(name="Ada").display_name == "Ada"
    person = UserFactory(name="", email="grace@example.org")
    assert (person.display_name, person.get_full_name(), person.get_short_name()) == (
        "grace",
        "grace",
        "grace",
    )
    assert str(person) == "grace@example.org"
