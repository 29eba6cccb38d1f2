"""Who needs help, from rows to reasons, and noting a contact."""

from datetime import timedelta

import pytest

from analytics.models import HelpContact
from analytics.scoring.help import HelpState
from analytics.services.help import completed, flagged, needs_help, note_contact, standing
from analytics.tests.factories import make_figures, make_learner
from assessments.tests.factories import School, make_course, make_school
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import Denied, NotFound, SignInRequired
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db


def ago(days: float) -> dict[str, object]:
    """An enrolment that old."""
    return {"created_at": clock.now() - timedelta(days=days)}


@pytest.fixture
def school() -> School:
    """A class of five whose median has done half."""
    made = make_school()
    Enrolment.objects.filter(course=made.course, user__in=[made.learner, made.classmate]).update(
        **ago(60), completion=0.5, last_active_at=clock.now()
    )
    for _ in range(3):
        make_learner(made.course, **ago(60), completion=0.5, last_active_at=clock.now())
    return made


def test_needs_help_gives_reasons_with_figures_most_points_first(school: School) -> None:
    Enrolment.objects.filter(user=school.learner).update(
        completion=0.1, last_active_at=clock.now() - timedelta(days=16)
    )
    make_figures(
        school.course,
        school.learner,
        mean="0.375",
        attempts_started=5,
        attempts_submitted=1,
        last_seen=clock.now() - timedelta(days=15),
    )
    found = needs_help(actor=school.actor("instructor"), course=school.course)
    assert len(found) == 5
    assert found[0].learner.user_id == school.learner.pk
    assert found[0].assessment.state is HelpState.NEEDS_HELP
    assert [reason.text for reason in found[0].assessment.reasons] == [
        "No activity for 15 days.",
        "Completed 10% while half the class has completed 50% or more.",
        "Mean score 38% over 2 graded quizzes.",
        "4 quiz attempts begun and not handed in.",
    ]
    assert {entry.assessment.state for entry in found[1:]} == {HelpState.FINE}


def test_needs_help_abstains_on_who_has_just_joined(school: School) -> None:
    new = make_learner(school.course, **ago(2))
    found = needs_help(actor=school.actor("assistant"), course=school.course)
    entry = next(e for e in found if e.learner.user_id == new.pk)
    assert entry.assessment.state is HelpState.UNKNOWN


def test_needs_help_counts_from_the_start_of_the_course(school: School) -> None:
    school.course.starts_at = clock.now() - timedelta(days=3)
    school.course.save()
    found = needs_help(actor=school.actor("instructor"), course=school.course)
    assert {entry.assessment.state for entry in found} == {HelpState.UNKNOWN}


def test_needs_help_lists_active_learners_only(school: School) -> None:
    Enrolment.objects.filter(user=school.classmate).update(state="left")
    found = needs_help(actor=school.actor("instructor"), course=school.course)
    names = {entry.learner.user_id for entry in found}
    assert school.classmate.pk not in names
    assert school.observer.pk not in names
    assert len(names) == 4


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("anonymous", SignInRequired),
        ("learner", Denied),
        ("observer", Denied),
        ("outsider", Denied),
        ("other_instructor", Denied),
    ],
)
def test_needs_help_is_for_staff(school: School, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        needs_help(actor=school.actor(name), course=school.course)
    with pytest.raises(error):
        flagged(actor=school.actor(name), courses=[school.course])
    with pytest.raises(error):
        note_contact(
            actor=school.actor(name), course=school.course, learner_id=school.learner.public_id
        )
    assert not HelpContact.objects.exists()


def test_needs_help_asks_the_same_however_many_learn(school: School) -> None:
    actor = school.actor("instructor")
    assert_constant_queries(
        lambda: needs_help(actor=actor, course=school.course),
        lambda: make_learner(school.course),
        most=5,
    )


def test_flagged_joins_courses_by_points(school: School) -> None:
    other = make_course(school.instructor)
    silent = make_learner(other, **ago(20))
    Enrolment.objects.filter(user=school.learner).update(
        completion=0.0, last_active_at=clock.now() - timedelta(days=40)
    )
    for _ in range(4):
        make_learner(other, **ago(20), completion=0.4, last_active_at=clock.now())
    found = flagged(actor=school.actor("instructor"), courses=[other, school.course])
    assert [(course.pk, e.learner.user_id, e.assessment.points) for course, e in found] == [
        (school.course.pk, school.learner.pk, 5),
        (other.pk, silent.pk, 4),
    ]


def test_of_those_with_the_same_points_who_is_away_longest_comes_first(school: School) -> None:
    other, now = make_course(school.instructor), clock.now()
    for course in (school.course, other):
        Enrolment.objects.filter(course=course, role="learner").delete()
        for _ in range(3):
            make_learner(course, **ago(90), completion=0.5, last_active_at=now)
    away = {
        make_learner(
            course, **ago(90), completion=0.5, last_active_at=now - timedelta(days=days)
        ).pk: days
        for course, days in ((school.course, 30), (other, 80), (school.course, 50), (other, 40))
    }
    found = flagged(actor=school.actor("instructor"), courses=[school.course, other])
    assert [away[entry.learner.user_id] for _course, entry in found] == [80, 50, 40, 30]
    alone = needs_help(actor=school.actor("instructor"), course=other)[:2]
    assert [away[entry.learner.user_id] for entry in alone] == [80, 40]
    brief = standing(actor=school.actor("instructor"), course=other)[:2]
    assert [entry.learner.name for entry in brief] == ["", ""]
    assert completed(other, brief) == alone


def test_note_contact_is_shown_with_who_and_when(school: School) -> None:
    actor, course = school.actor("assistant"), school.course
    note_contact(actor=actor, course=course, learner_id=school.learner.public_id)
    noted = note_contact(
        actor=school.actor("instructor"), course=course, learner_id=school.learner.public_id
    )
    found = needs_help(actor=actor, course=course)
    entry = next(e for e in found if e.learner.user_id == school.learner.pk)
    assert entry.contact is not None
    assert (entry.contact.at, entry.contact.by) == (noted.created_at, school.instructor.name)
    HelpContact.objects.update(contacted_by=None)
    again = needs_help(actor=actor, course=course)
    entry = next(e for e in again if e.learner.user_id == school.learner.pk)
    assert entry.contact is not None
    assert entry.contact.by == ""


def test_note_contact_knows_active_learners_of_the_course_alone(school: School) -> None:
    actor = school.actor("instructor")
    for person in (school.outsider, school.observer, school.instructor):
        with pytest.raises(NotFound):
            note_contact(actor=actor, course=school.course, learner_id=person.public_id)
    with pytest.raises(NotFound):
        note_contact(actor=actor, course=school.course, learner_id="nobody")
    assert not HelpContact.objects.exists()


def test_note_contact_is_refused_in_preview(school: School) -> None:  # Z8
    actor = school.actor("instructor").previewing(school.course.pk)
    with pytest.raises(Denied):
        note_contact(actor=actor, course=school.course, learner_id=school.learner.public_id)
