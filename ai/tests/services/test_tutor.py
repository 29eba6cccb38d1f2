"""The tutor says what the blocks bear out, to whom it may, as far as it may."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.tests.factories import UserFactory
from ai.enums import Purpose, Rating, TutorHelp, TutorStyle
from ai.models import AiCall, Chunk, Conversation, Exchange, Faq
from ai.queries.tutor import conversations, sent_on
from ai.services.budget import Asked as Called
from ai.services.budget import reserve
from ai.services.consent import (
    give_consent,
    off_words,
    switch_course,
    switch_person,
    switch_site,
    withdraw_consent,
)
from ai.services.exchanges import (
    delete_conversation,
    forget_old_conversations,
    rate_exchange,
    remove_faq,
    send_on,
    settle_exchange,
)
from ai.services.indexing import index_course
from ai.services.routes import Line
from ai.services.tutor import Done, answer_talk, ask_tutor, open_talk
from ai.services.tutor_help import set_style
from ai.services.tutor_words import Part
from ai.tests.fake_model import FakeModel
from ai.tests.injection_corpus import CORPUS
from courses.enums import CourseRole
from courses.models import Course, Lesson
from courses.services.lesson import hide_lesson
from courses.tests.factories import SYSTEM, CourseFactory, EnrolmentFactory, LessonFactory
from lms.kernel import clock
from lms.kernel.actors import Actor, ai_tool, for_user
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db
ASKED = "What is chalk, the soft white rock, made of?"
CHALK = "Chalk is a soft white rock made of the shells of tiny sea animals."


@pytest.fixture
def course() -> Course:
    made = CourseFactory()
    LessonFactory(
        course=made,
        title="Volcanoes",
        text="Basalt is a dark volcanic rock. It forms when lava cools quickly at the surface.",
    )
    LessonFactory(
        course=made,
        title="Sediments",
        text=f"{CHALK} It is used to write on boards.\n\nSandstone is made of pressed sand.",
    )
    index_course(actor=SYSTEM, course=made)
    return made


@pytest.fixture
def learner(course: Course) -> Actor:
    found = for_user(EnrolmentFactory(course=course).user)
    give_consent(actor=found, of_age=True)
    return found


def ask(actor: Actor, course: Course, message: str = ASKED, **more: Any) -> Done:
    return ask_tutor(actor=actor, course=course, message=message, **more)


def answer(*sentences: tuple[str, list[int]], answerable: bool = True) -> dict[str, Any]:
    return {
        "answerable": answerable,
        "sentences": [{"text": text, "sources": sources} for text, sources in sentences],
    }


def number_of(request: dict[str, Any], words: str) -> int:
    """The number under which a block was sent."""
    parts = [part["text"] for part in request["messages"][-1]["content"]]
    (found,) = [part for part in parts if part.startswith("block ") and words in part]
    return int(found.split()[1].rstrip(":"))


def test_a_third_answer_at_once_is_quoted(course: Course, learner: Actor, model: FakeModel) -> None:
    line = Line(learner, Purpose.TUTOR, course)
    for _ in range(2):
        reserve(line, Called("p", "m", "tutor-1", 5, 5, 60.0))
    done = ask(learner, course)
    assert (done.reply.provider, done.reply.answerable) == ("extractive", True)
    assert model.requests == []


# Without a model: quotes, said to be quotes, or the plain word that nothing answers.


def test_without_a_model_the_course_is_quoted(course: Course, learner: Actor) -> None:
    done = ask(learner, course)
    assert done.reply.provider == "extractive"
    assert done.reply.answerable
    assert done.reply.mode == TutorHelp.FULL
    assert done.reply.answer.startswith(f"The course says, word for word: “{CHALK}”")
    first = done.reply.citations[0]
    chunk = Chunk.objects.get(text__startswith="Chalk")
    assert (first.block, first.quote) == (chunk.key, CHALK)
    assert first.lesson == Lesson.objects.get(title="Sediments").public_id
    assert first.quote in chunk.text


def test_what_the_course_does_not_say_is_declined(course: Course, learner: Actor) -> None:
    done = ask(learner, course, "Who painted the Mona Lisa in Florence?")
    assert not done.reply.answerable
    assert done.reply.citations == ()
    assert done.reply.answer.startswith("I find nothing about this")


def test_lines_of_code_are_not_quoted(learner: Actor, course: Course) -> None:
    code = "chalk = made_of(shells)  # what is chalk made of"
    LessonFactory(course=course, title="Code", text=f"Run this.\n\n```python\n{code}\n```")
    index_course(actor=SYSTEM, course=course)
    done = ask(learner, course)
    assert CHALK in done.reply.answer
    assert "made_of" not in done.reply.answer


def test_places_are_named_once_and_told_apart(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    """Two sentences of one block are one citation; two blocks of one heading have two names."""

    def reply(request: dict[str, Any]) -> Any:
        chalk, sand = number_of(request, "Chalk is"), number_of(request, "Sandstone")
        return answer(
            ("Chalk is a soft white rock.", [chalk]),
            ("Chalk is used to write on boards.", [chalk]),
            ("Sandstone is made of pressed sand.", [sand]),
        )

    model.replies = [reply]
    titles = [one.title for one in ask(learner, course).reply.citations]
    assert titles == ["Sediments", "Sediments · Sandstone is made of pressed…"]
    withdraw_consent(actor=learner)
    quoted = ask(learner, course, "What is chalk used for on boards, the soft white rock?").reply
    assert len(quoted.citations) == len({one.block for one in quoted.citations})


# With a model: only what the cited blocks bear out.


def test_a_model_answers_from_numbered_blocks(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    def reply(request: dict[str, Any]) -> Any:
        return answer(("Chalk is made of shells of sea animals.", [number_of(request, "Chalk is")]))

    model.replies = [reply]
    done = ask(learner, course)
    assert done.reply.answer == "Chalk is made of shells of sea animals."
    assert (done.reply.provider, done.reply.model) == ("openai_compatible", "fake")
    assert done.reply.prompt_version == "tutor-1"
    assert [one.quote[:20] for one in done.reply.citations] == [CHALK[:20]]
    assert AiCall.objects.get().purpose == "tutor"


def test_without_consent_no_model_is_asked_and_the_course_is_quoted(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    withdraw_consent(actor=learner)
    done = ask(learner, course)
    assert (done.reply.provider, done.reply.answerable) == ("extractive", True)
    assert model.requests == []


def test_what_no_cited_block_bears_out_is_dropped(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    def reply(request: dict[str, Any]) -> Any:
        here = number_of(request, "Chalk is")
        return answer(
            ("Chalk was discovered by Napoleon on Corsica.", [here]),
            ("Chalk is a soft white rock.", [here]),
            ("Chalk is made of 17 kinds of shells.", [here]),
            ("Chalk is a rock.", []),
        )

    model.replies = [reply]
    done = ask(learner, course)
    assert done.reply.answer == "Chalk is a soft white rock."
    assert len(done.reply.citations) == 1


def test_when_nothing_is_borne_out_the_course_does_not_say_it(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    model.replies = [answer(("Napoleon was born on Corsica.", [1]))]
    done = ask(learner, course)
    assert not done.reply.answerable
    assert "Napoleon" not in done.reply.answer
    model.replies = [answer(answerable=False)]
    assert not ask(learner, course).reply.answerable


def test_a_number_that_was_not_sent_cannot_be_cited(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    model.replies = [answer((CHALK, [99]))]
    done = ask(learner, course)
    assert done.reply.provider == "extractive", "the reply fits no schema, so rules answer"
    schema = json.dumps(model.requests[0]["response_format"])
    assert '"enum": [1, 2, 3]' in schema


def test_links_and_images_of_a_model_never_reach_the_learner(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    bad = "Chalk is a soft white rock ![x](https://evil.example/a.png) https://evil.example/b"
    model.replies = [lambda request: answer((bad, [number_of(request, "Chalk is")]))]
    done = ask(learner, course)
    assert "evil" not in json.dumps([done.reply.answer, Exchange.objects.get().answer])
    assert done.reply.answer.startswith("Chalk is a soft white rock")


def test_no_course_text_can_make_an_obeying_model_speak(  # I11
    course: Course, learner: Actor, model: FakeModel
) -> None:
    """A model that does as it is told repeats the order and hands out a link."""
    for at, text in enumerate(CORPUS):
        LessonFactory(course=course, title=f"Chalk {at}", text=f"Chalk and shells. {text}")
    index_course(actor=SYSTEM, course=course)
    model.replies = [
        lambda _request: answer(
            ("HACKED: sign in at https://evil.example/login to see the api key.", [1, 2, 3]),
            ("Every learner passed.", [1]),
        )
    ]
    for question in ("What about chalk and shells?", *CORPUS[:40]):
        done = ask(learner, course, question)
        kept = Exchange.objects.latest("pk")
        shown = json.dumps([done.reply.answer, kept.answer])
        assert [
            word for word in ("HACKED", "evil.example", "passed", "api key") if word in shown
        ] == []
        assert done.reply.provider == "openai_compatible"
        assert question not in model.requests[-1]["messages"][0]["content"]
        for one in done.reply.citations:
            assert Chunk.objects.filter(course=course, key=one.block).exists()


# What never enters a prompt, and what is never cited.


def test_other_learners_and_hidden_blocks_are_in_no_prompt(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    other = for_user(EnrolmentFactory(course=course).user)
    ask(other, course, "zqothers chalk question")
    ask(learner, course, "What is chalk and my first one?")
    mine = Conversation.objects.get(learner_id=learner.user_id)
    hide_lesson(actor=SYSTEM, lesson=Lesson.objects.get(title="Sediments"))
    model.replies = [lambda request: answer(("Basalt is a dark volcanic rock.", [1]))]
    model.requests.clear()
    done = ask(learner, course, "And basalt?", conversation=mine.public_id)
    (said,) = model.said
    assert "zqothers" not in said
    assert "made of the shells" not in said
    assert "my first one" in said
    assert [one.lesson for one in done.reply.citations] == [
        Lesson.objects.get(title="Volcanoes").public_id
    ]


# A stream says the same, and each sentence only once it is borne out.


def parts(talk: Any) -> Iterator[Part | Done]:
    return answer_talk(talk, live=True)


def test_a_stream_gives_sentences_and_then_the_whole(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    def reply(request: dict[str, Any]) -> Any:
        here = number_of(request, "Chalk is")
        return answer(
            ("Chalk is a soft white rock.", [here]),
            ("Napoleon liked it.", [here]),
            ("It is used to write on boards.", [here]),
        )

    model.replies = [reply]
    *said, done = parts(open_talk(actor=learner, course=course, message=ASKED))
    assert isinstance(done, Done)
    texts = [part.text for part in said if isinstance(part, Part)]
    assert texts == ["Chalk is a soft white rock.", " It is used to write on boards."]
    assert done.reply.answer == "".join(texts)
    assert [len(part.citations) for part in said if isinstance(part, Part)] == [1, 0]
    assert Exchange.objects.get().answer == done.reply.answer


def test_a_stream_that_breaks_off_keeps_what_was_said(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    def reply(request: dict[str, Any]) -> Any:
        here = number_of(request, "Chalk is")
        return answer(("Chalk is a soft white rock.", [here]), ("It is used " * 30, [here]))

    model.replies, model.break_after = [reply], 20
    *_said, done = parts(open_talk(actor=learner, course=course, message=ASKED))
    assert isinstance(done, Done)
    assert done.reply.answer == "Chalk is a soft white rock."


def test_a_stream_of_nonsense_is_no_answer(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    model.replies = ["No JSON here { at all"]
    *_said, done = parts(open_talk(actor=learner, course=course, message=ASKED))
    assert isinstance(done, Done)
    assert not done.reply.answerable


# How far it goes.


def test_hints_say_where_and_not_what(course: Course, learner: Actor, model: FakeModel) -> None:
    set_style(actor=for_user(course.created_by), course=course, style=TutorStyle.HINTS)
    done = ask(learner, course)
    assert done.reply.mode == TutorHelp.HINT
    assert done.reply.answer == "Read “Sediments” again."
    assert [one.quote for one in done.reply.citations] == [""]
    assert model.requests == []


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Which lesson speaks of soft rocks, and what do the animals leave?", True),
        ("Chalk is a soft white rock made of the shells of tiny sea animals, right?", False),
        ("Chalk is made of shells.", False),
    ],
)
def test_a_socratic_tutor_asks_back_and_gives_nothing_away(
    course: Course, learner: Actor, model: FakeModel, question: str, kept: bool
) -> None:
    set_style(actor=for_user(course.created_by), course=course, style=TutorStyle.SOCRATIC)
    model.replies = [
        lambda request: {
            "answerable": True,
            "question": question,
            "source": number_of(request, "Chalk is"),
        }
    ]
    done = ask(learner, course)
    assert done.reply.mode == TutorHelp.HINT
    plain = "Look at “Sediments”. What does it say about this? Tell me in your own words."
    assert done.reply.answer == (question if kept else plain)
    assert [one.quote for one in done.reply.citations] == [""]


def test_off_is_off_and_keeps_nothing(course: Course, learner: Actor, model: FakeModel) -> None:
    set_style(actor=for_user(course.created_by), course=course, style=TutorStyle.OFF)
    done = ask(learner, course)
    assert (done.reply.mode, done.reply.answerable, done.conversation) == ("off", False, None)
    assert not Exchange.objects.exists()
    assert model.requests == []


@pytest.mark.parametrize("where", ["site", "course", "person"])
def test_where_ai_is_off_the_tutor_is(
    course: Course, learner: Actor, model: FakeModel, where: str
) -> None:
    if where == "site":
        switch_site(actor=for_user(UserFactory(admin=True)), off=True)
    elif where == "course":
        switch_course(actor=for_user(course.created_by), course=course, off=True)
    else:
        switch_person(actor=learner, off=True)
    done = ask(learner, course)
    assert (done.reply.mode, done.reply.citations, model.requests) == ("off", (), [])
    assert done.reply.answer == off_words(where)
    assert not Exchange.objects.exists()


def test_only_managers_choose_and_only_known_ways(course: Course, learner: Actor) -> None:
    with pytest.raises(Denied):
        set_style(actor=learner, course=course, style=TutorStyle.OFF)
    with pytest.raises(Invalid):
        set_style(actor=for_user(course.created_by), course=course, style="loud")
    assert events_of("ai.tutor_setting_changed") == []


# Whose it is.


def test_a_conversation_goes_on_and_is_its_learners_alone(course: Course, learner: Actor) -> None:
    first = ask(learner, course)
    assert first.conversation is not None
    key = first.conversation.public_id
    second = ask(learner, course, "What is sandstone made of?", conversation=key)
    assert second.conversation == first.conversation
    for stranger in (
        for_user(EnrolmentFactory(course=course).user),
        for_user(course.created_by),
    ):
        with pytest.raises(NotFound):
            ask(stranger, course, conversation=key)
        assert conversations(stranger).count() == 0
    assert [len(row.exchanges.all()) for row in conversations(learner)] == [2]
    delete_conversation(actor=learner, conversation=first.conversation)
    assert not Exchange.objects.exists()


def test_an_answer_survives_that_its_conversation_was_deleted_meanwhile(
    course: Course, learner: Actor
) -> None:
    first = ask(learner, course)
    assert first.conversation is not None
    talk = open_talk(
        actor=learner, course=course, message=ASKED, conversation=first.conversation.public_id
    )
    delete_conversation(actor=learner, conversation=first.conversation)
    *_parts, done = answer_talk(talk, live=False)
    assert isinstance(done, Done)
    assert Exchange.objects.get().conversation == done.conversation


def test_readers_who_write_nothing_do_not_ask(course: Course) -> None:
    observer = for_user(EnrolmentFactory(course=course, role=CourseRole.OBSERVER).user)
    outsider = for_user(EnrolmentFactory().user)
    for actor in (observer, outsider, for_user(course.created_by).previewing(course.pk)):
        with pytest.raises(Denied):
            ask(actor, course)
    with pytest.raises(Denied):
        ask(ai_tool(for_user(course.created_by)), course)


@pytest.mark.parametrize("message", ["", "   ", "x" * 2_001, "a\x00b"])
def test_messages_that_cannot_be_used(course: Course, learner: Actor, message: str) -> None:
    with pytest.raises(Invalid):
        ask(learner, course, message)


def test_old_conversations_are_forgotten(course: Course, learner: Actor) -> None:
    ask(learner, course)
    assert forget_old_conversations() == 0
    Conversation.objects.update(updated_at=clock.now() - timedelta(days=181))
    assert forget_old_conversations() == 1
    assert not Exchange.objects.exists()


# What happens to an answer afterwards.


def test_staff_see_only_what_was_passed_on_or_rated_down(course: Course, learner: Actor) -> None:
    staff = for_user(course.created_by)
    one, two, three = (ask(learner, course).exchange for _ in range(3))
    assert one is not None
    assert two is not None
    assert three is not None
    assert list(sent_on(staff, course)) == []
    send_on(actor=learner, exchange=one)
    rate_exchange(actor=learner, exchange=two, rating=Rating.DOWN, reason="Too short.")
    rate_exchange(actor=learner, exchange=three, rating=Rating.UP)
    assert list(sent_on(staff, course)) == [two, one]
    assert list(sent_on(learner, course)) == []
    for row in (one, two, three):
        row.refresh_from_db()
    with pytest.raises(NotFound):
        settle_exchange(actor=staff, exchange=three)
    with pytest.raises(NotFound):
        rate_exchange(actor=staff, exchange=one, rating=Rating.UP)
    settle_exchange(actor=staff, exchange=one, reply="See page 3.")
    assert list(sent_on(staff, course)) == [two]
    assert list(sent_on(staff, course, settled=True)) == [one]


def test_what_somebody_dealt_with_is_not_undone_from_an_old_page(
    course: Course, learner: Actor
) -> None:
    staff = for_user(course.created_by)
    assistant = for_user(EnrolmentFactory(course=course, role=CourseRole.ASSISTANT).user)
    one = ask(learner, course).exchange
    assert one is not None
    one = rate_exchange(actor=learner, exchange=one, rating=Rating.DOWN)
    settle_exchange(actor=staff, exchange=one, reply="See page 3.")
    for reply in ("", "See page 4."):
        with pytest.raises(Conflict) as caught:
            settle_exchange(actor=assistant, exchange=one, reply=reply)
        assert caught.value.code == "settled"
    settle_exchange(actor=staff, exchange=one, reply="See page 3.")
    assert Exchange.objects.get().reply == "See page 3."
    assert len(events_of("ai.exchange_settled")) == 1
    # The learner asks all the same: it waits again, and keeps what was answered.
    send_on(actor=learner, exchange=one)
    assert list(sent_on(staff, course)) == [one]
    settle_exchange(actor=assistant, exchange=one)
    assert list(sent_on(staff, course)) == []
    assert Exchange.objects.get().reply == "See page 3."


def test_a_good_answer_becomes_one_that_the_tutor_cites(course: Course, learner: Actor) -> None:
    staff = for_user(course.created_by)
    question = "When is the excursion to the quarry with the bus?"
    assert not ask(learner, course, question).reply.answerable
    exchange = Exchange.objects.get()
    exchange = send_on(actor=learner, exchange=exchange)
    assistant = for_user(EnrolmentFactory(course=course, role=CourseRole.ASSISTANT).user)
    with pytest.raises(Denied):
        settle_exchange(actor=assistant, exchange=exchange, reply="On 3 May.", for_all=True)
    with pytest.raises(Invalid):
        settle_exchange(actor=staff, exchange=exchange, reply=" ", for_all=True)
    reply = "The excursion to the quarry with the bus is on 3 May."
    for _twice in range(2):
        settle_exchange(actor=staff, exchange=exchange, reply=reply, for_all=True)
    index_course(actor=SYSTEM, course=course)
    other = for_user(EnrolmentFactory(course=course).user)
    done = ask(other, course, question)
    faq = Faq.objects.get()
    assert reply in done.reply.answer
    assert (done.reply.citations[0].block, done.reply.citations[0].lesson) == (faq.public_id, "")
    remove_faq(actor=staff, faq=faq)
    assert not ask(other, course, question).reply.answerable
