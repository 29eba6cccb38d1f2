import pytest
from allauth.account.models import EmailAddress
from django.utils import translation

from accounts.enums import SiteRole
from accounts.models import User
from accounts.services.joining import create_person, sign_up
from accounts.services.sign_in import check_credentials
from accounts.tests.factories import UserFactory
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, KernelError, SignInRequired
from lms.kernel.models import EventRecord

pytestmark = pytest.mark.django_db
PHRASE = "a phrase to begin with"


def test_sign_up_makes_a_student_with_the_language_of_the_page() -> None:
    with translation.override("ar"):
        person = sign_up(
            actor=actors.ANONYMOUS, email=" Ada@Example.org ", name=" Ada ", password=PHRASE
        )
    assert (person.email, person.name, person.site_role, person.language) == (
        "ada@example.org",
        "Ada",
        "student",
        "ar",
    )
    told = EventRecord.objects.get(kind="accounts.person_joined")
    assert (told.actor_id, told.data["person_id"]) == (person.pk, person.pk)


def test_created_person_signs_in_at_once() -> None:
    admin = UserFactory(admin=True)
    person = create_person(
        actor=actors.for_user(admin),
        email="new@example.org",
        password=PHRASE,
        site_role=SiteRole.INSTRUCTOR,
    )
    assert person.may_teach
    assert EmailAddress.objects.get(user=person).verified
    found = check_credentials(email="new@example.org", password=PHRASE, address="10.0.0.1")
    assert found == person
    assert EventRecord.objects.get(kind="accounts.person_joined").actor_id == admin.pk


def test_person_created_without_a_password_has_none() -> None:
    person = create_person(actor=actors.system("demo"), email="new@example.org")
    assert not person.has_usable_password()


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("not an address", "This is not an e-mail address."),
        ("", "This is not an e-mail address."),
        ("TAKEN@example.org", "Somebody has this address already."),
    ],
)
def test_create_person_refuses_the_address_and_makes_nobody(email: str, words: str) -> None:
    UserFactory(email="taken@example.org")
    with pytest.raises(Invalid) as refused:
        create_person(actor=actors.system("demo"), email=email)
    assert refused.value.errors == {"email": [words]}
    assert User.objects.count() == 1


@pytest.mark.parametrize("who", ["student", "instructor", "anonymous", "read token"])
def test_only_administrators_create_people(who: str) -> None:
    admin = UserFactory(admin=True)
    cases: dict[str, tuple[Actor, type[KernelError]]] = {
        "student": (actors.for_user(UserFactory()), Denied),
        "instructor": (actors.for_user(UserFactory(instructor=True)), Denied),
        "anonymous": (actors.ANONYMOUS, SignInRequired),
        "read token": (actors.for_token(admin, frozenset({"read"})), Denied),
    }
    actor, error = cases[who]
    with pytest.raises(error):
        create_person(actor=actor, email="new@example.org")
    assert not User.objects.filter(email="new@example.org").exists()
