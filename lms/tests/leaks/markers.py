"""Secrets of a furnished course, each with words of its own and the roles that may meet them.

To let something new take part, plant it in `plant` with a word that occurs nowhere else and add
its `Marker`: the walk finds the doors by itself. Words are lower case, so that a search for the
same word in capitals can be told from an answer.
"""

from decimal import Decimal

from accounts.models import User
from ai.models import Chunk, ContentPiece, Draft, SourceDocument
from ai.services.tutor import ask_tutor
from analytics.services.help import note_contact
from analytics.services.risk import object_to_warning
from assessments.enums import QuestionKind, Solutions
from assessments.gateway.sandbox import Ended, Outcome
from assessments.models import Attempt, Quiz
from assessments.queries.content import version_content
from assessments.scoring.code import Code, CodeTest
from assessments.scoring.content import Option, QuestionContent, detail_of
from assessments.scoring.registry import type_of
from assessments.scoring.review import plain_policy
from assessments.services.accommodation import set_accommodation
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import create_question
from assessments.services.cells import set_cell
from assessments.services.closing import submit_attempt
from assessments.services.code import ran, record
from assessments.services.filing import Filing, file_question
from assessments.services.grade_status import StatusFields, create_status
from assessments.services.gradebook import ItemFields, create_manual_item
from assessments.services.grading import override_score
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_category import add_category
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from assessments.tests.factories import report_of_sandbox
from courses.enums import CourseRole, LessonKind
from courses.models import Enrolment, Lesson, LessonVersion
from courses.services.lesson import save_draft
from lms.kernel import actors
from lms.kernel.models import Job
from lms.tests.leaks import (
    ai_secrets,
    calendar_secrets,
    card_secrets,
    forum_secrets,
    hidden_work,
    room_secrets,
    running_quiz,
)
from lms.tests.leaks.marker import marker
from lms.tests.world import PASSWORD, World

MARKERS = [
    marker("accepted words of a question", "zqaccepted"),
    marker("the value of a number question", "73019.25"),
    marker("an explanation", "zqexplained"),
    marker("the input of a hidden test", "zqgiven"),
    marker("what a hidden test expects", "zqexpected"),
    marker("what a program said in a hidden test", "zqechoed"),
    marker("the notes to whoever marks an answer", "zqnotes"),
    marker("feedback of an option", "zqfeedback"),
    marker("a hint that nobody asked for", "zqhint"),
    marker("a category, a tag and an outcome of the bank", "zqshelf"),
    marker("a question that no quiz asks", "zqbankstem"),
    marker("its explanation", "zqbankwhy"),
    marker("a question of a quiz that is a draft", "zqdraftstem"),
    marker("a score that is not released", "371.0377", "371.04"),
    marker("the reason for it", "zqbyhand"),
    marker("a grade that is not posted", "287.0131", "287.01"),
    marker("the reason for that", "zqunposted"),
    marker("the title of a hidden lesson", "zqhiddentitle"),
    marker("the text of a hidden lesson", "zqhiddentext"),
    marker("the unpublished text of a lesson", "zqdrafttext"),
    marker("a generated question that nobody accepted", "zqgenerated"),
    marker("generated material that nobody accepted", "zqpiecetext"),
    marker("a text from outside that material is made of", "zqsourcetext"),
    marker("a job of the teacher", "zqjobmessage"),
    marker("the name of a classmate who says nothing", "zqpeername"),
    marker("a classmate's address", "zqpeer@example.com"),
    marker("a classmate's answer", "zqpeeranswer"),
    marker("the note to one's extra time", "zqownnote", also="learner's export"),
    marker("the note to a classmate's extra time", "zqpeernote"),
    marker("a classmate's question to the tutor", "zqpeerasked"),
    marker("what a classmate says against the early warning", "zqpeerobjected"),
    marker("what staff noted about a classmate", "zqpeersupport"),
    *hidden_work.MARKERS,
    *running_quiz.MARKERS,
    *ai_secrets.MARKERS,
    *room_secrets.MARKERS,
    *calendar_secrets.MARKERS,
    *card_secrets.MARKERS,
    *forum_secrets.MARKERS,
]

EXAM = (
    QuestionContent(
        kind=QuestionKind.SINGLE_CHOICE,
        stem="Which of these is volcanic?",
        options=(
            Option("Basalt", correct=True, feedback="zqfeedback"),
            Option("Chalk", feedback="zqfeedback"),
        ),
        explanation="zqexplained",
        hints=("zqhint",),
        points=Decimal(100),
    ),
    QuestionContent(
        kind=QuestionKind.SHORT_ANSWER,
        stem="Say a word.",
        accepted=("zqaccepted",),
        explanation="zqexplained",
        points=Decimal(100),
    ),
    QuestionContent(
        kind=QuestionKind.NUMERIC,
        stem="How far is it?",
        value="73019.25",
        explanation="zqexplained",
        points=Decimal(200),
    ),
)


PROGRAM = QuestionContent(
    kind=QuestionKind.CODE,
    stem="Echo the line.",
    detail=Code(tests=(CodeTest(given="zqgiven", expected="zqexpected", hidden=True),)),
)


def plant(world: World) -> None:
    """Put every secret into the published course of the world."""
    _peer(world)
    _lessons(world)
    _exam(world)
    _program(world)
    _bank(world)
    _gradebook(world)
    _staff_only(world)
    _warning(world)
    hidden_work.plant_work(world)
    running_quiz.plant_running(world)
    ai_secrets.plant_ai(world)
    forum_secrets.plant_forum(world)
    room_secrets.plant_room(world)
    calendar_secrets.plant_calendar(world)
    card_secrets.plant_cards(world)


def words() -> tuple[str, ...]:
    """Every word that gives something away."""
    return tuple(word for one in MARKERS for word in one.words)


def _peer(world: World) -> None:
    peer = User.objects.create_user("zqpeer@example.com", PASSWORD, name="Zoë zqpeername")
    Enrolment.objects.create(course=world.course, user=peer, role=CourseRole.LEARNER)
    world.people["peer"] = peer
    for name, note in (("learner", "zqownnote"), ("peer", "zqpeernote")):
        set_accommodation(
            actor=world.actors["instructor"],
            person=world.people[name],
            time_factor=Decimal("1.5"),
            note=note,
        )


def _warning(world: World) -> None:
    peer = world.people["peer"]
    object_to_warning(actor=actors.for_user(peer), course=world.course, text="zqpeerobjected")
    note_contact(
        actor=world.actors["assistant"],
        course=world.course,
        learner_id=peer.public_id,
        note="zqpeersupport",
    )


def _lessons(world: World) -> None:
    hidden = _lesson(world, "zqhiddentitle", LessonKind.TEXT, published=False)
    LessonVersion.objects.create(
        lesson=hidden, number=1, state="published", markdown="zqhiddentext", html="zqhiddentext"
    )
    teacher = world.actors["instructor"]
    save_draft(actor=teacher, lesson=world.lessons["published live"], markdown="zqdrafttext")
    # As if the job that forgets a hidden lesson had not run yet.
    Chunk.objects.create(
        course=world.course,
        lesson=hidden,
        version=hidden.versions.get(),
        key="stale",
        text="What do stones stand by? They stand by zqhiddentext.",
        sha256="0",
        language="en",
    )
    peer = actors.for_user(world.people["peer"])
    ask_tutor(actor=peer, course=world.course, message="zqpeerasked")


def _lesson(world: World, title: str, kind: LessonKind, *, published: bool = True) -> Lesson:
    section = world.lessons["published live"].section
    ordinal = section.lessons.count() + 1
    return Lesson.objects.create(
        course=world.course,
        section=section,
        title=title,
        ordinal=ordinal,
        kind=kind,
        published=published,
    )


def _exam(world: World) -> None:
    """A quiz whose results are not released, taken by the learner and by the classmate."""
    teacher = world.actors["instructor"]
    policy = plain_policy(show_review=False, solutions=Solutions.NEVER)
    settings = QuizSettings(review=policy, attempts_allowed=2)
    quiz = _quiz(world, "Exam", settings, EXAM)
    quiz = publish_quiz(actor=teacher, quiz=quiz)
    _take(world, quiz, "peer", "zqpeeranswer")
    mine = _take(world, quiz, "learner", "Lima")
    override_score(actor=teacher, attempt=mine, score=Decimal("371.0377"), reason="zqbyhand")
    world.things["exam"] = quiz
    world.things["unreleased attempt"] = mine


def _quiz(
    world: World, title: str, settings: QuizSettings, contents: tuple[QuestionContent, ...]
) -> Quiz:
    teacher = world.actors["instructor"]
    lesson = _lesson(world, title, LessonKind.QUIZ)
    quiz = create_quiz(actor=teacher, lesson=lesson, settings=settings)
    for content in contents:
        question = create_question(actor=teacher, course=world.course, content=content)
        add_item(actor=teacher, quiz=quiz, question=question)
    quiz.refresh_from_db()
    return quiz


def _take(world: World, quiz: Quiz, name: str, text: str) -> Attempt:
    actor = actors.for_user(world.people[name])
    attempt = start_attempt(actor=actor, quiz=quiz)
    for part in attempt.questions.select_related("version__question"):
        content = version_content(part.version)
        short = content.kind == QuestionKind.SHORT_ANSWER
        number = content.kind == QuestionKind.NUMERIC
        right = type_of(content.kind).solution(content)
        given = text if short else "12" if number else right
        save_answer(actor=actor, attempt=attempt, question=part, answer=given, seq=1)
    return submit_attempt(actor=actor, attempt=attempt)


def _program(world: World) -> None:
    """A code question whose hidden test the learner's program met; all of it is released."""
    teacher, learner = world.actors["instructor"], world.actors["learner"]
    report_of_sandbox()
    policy = plain_policy(show_review=True, solutions=Solutions.AT_ONCE)
    settings = QuizSettings(review=policy)
    quiz = publish_quiz(actor=teacher, quiz=_quiz(world, "Program", settings, (PROGRAM,)))
    attempt = start_attempt(actor=learner, quiz=quiz)
    part = attempt.questions.get()
    save_answer(actor=learner, attempt=attempt, question=part, answer="print(input())", seq=1)
    submit_attempt(actor=learner, attempt=attempt)
    part.refresh_from_db()
    content = version_content(part.version)
    said = Outcome(Ended.ERROR, out="zqechoed", err="zqechoed", value="zqechoed", cpu_ms=1)
    record(part, part.version, [ran(test, said) for test in detail_of(content, Code).tests])


def _bank(world: World) -> None:
    teacher = world.actors["instructor"]
    unused = QuestionContent(
        kind=QuestionKind.TRUE_FALSE, stem="zqbankstem", truth=True, explanation="zqbankwhy"
    )
    row = create_question(actor=teacher, course=world.course, content=unused)
    fields = OutcomeFields(code="zqshelf", title="zqshelf")
    outcome = add_outcome(actor=teacher, course=world.course, fields=fields)
    place = add_category(actor=teacher, bank=row.bank, name="zqshelf")
    filing = Filing(category=place, tags=["zqshelf"], outcomes=[outcome])
    file_question(actor=teacher, question=row, filing=filing)
    draft = QuestionContent(kind=QuestionKind.TRUE_FALSE, stem="zqdraftstem", truth=True)
    _quiz(world, "Not yet", QuizSettings(), (draft,))


def _gradebook(world: World) -> None:
    teacher = world.actors["instructor"]
    fields = ItemFields(title="Interview", max_score=Decimal(300))
    item = create_manual_item(actor=teacher, course=world.course, fields=fields)
    for name, score in (("learner", "287.0131"), ("peer", "288")):
        set_cell(
            actor=teacher,
            item=item,
            learner=world.people[name],
            score=Decimal(score),
            reason="zqunposted",
        )
    word = StatusFields(name="zqunposted word", sign="zq")
    own = create_status(actor=teacher, course=world.course, fields=word)
    fields = ItemFields(title="Second interview", max_score=Decimal(300))
    item = create_manual_item(actor=teacher, course=world.course, fields=fields)
    for name in ("learner", "peer"):
        set_cell(actor=teacher, item=item, learner=world.people[name], score=None, status=own.key)


def _staff_only(world: World) -> None:
    kept = world.things["draft"]
    Draft.objects.filter(pk=kept.pk).update(content={**kept.content, "stem": "zqgenerated"})
    rows = ContentPiece.objects.filter(pk=world.things["piece"].pk)
    rows.update(markdown="zqpiecetext", title="zqpiecetext")
    SourceDocument.objects.update(markdown="zqsourcetext", title="zqsourcetext")
    Job.objects.filter(pk=world.things["instructor job"].pk).update(message="zqjobmessage")
