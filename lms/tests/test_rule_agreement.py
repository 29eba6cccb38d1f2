"""Every rule of every app: the predicate and its queryset twin agree for every role and object."""

from typing import Any

import pytest

from lms.kernel import actors
from lms.kernel.actors import ActorKind
from lms.kernel.rules import Rule, all_rules
from lms.kernel.testing import assert_rule_agrees, disagreements
from lms.tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def rules() -> list[Any]:
    return [pytest.param(rule, id=rule.name) for rule in all_rules() if ".test." not in rule.name]


@pytest.mark.parametrize("rule", rules())
def test_rule_agrees_with_its_rows(rule: Rule[Any], world: World) -> None:
    objects = rule.rows(actors.system("agreement")).model._default_manager.all()
    assert objects.exists(), f"{rule.name}: furnish() leaves nothing to compare"
    assert_rule_agrees(rule, world.actors, objects)


@pytest.mark.parametrize("rule", rules())
def test_nobody_inactive_passes_more_than_the_public(rule: Rule[Any], world: World) -> None:
    objects = rule.rows(actors.system("agreement")).model._default_manager.all()
    public, inactive = world.actors["anonymous"], world.actors["inactive"]
    assert inactive.kind is ActorKind.ANONYMOUS
    assert [rule.may(public, o) for o in objects] == [rule.may(inactive, o) for o in objects]


def test_the_agreement_test_finds_a_drifted_rule(world: World) -> None:
    from courses.models import Course
    from courses.rules import manage_course_rows, may_staff_course

    drifted = Rule("courses.test.drifted", may=may_staff_course, rows=manage_course_rows)
    lines = disagreements(drifted, world.actors, Course.objects.all())
    assert any("assistant" in line for line in lines)


@pytest.mark.parametrize("who", ["former staff preview", "outsider preview"])
def test_a_preview_ends_with_the_role_that_allowed_it(who: str, world: World) -> None:  # A3 Z8
    from courses.rules import LEARN_COURSE, OPEN_COURSE

    actor = world.actors[who]
    assert not OPEN_COURSE.may(actor, world.course)
    assert not LEARN_COURSE.may(actor, world.course)
    assert world.course not in OPEN_COURSE.rows(actor)
    assert OPEN_COURSE.may(world.actors["preview"], world.course)
