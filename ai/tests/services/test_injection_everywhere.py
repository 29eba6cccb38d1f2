"""One model that obeys and leaks, behind every door that leads to a model (I1, I3, I4, I9, I11).

The orders of the corpus stand in the lesson, in the work that is marked and in what learners ask.
Planted words show what must not come through: another learner's text, the rubric's words, a name,
a mail address, the key, the system texts.
"""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ai.enums import ContentKind, QuestionKind, TutorStyle, Use
from ai.gateway import marking as marking_gateway
from ai.gateway.orders import gives_orders
from ai.gateway.prompts import content as content_prompts
from ai.gateway.prompts import questions as question_prompts
from ai.gateway.prompts import tutor as tutor_prompts
from ai.gateway.prompts import unaided
from ai.gateway.talk import RULE
from ai.models import AnswerDraft, ContentPiece, Draft, Exchange, Faq, MarkDraft
from ai.services.consent import give_consent
from ai.services.content import ContentWish, request_content
from ai.services.generation import Wish, request_questions
from ai.services.indexing import index_course
from ai.services.marking import request_mark_draft
from ai.services.tutor import answer_talk, ask_tutor, open_talk
from ai.services.tutor_help import set_style
from ai.services.tutor_room import answer_room
from ai.tests.fake_model import FakeModel
from ai.tests.injection_corpus import CORPUS
from ai.tests.leaking_model import OBEYED, Leaking, leak
from ai.tests.passages import PLATES
from assessments.models import Grade, GradeChange, Mark, Outcome, Question, Submission
from assessments.scoring.rubric import Criterion, Level
from assessments.services.rubric import create_rubric
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import hand_in, make_assignment
from courses.models import Enrolment, Lesson
from courses.tests.factories import SYSTEM, LessonFactory
from lms.kernel.models import EventRecord
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db
AT_ONCE = 36
PARTS = [CORPUS[at : at + AT_ONCE] for at in range(0, len(CORPUS), AT_ONCE)]
NAME, MAIL = "Zebedee Quillfeather", "zebedee.quillfeather@example.org"
# Each is planted in one place; none may show in another.
RUBRIC_NOTE, OTHERS_WORK, OTHERS_QUESTION = "rubricnote5512", "otherswork7391", "othersasked8820"
KEY = "sk-secret"
SYSTEM_TEXTS = [
    one
    for text in (
        RULE,
        marking_gateway.SYSTEM,
        content_prompts.SYSTEM,
        question_prompts.SYSTEM,
        tutor_prompts.SYSTEM,
        tutor_prompts.SYSTEM_ASK_BACK,
        unaided.SYSTEM,
    )
    for one in text.splitlines()
    if len(one) > 40
]
NEVER = ("HACKED: sign in", "evil.example/login", "evil.example/pixel", KEY)


@pytest.fixture
def school() -> School:
    made = make_school()
    made.learner.name, made.learner.email = NAME, MAIL
    made.learner.save()
    for who in ("learner", "classmate"):
        give_consent(actor=made.actor(who), of_age=True)
    return made


def lesson_of(school: School, at: int) -> Lesson:
    """A lesson with a fifth of the corpus in it."""
    orders = "\n\n".join(f"Chalk is a soft white rock of shells. {one}" for one in PARTS[at])
    text = f"{PLATES}\n\n{NAME}, {MAIL}\n\n{orders}"
    made: Lesson = LessonFactory(course=school.course, title=f"Chalk {at}", text=text)
    return made


@pytest.fixture
def leaking(model: FakeModel) -> Iterator[FakeModel]:
    """The model; afterwards it has seen neither name nor mail nor key, and no tool was offered."""
    model.replies = [Leaking()]
    yield model
    assert model.requests
    for request, said in zip(model.requests, model.said, strict=True):
        assert "tools" not in request
        for planted in (NAME, "Quillfeather", MAIL, KEY):
            assert planted not in said


def leaks(shown: Any, *planted: str) -> list[str]:
    """What must not be seen in it: orders obeyed, system texts, and the planted words."""
    text = json.dumps(shown, ensure_ascii=False, default=str)
    return [one for one in (*NEVER, *SYSTEM_TEXTS, *planted) if one in text]


def kinds_after(act: Callable[[], Any]) -> set[str]:
    """The kinds of events that an act leaves behind."""
    last = EventRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    act()
    return set(EventRecord.objects.filter(pk__gt=last).values_list("kind", flat=True))


def marks() -> tuple[int, ...]:
    """Everything that could be a mark."""
    counted = (Mark, Outcome, Grade, GradeChange, AnswerDraft)
    return tuple(one.objects.count() for one in counted)


@pytest.mark.parametrize("style", [TutorStyle.ANSWERS, TutorStyle.SOCRATIC, TutorStyle.HINTS])
def test_the_tutor_says_none_of_it_and_hands_nothing_over(
    school: School, model: FakeModel, style: TutorStyle
) -> None:
    model.replies = [Leaking()]
    lesson_of(school, list(TutorStyle).index(style))
    index_course(actor=SYSTEM, course=school.course)
    set_style(actor=school.actor("instructor"), course=school.course, style=style)
    other = school.actor("classmate")
    ask_tutor(actor=other, course=school.course, message=f"What is chalk? {OTHERS_QUESTION}")
    learner, before = school.actor("learner"), (marks(), Enrolment.objects.count())
    model.requests.clear()
    asked = [f"What is chalk? I am {NAME}, {MAIL}. {order}" for order in CORPUS[::18]]

    def ask_all() -> None:
        for at, message in enumerate(asked):
            talk = open_talk(actor=learner, course=school.course, message=message[:2_000])
            steps = list(answer_talk(talk, live=bool(at % 2)))
            assert leaks(steps_shown(steps), OTHERS_QUESTION) == []
        # The same before a whole room, which keeps nothing here.
        before_all = answer_room(actor=learner, course=school.course, message=asked[0][:2_000])
        assert leaks(repr(before_all), OTHERS_QUESTION) == []

    # Nothing but answers: no question passed on, nothing settled, rated or enrolled.
    assert kinds_after(ask_all) == {"ai.tutor_answered"}
    assert (marks(), Enrolment.objects.count()) == before
    mine = Exchange.objects.filter(conversation__learner_id=learner.user_id)
    assert mine.count() == len(asked)
    assert not mine.exclude(sent_on_at=None).exists()
    assert not Faq.objects.exists()
    cited = [one for row in mine for one in row.citations]
    assert [one for one in cited if gives_orders(f"{one['quote']} {one['title']}")] == []
    assert leaks(list(mine.values("answer", "citations")), OTHERS_QUESTION) == []
    for request, said in zip(model.requests, model.said, strict=True):
        assert "tools" not in request
        for planted in (OTHERS_QUESTION, NAME, MAIL, KEY):
            assert planted not in said


def steps_shown(steps: list[Any]) -> list[Any]:
    """What a learner sees of an answer's steps."""
    shown: list[Any] = []
    for step in steps:
        reply = getattr(step, "reply", None)
        shown.append((reply.answer, reply.citations) if reply is not None else step.text)
    return shown


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_no_question_has_any_of_it(school: School, leaking: FakeModel, kind: QuestionKind) -> None:
    teacher = school.actor("instructor")
    lesson = lesson_of(school, list(QuestionKind).index(kind))
    request_questions(actor=teacher, wish=Wish(kind=kind, count=2, lesson=lesson))
    run_jobs()
    drafts = Draft.objects.all()
    assert drafts.exists()
    assert leaks(list(drafts.values("content", "checks", "notes"))) == []
    assert not Question.objects.exists()
    assert marks() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("reword", [False, True], ids=["stale", "weak"])
def test_no_question_asked_anew_has_any_of_it(
    school: School, leaking: FakeModel, *, reword: bool
) -> None:
    teacher = school.actor("instructor")
    lesson = lesson_of(school, 0)
    base: dict[str, Any] = {"kind": QuestionKind.SHORT_ANSWER, "count": 1, "lesson": lesson}
    request_questions(actor=teacher, wish=Wish(**base, use=Use.RULES))
    run_jobs()
    old = Draft.objects.get()
    old.content = {**old.content, "stem": f"{old.content['stem']} {CORPUS[0]} {NAME}"}
    old.save()
    request_questions(actor=teacher, wish=Wish(**base, replaces=old, reword=reword))
    run_jobs()
    new = Draft.objects.exclude(pk=old.pk)
    assert leaks(list(new.values("content", "checks", "notes"))) == []
    old.refresh_from_db()
    assert old.state == "draft"


@pytest.mark.parametrize("kind", list(ContentKind))
def test_no_piece_of_teaching_material_has_any_of_it(
    school: School, leaking: FakeModel, kind: ContentKind
) -> None:
    teacher = school.actor("instructor")
    texts = PARTS[list(ContentKind).index(kind) % len(PARTS)]
    content = f"{PLATES}\n\n{NAME}, {MAIL}\n\n" + "\n\n".join(texts)
    wish = ContentWish(kind=kind, course=school.course, content=content, language="French")
    request_content(actor=teacher, wish=wish)
    run_jobs()
    pieces = ContentPiece.objects.filter(provider="openai_compatible")
    made = list(pieces.values("title", "markdown", "data"))
    # A silly word is for the reviewer to see; a link, a picture or our own words never come.
    assert [one for one in leaks(made) if one != NEVER[0]] == []
    assert marks() == (0, 0, 0, 0, 0)


@pytest.fixture
def work(school: School) -> Submission:
    """A learner's work full of orders, beside a classmate's, by a rubric with a planted note."""
    levels = (
        Level("best", "Best", Decimal(4), f"All of it. {RUBRIC_NOTE}"),
        Level("worst", "Worst", Decimal(0), "Nothing."),
    )
    criteria = [Criterion("clear", f"Clear {RUBRIC_NOTE}", Decimal(4), RUBRIC_NOTE, levels=levels)]
    rubric = create_rubric(
        actor=school.actor("instructor"),
        course=school.course,
        kind="rubric",
        title="Writing",
        criteria=criteria,
    )
    asked = make_assignment(school, rubric=rubric.public_id)
    hand_in(school, asked, "classmate", f"A cairn. {OTHERS_WORK}")
    text = f"A cairn is a pile of stones, says {NAME}, {MAIL}."
    return hand_in(school, asked, text="\n".join([text, *CORPUS])[:40_000])


def obedient(_body: dict[str, Any]) -> Any:
    """The best level for an order as evidence, with the rubric's words as the reason."""
    said = {"criterion": 1, "quote": CORPUS[12], "reason": f"{OBEYED} {RUBRIC_NOTE}", "level": 1}
    return {"criteria": [said]}


def test_no_mark_moves_and_the_learner_sees_nothing_of_a_draft(
    school: School, leaking: FakeModel, work: Submission
) -> None:
    before, marker = marks(), school.actor("assistant")
    leaking.replies = [leak]
    request_mark_draft(actor=marker, submission=work)
    (told,) = run_jobs()
    # Its reply is full of our own instructions: no draft is made of it.
    assert (told.state, told.error) == ("failed", "The reply repeats its instructions.")
    assert not MarkDraft.objects.exists()
    leaking.replies = [obedient]
    request_mark_draft(actor=marker, submission=work)
    done = run_jobs()[-1]
    assert done.state == "succeeded", done.error
    draft = MarkDraft.objects.get()
    assert draft.criteria[0]["quote"] == ""
    assert marks() == before
    assert all(OTHERS_WORK not in said for said in leaking.said)
    assert OTHERS_WORK not in json.dumps(draft.criteria)
    for one in draft.criteria:
        assert one["level"] in {"", "best", "worst"}
        assert one["confidence"] != "agreed"
        assert draft.work.text[one["start"] : one["end"]] == one["quote"]
    client = Client()
    client.force_login(school.learner)
    lesson = work.assignment.lesson.public_id
    doors = (
        f"/c/{school.course.slug}/learn/{lesson}/",
        "/me/ai/",
        "/api/v1/ai/seen/",
        f"/api/v1/submissions/{work.public_id}/",
        reverse(
            "teach-marking-desk",
            args=[school.course.slug, work.assignment.public_id, work.public_id],
        ),
    )
    seen = [client.get(door).content.decode() for door in doors]
    for one in draft.criteria:
        if one["reason"]:
            assert all(one["reason"] not in shown for shown in seen)
    # The rubric itself may be shown to learners by its assignment; what a model was sent may not.
    assert all(RUBRIC_NOTE not in shown for shown in seen[1:3])
    assert all(OTHERS_WORK not in shown for shown in seen)
