"""Off is off at every door to a model: whoever turned it off, for everything or for one purpose."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ai.enums import ContentKind, Purpose, QuestionKind, TutorStyle, Use
from ai.gateway.provider import GeneratedQuestion
from ai.models import AiCourse, AiSite
from ai.queries.consent import SWITCHED
from ai.services.asking import ask, stream
from ai.services.consent import give_consent, switch_person
from ai.services.content import ContentWish, request_content
from ai.services.generation import request_questions
from ai.services.indexing import index_course
from ai.services.judging import judge_for
from ai.services.marking import request_mark_draft
from ai.services.routes import NoModel
from ai.services.switches import set_course_switches, set_site_switches
from ai.services.tutor import answer_talk, ask_tutor, open_talk
from ai.services.tutor_help import style_of
from ai.tests.factories import wish
from ai.tests.fake_model import FakeModel
from ai.tests.passages import PLATES
from ai.tests.services.test_asking import prompt
from ai.tests.services.test_mark_drafts import CRITERIA, TEXT
from assessments.models import Submission
from assessments.services.rubric import create_rubric
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import hand_in, make_assignment
from courses.tests.factories import SYSTEM, LessonFactory
from lms.kernel.errors import Denied, Invalid, KernelError
from lms.kernel.testing import events_of, run_jobs

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
ASKED = "What is chalk, the soft white rock, made of?"


@pytest.fixture
def school() -> School:
    made = make_school()
    LessonFactory(course=made.course, title="Chalk", text="Chalk is a soft white rock of shells.")
    index_course(actor=SYSTEM, course=made.course)
    give_consent(actor=made.actor("learner"), of_age=True)
    return made


@pytest.fixture
def work(school: School) -> Submission:
    rubric = create_rubric(
        actor=school.actor("instructor"),
        course=school.course,
        kind="rubric",
        title="Writing",
        criteria=CRITERIA,
    )
    return hand_in(school, make_assignment(school, rubric=rubric.public_id), text=TEXT)


def _questions(school: School, _work: Submission) -> None:
    request_questions(actor=school.actor("instructor"), wish=wish(course=school.course))


def _judging(school: School, _work: Submission) -> None:
    judge = judge_for(school.actor("instructor"), Use.AUTO, course=school.course)
    judge.unaided(GeneratedQuestion(QuestionKind.SHORT_ANSWER, "Which rock is soft?", "Chalk", ()))


def _content(kind: ContentKind) -> Callable[[School, Submission], None]:
    def make(school: School, _work: Submission) -> None:
        asked = ContentWish(kind=kind, course=school.course, content=PLATES, language="French")
        request_content(actor=school.actor("instructor"), wish=asked)

    return make


def _tutor(school: School, _work: Submission) -> None:
    ask_tutor(actor=school.actor("learner"), course=school.course, message=ASKED)


def _tutor_live(school: School, _work: Submission) -> None:
    talk = open_talk(actor=school.actor("learner"), course=school.course, message=ASKED)
    list(answer_talk(talk, live=True))


def _marking(school: School, work: Submission) -> None:
    request_mark_draft(actor=school.actor("instructor"), submission=work)


# Every service that leads to a model, under the purpose that it is booked on.
DOORS: list[tuple[Purpose, Callable[[School, Submission], None]]] = [
    (Purpose.QUESTIONS, _questions),
    (Purpose.CHECKING, _judging),
    (Purpose.CONTENT, _content(ContentKind.KEY_TERMS)),
    (Purpose.SUMMARY, _content(ContentKind.SUMMARY)),
    (Purpose.TRANSLATION, _content(ContentKind.TRANSLATION)),
    (Purpose.TUTOR, _tutor),
    (Purpose.TUTOR, _tutor_live),
    (Purpose.MARKING, _marking),
]


def through_all(school: School, work: Submission, model: FakeModel) -> set[Purpose]:
    """The purposes whose doors led to the model."""
    reached = set()
    for purpose, door in DOORS:
        before = len(model.requests)
        try:
            door(school, work)
            run_jobs()
        except KernelError:
            pass  # A refusal in words is as good as doing it by rules.
        if len(model.requests) > before:
            reached.add(purpose)
    return reached


def course_switches(school: School, *, off: bool = False, purposes: tuple[str, ...] = ()) -> None:
    set_course_switches(
        actor=school.actor("instructor"),
        course=school.course,
        off=off,
        style=TutorStyle.ANSWERS,
        ask_consent=False,
        off_purposes=purposes,
    )


def site_switches(school: School, *, off: bool = False, purposes: tuple[str, ...] = ()) -> None:
    set_site_switches(actor=school.actor("admin"), off=off, ask_consent=True, off_purposes=purposes)


def _nobody(school: School) -> None:
    for name in ("instructor", "learner"):
        switch_person(actor=school.actor(name), off=True)


def test_every_door_leads_to_the_model_while_all_is_on(
    school: School, work: Submission, model: FakeModel
) -> None:
    assert through_all(school, work, model) == {purpose for purpose, _door in DOORS}
    assert {purpose for purpose, _door in DOORS} == set(SWITCHED)


@pytest.mark.parametrize(
    "turn_off",
    [
        lambda school: course_switches(school, off=True),
        lambda school: site_switches(school, off=True),
        _nobody,
        lambda school: course_switches(school, purposes=tuple(SWITCHED)),
        lambda school: site_switches(school, purposes=tuple(SWITCHED)),
    ],
    ids=["course", "site", "person", "all purposes of the course", "all purposes of the site"],
)
def test_off_is_off_at_every_door(
    school: School, work: Submission, model: FakeModel, turn_off: Callable[[School], None]
) -> None:
    turn_off(school)
    assert through_all(school, work, model) == set()


@pytest.mark.parametrize("purpose", SWITCHED)
def test_one_purpose_is_turned_off_by_itself(
    school: School, model: FakeModel, purpose: Purpose
) -> None:
    course_switches(school, purposes=(purpose.value,))
    teacher, course = school.actor("instructor"), school.course
    for one in set(SWITCHED) - {purpose}:
        ask(actor=teacher, purpose=one, prompt=prompt(), course=course)
    for way in (ask, stream):
        with pytest.raises(NoModel, match="in this course") as caught:
            way(actor=teacher, purpose=purpose, prompt=prompt(), course=course)
        assert caught.value.code == "off"
    ask(actor=teacher, purpose=purpose, prompt=prompt())


def test_a_course_can_ask_for_agreement_where_the_site_does_not(
    school: School, model: FakeModel
) -> None:
    AiSite.objects.create(ask_consent=False)
    other = school.actor("classmate")
    ask(actor=other, purpose=Purpose.TUTOR, prompt=prompt(), course=school.course)
    set_course_switches(
        actor=school.actor("instructor"),
        course=school.course,
        off=False,
        style=TutorStyle.SOCRATIC,
        ask_consent=True,
        off_purposes=(),
    )
    assert style_of(school.course) == TutorStyle.SOCRATIC
    with pytest.raises(NoModel, match="Agree to talk"):
        ask(actor=other, purpose=Purpose.TUTOR, prompt=prompt(), course=school.course)
    ask(actor=other, purpose=Purpose.TUTOR, prompt=prompt())
    assert [row["asks"] for row in events_of("ai.setting_changed")] == [True]


def test_who_may_choose_and_what(school: School) -> None:
    with pytest.raises(Denied):
        set_site_switches(
            actor=school.actor("instructor"), off=True, ask_consent=False, off_purposes=()
        )
    with pytest.raises(Invalid) as caught:
        course_switches(school, purposes=("probe",))
    assert list(caught.value.errors) == ["purposes"]
    assert not AiCourse.objects.exists()
    assert events_of("ai.setting_changed") == []


def test_no_other_code_speaks_to_a_model() -> None:
    """What calls an endpoint keeps to the switches first; a new caller joins the doors."""
    callers = {
        str(path.relative_to(ROOT))
        for folder in ("ai/services", "ai/views", "ai/api", "lms/management")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\b(?:Chat|OpenAiCompatible)\(", path.read_text())
    }
    # Both are reached by routes alone.
    assert callers == {"ai/services/calling.py", "ai/services/booked.py"}
