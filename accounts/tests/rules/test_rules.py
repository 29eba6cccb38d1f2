import pytest

from accounts import rules
from accounts.models import ApiToken, User
from accounts.services.tokens import issue_token
from accounts.tests.factories import UserFactory
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule

pytestmark = pytest.mark.django_db


def askers(own: User) -> dict[str, Actor]:
    return {
        "own": actors.for_user(own),
        "own token": actors.for_token(own, frozenset({"read"})),
        "other": actors.for_user(UserFactory()),
        "instructor": actors.for_user(UserFactory(instructor=True)),
        "admin": actors.for_user(UserFactory(admin=True)),
        "anonymous": actors.ANONYMOUS,
        "system": actors.system("test"),
    }


@pytest.mark.parametrize("rule", [rules.VIEW_SELF, rules.EDIT_SELF, rules.ADMINISTER_PERSON])
def test_rules_of_people_agree_with_their_rows(rule: Rule[User]) -> None:  # Z1
    own, closed = UserFactory(), UserFactory(inactive=True)
    for who, actor in askers(own).items():
        rows = set(rule.rows(actor))
        for person in User.objects.all():
            assert (person in rows) == rule.may(actor, person), (who, person, closed)


@pytest.mark.parametrize("rule", [rules.VIEW_TOKEN, rules.REVOKE_TOKEN])
def test_rules_of_tokens_agree_with_their_rows(rule: Rule[ApiToken]) -> None:  # Z1
    own = UserFactory()
    for person in (own, UserFactory()):
        issue_token(
            actor=actors.for_user(person),
            person=person,
            name="laptop",
            scopes=frozenset({"read"}),
            days=1,
        )
    for who, actor in askers(own).items():
        rows = set(rule.rows(actor))
        for token in ApiToken.objects.all():
            assert (token in rows) == rule.may(actor, token), (who, token)
    assert set(rule.rows(actors.for_user(own))) == set(ApiToken.objects.filter(user=own))
