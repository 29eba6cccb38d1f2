"""Whether a question needs its passage: a model is asked without it, and is never in the way."""

from typing import Any

import pytest

from ai.enums import Purpose, QuestionKind, Use
from ai.gateway.prompts.unaided import rounds_of
from ai.gateway.provider import GeneratedQuestion, Option
from ai.gateway.replies.unaided import ChoiceReply, WordsReply
from ai.gateway.surroundings import Judge
from ai.models import AiCall, AiSite, AllowedAddress, Budget, Draft, Profile, Provider
from ai.services.consent import switch_person
from ai.services.judging import judge_for
from ai.tests.assistant import QUESTIONS, TEXT, assist
from ai.tests.factories import make_drafts
from ai.tests.fake_model import FakeModel
from courses.models import Course
from courses.tests.factories import CourseFactory
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.models import JobState

pytestmark = pytest.mark.django_db
KEYS = {key for _stem, key, _wrong in QUESTIONS}


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


@pytest.fixture
def school_of_rocks(model: FakeModel) -> "Answering":
    """A model that writes good questions; how it answers them unaided is for the test to say."""
    answering = Answering()
    model.replies = [answering]
    return answering


class Answering:
    """Writes questions as `assist` does, and answers them by `chosen`: a list of numbers."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.reply: Any = self.knowing

    def __call__(self, body: dict[str, Any]) -> Any:
        parts = [part["text"] for part in body["messages"][1]["content"]]
        if '"questions"' in parts[0]:
            return assist(body)
        lines = parts[1].splitlines()[2:-1]
        self.asked.append(lines)
        return self.reply(lines)

    @staticmethod
    def knowing(lines: list[str]) -> Any:
        right = [at for at, line in enumerate(lines) if line.partition(". ")[2] in KEYS]
        return {"options": right}

    @staticmethod
    def ignorant(lines: list[str]) -> Any:
        wrong = [at for at, line in enumerate(lines) if at and line.partition(". ")[2] not in KEYS]
        return {"options": wrong[:1]}


def remarks(drafts: list[Draft]) -> list[tuple[bool, bool]]:
    """Of each draft whether it passed and whether that was judged."""
    checks = [next(c for c in d.checks if c["name"] == "needs_passage") for d in drafts]
    assert not any(check["blocking"] for check in checks)
    return [(check["passed"], check["judged"]) for check in checks]


def why(draft: Draft) -> str:
    return str(next(c["detail"] for c in draft.checks if c["name"] == "needs_passage"))


def question(**changes: Any) -> GeneratedQuestion:
    base: dict[str, Any] = {
        "kind": QuestionKind.SINGLE_CHOICE,
        "stem": "Which rock forms when lava cools quickly?",
        "answer": "Basalt",
        "evidence": ("SECRET evidence about basalt.",),
        "options": tuple(
            Option(text, right=text == "Basalt") for text in ("Amber", "Basalt", "Peat", "Copper")
        ),
    }
    return GeneratedQuestion(**{**base, **changes})


def test_what_a_model_knows_without_the_passage_is_a_remark_beside_the_draft(
    teacher: Actor, course: Course, model: FakeModel, school_of_rocks: Answering
) -> None:
    drafts = make_drafts(teacher, course=course, content=TEXT)
    assert [draft.provider for draft in drafts] == ["openai_compatible"] * 2
    assert remarks(drafts) == [(False, True)] * 2
    assert why(drafts[0]) == "A model found the answer without the passage, 2 of 2 times."
    assert len(school_of_rocks.asked) == 4
    # The same question, in another order at least once: no luck of places.
    assert school_of_rocks.asked[0][0] == school_of_rocks.asked[1][0] == QUESTIONS[0][0]


def test_the_assistant_of_whole_product_tests_knows_nothing_by_heart(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    model.replies = [assist]
    drafts = make_drafts(teacher, course=course, content=TEXT)
    assert remarks(drafts) == [(True, True)] * 2
    assert set(AiCall.objects.values_list("outcome", flat=True)) == {"answered"}


def test_every_judging_call_is_in_the_ledger_as_the_server_counted_it(
    teacher: Actor, course: Course, model: FakeModel, school_of_rocks: Answering
) -> None:
    (draft, _) = make_drafts(teacher, course=course, content=TEXT)
    calls = AiCall.objects.all()
    judged = calls.filter(purpose=Purpose.CHECKING)
    assert judged.count() == len(school_of_rocks.asked) == 4
    assert set(judged.values_list("prompt_version", "course", "job", "person")) == {
        ("unaided-1", course.pk, draft.job_id, teacher.user_id)
    }
    assert calls.count() == len(model.requests)
    assert sum(call.tokens_in for call in calls) == model.tokens_in
    assert sum(call.tokens_out for call in calls) == model.tokens_out


def test_a_wrong_answer_ends_the_asking_and_passes(
    teacher: Actor, course: Course, model: FakeModel, school_of_rocks: Answering
) -> None:
    school_of_rocks.reply = school_of_rocks.ignorant
    drafts = make_drafts(teacher, course=course, content=TEXT)
    assert remarks(drafts) == [(True, True)] * 2
    assert why(drafts[0]) == "Asked without the passage, a model was right 0 of 1 times."
    assert len(school_of_rocks.asked) == 2


def test_neither_passage_nor_evidence_nor_key_is_shown_to_the_judge(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    model.replies = [{"options": [1]}]
    judge_for(teacher, Use.AUTO, course=course).unaided(question())
    (said,) = model.said[:1]
    assert "Basalt" in said
    assert "SECRET" not in said
    assert "right" not in said.split("question:")[1].lower()


@pytest.mark.parametrize("reply", ["prose, no JSON", {"options": "all"}, {"options": []}])
def test_a_judge_without_sense_fails_no_job_and_is_not_asked_again(
    teacher: Actor, course: Course, model: FakeModel, school_of_rocks: Answering, reply: Any
) -> None:
    school_of_rocks.reply = lambda _lines: reply
    drafts = make_drafts(teacher, course=course, content=TEXT)
    assert drafts[0].job is not None
    assert drafts[0].job.state == JobState.SUCCEEDED
    assert remarks(drafts) == [(True, False)] * 2
    assert "does not fit the schema" in why(drafts[0])
    # The first question once and its repair, the second not at all.
    assert AiCall.objects.filter(purpose=Purpose.CHECKING).count() == 1


def test_a_budget_that_is_used_up_leaves_the_question_and_says_so(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    Budget.objects.create(scope="course", period="day", course=course, tokens=50)
    said = judge_for(teacher, Use.AUTO, course=course).unaided(question())
    assert said.found is None
    assert "budget" in said.words
    assert model.requests == []


def test_rules_alone_judge_nothing_and_say_why(teacher: Actor, course: Course) -> None:
    drafts = make_drafts(teacher, course=course)
    assert remarks(drafts) == [(True, False)] * 2
    assert why(drafts[0]) == "No AI model is connected."
    (draft, _) = make_drafts(teacher, course=course, use=Use.RULES)
    assert why(draft) == "No model was asked, as you wished."


def test_judging_is_turned_off_by_itself(
    teacher: Actor, course: Course, model: FakeModel, school_of_rocks: Answering
) -> None:
    AiSite.objects.create(off_purposes=[Purpose.CHECKING])
    drafts = make_drafts(teacher, course=course, content=TEXT)
    assert [draft.provider for draft in drafts] == ["openai_compatible"] * 2
    assert remarks(drafts) == [(True, False)] * 2
    assert school_of_rocks.asked == []


def provider(name: str, model: FakeModel, found: dict[str, Any]) -> Provider:
    AllowedAddress.objects.get_or_create(url=model.url)
    return Provider.objects.create(
        name=name, kind="openai_compatible", base_url=model.url, found=found
    )


def test_a_model_that_keeps_to_no_form_judges_nothing(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    row = provider("loose", model, {"schema": False})
    Profile.objects.create(provider=row, model="fake")
    said = judge_for(teacher, Use.AUTO, course=course).unaided(question())
    assert said.found is None
    assert "does not keep to a form" in said.words
    assert model.requests == []


def test_a_courses_questions_are_judged_by_the_model_that_makes_them(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    here, all_over = provider("here", model, {}), provider("all-over", model, {})
    Profile.objects.create(provider=all_over, model="anywhere")
    Profile.objects.create(provider=here, model="own", course=course, purpose=Purpose.QUESTIONS)
    model.replies = [{"options": [1]}]
    judge_for(teacher, Use.AUTO, course=course).unaided(question())
    assert set(AiCall.objects.values_list("model", flat=True)) == {"own"}
    Profile.objects.create(provider=here, model="judge", course=course, purpose=Purpose.CHECKING)
    AiCall.objects.all().delete()
    judge_for(teacher, Use.AUTO, course=course).unaided(question())
    assert set(AiCall.objects.values_list("model", flat=True)) == {"judge"}


def test_names_in_a_question_do_not_leave(teacher: Actor, course: Course, model: FakeModel) -> None:
    name = course.created_by.name
    model.replies = [{"answer": "x"}]
    asked = question(
        kind=QuestionKind.SHORT_ANSWER, stem=f"What did {name} find at a@example.org?", options=()
    )
    judge_for(teacher, Use.AUTO, course=course).unaided(asked)
    assert name not in model.said[0]
    assert "a@example.org" not in model.said[0]


def test_who_always_says_the_first_option_is_caught_by_the_order() -> None:
    stems = [f"Which rock is number {at} of the row?" for at in range(200)]
    lucky = [
        all(one.right(ChoiceReply(options=[1])) for one in rounds_of(question(stem=stem)))
        for stem in stems
    ]
    # One in sixteen by chance: 12.5 of 200, and hardly ever more than 25.
    assert sum(lucky) <= 25


def test_the_key_is_found_whatever_its_place_and_nothing_else_is_it() -> None:
    for one in rounds_of(question()):
        place = one.order.index(1) + 1
        assert one.right(ChoiceReply(options=[place]))
        assert not one.right(ChoiceReply(options=[place % 4 + 1]))
        assert not one.right(ChoiceReply(options=[1, 2, 3, 4]))
        assert not one.right(ChoiceReply(options=[place, 99]))
    several = question(
        kind=QuestionKind.MULTIPLE_CHOICE,
        options=(Option("A", right=True), Option("B", right=False), Option("C", right=True)),
    )
    (first, _) = rounds_of(several)
    places = [first.order.index(at) + 1 for at in (0, 2)]
    assert first.right(ChoiceReply(options=places))
    assert not first.right(ChoiceReply(options=places[:1]))


@pytest.mark.parametrize(
    ("kind", "key", "said", "right"),
    [
        (QuestionKind.SHORT_ANSWER, "basalt", "The basalt.", True),
        (QuestionKind.SHORT_ANSWER, "basalt", "chalk", False),
        (QuestionKind.SHORT_ANSWER, "basalt", "", False),
        (QuestionKind.NUMERIC, "12", "twelve", True),
        (QuestionKind.NUMERIC, "12", "12.0", True),
        (QuestionKind.NUMERIC, "12", "13", False),
        (QuestionKind.NUMERIC, "12", "about a dozen", False),
    ],
)
def test_words_and_numbers_are_compared_without_their_accidents(
    kind: QuestionKind, key: str, said: str, *, right: bool
) -> None:
    (one, _) = rounds_of(question(kind=kind, answer=key, options=()))
    assert one.right(WordsReply(answer=said)) is right


def test_what_luck_answers_half_of_the_time_is_not_asked(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    judge: Judge = judge_for(teacher, Use.AUTO, course=course)
    for asked in (
        question(kind=QuestionKind.TRUE_FALSE, answer="true", options=()),
        question(stem="x" * 1_300),
    ):
        assert judge.unaided(asked).found is None
        assert judge.unaided(asked).words
    assert model.requests == []


def test_who_turned_ai_off_gets_no_judge_and_is_told(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    switch_person(actor=teacher, off=True)
    said = judge_for(teacher, Use.AUTO, course=course).unaided(question())
    assert (said.found, said.words) == (None, "AI is turned off for you.")
    assert model.requests == []
