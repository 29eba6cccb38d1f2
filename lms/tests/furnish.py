"""Furnish the small world with something of every kind that a rule or a door speaks of."""

import uuid
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from accounts.services.tokens import issue_token
from ai.models import AiCall, CallText, Draft, Faq
from ai.services.exchanges import send_on
from ai.services.tutor import ask_tutor
from assessments.enums import QuestionKind
from assessments.models import Attempt
from assessments.scoring.content import Option, QuestionContent
from assessments.scoring.dates import Change
from assessments.scoring.essay import Essay
from assessments.scoring.file_upload import Uploads
from assessments.services.accommodation import set_accommodation
from assessments.services.answer_file import add_answer_file
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import create_question
from assessments.services.cells import set_cell
from assessments.services.closing import submit_attempt
from assessments.services.curve import CurveWish, apply_curve
from assessments.services.grade_status import StatusFields, create_status
from assessments.services.gradebook import (
    CategoryFields,
    ItemFields,
    create_category,
    create_manual_item,
)
from assessments.services.override import set_override
from assessments.services.question_import import QuestionFile, import_questions
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from courses.enums import LessonKind
from courses.models import Attachment, Invitation, Lesson
from courses.services.group import create_group
from courses.services.invitation import Invitee, invite_people
from courses.services.lesson import save_draft
from lms.kernel import actors
from lms.kernel.models import Job
from lms.tests.furnish_assignments import furnish_assignments
from lms.tests.furnish_bank import furnish_bank
from lms.tests.furnish_calendar import furnish_calendar
from lms.tests.furnish_content import furnish_content
from lms.tests.furnish_direct import furnish_direct
from lms.tests.furnish_forum import furnish_forum
from lms.tests.furnish_mastery import furnish_mastery
from lms.tests.furnish_reports import furnish_reports
from lms.tests.furnish_structure import furnish_structure
from lms.tests.furnish_warning import furnish_warning
from lms.tests.world import World
from realtime.enums import NotificationKind
from realtime.models import Notification, PushSubscription
from realtime.services.announcements import announce
from realtime.services.chat import send_message

QUESTION = QuestionContent(
    kind=QuestionKind.SINGLE_CHOICE,
    stem="Which stone is volcanic?",
    options=(Option(text="Basalt", correct=True), Option(text="Chalk"), Option(text="Slate")),
)
ESSAY = QuestionContent(kind=QuestionKind.ESSAY, stem="Why do people build cairns?", detail=Essay())

UPLOAD = QuestionContent(
    kind=QuestionKind.FILE_UPLOAD, stem="Hand in your notes.", detail=Uploads(notes="zqnotes")
)


def furnish(world: World) -> None:
    """Add jobs, files, questions, attempts, grades, messages, notifications, drafts, tokens."""
    for name in ("learner", "instructor"):
        actor = actors.for_user(world.people[name])
        world.things[f"{name} job"] = Job.objects.create(
            kind="ai.generate_questions",
            actor_kind="user",
            created_by_id=actor.user_id,
            course_id=world.course.pk,
            params={"count": 3},
        )
        world.things[f"{name} token"] = issue_token(
            actor=actor,
            person=world.people[name],
            name="furniture",
            scopes=frozenset({"read"}),
            days=1,
        ).token
    save_draft(
        actor=world.actors["instructor"],
        lesson=world.lessons["published live"],
        markdown="Stones stand by their own weight.",
    )
    _assessments(world)
    furnish_bank(world)
    furnish_assignments(world)
    _gradebook(world)
    _files_and_invitations(world)
    _talk(world)
    furnish_forum(world)
    furnish_direct(world)
    _generated(world)
    furnish_content(world)
    _tutored(world)
    furnish_warning(world)
    furnish_reports(world)
    furnish_mastery(world)
    furnish_calendar(world)


def _assessments(world: World) -> None:
    teacher = world.actors["instructor"]
    question = create_question(actor=teacher, course=world.course, content=QUESTION)
    settings = QuizSettings(attempts_allowed=None)
    quiz = create_quiz(actor=teacher, lesson=world.lessons["published quiz"], settings=settings)
    item = add_item(actor=teacher, quiz=quiz, question=question, points=Decimal(2))
    quiz.refresh_from_db()
    quiz = publish_quiz(actor=teacher, quiz=quiz)
    spare = create_question(actor=teacher, course=world.course, content=QUESTION)
    world.things["import"] = import_questions(
        actor=teacher, bank=question.bank, file=QuestionFile(b"A cairn is a pile. {T}", "a.txt")
    )
    world.things |= {"question": question, "spare question": spare, "quiz": quiz, "item": item}
    done = _take(world, "learner", submit=True)
    world.things["submitted attempt"] = done
    world.things["open attempt"] = _take(world, "learner2", submit=False)
    world.things["attempt"] = _take(world, "learner", submit=False)
    change = Change(attempts_allowed=9)
    world.things["override"] = set_override(
        actor=teacher, work=quiz, change=change, person=world.people["learner2"]
    )
    set_accommodation(actor=teacher, person=world.people["learner"], time_factor=Decimal("1.5"))
    _written(world)
    _uploaded(world)
    furnish_structure(world, QUESTION)
    foreign = world.actors["other instructor"]
    create_question(actor=foreign, course=world.courses["foreign"], content=QUESTION)


def _gradebook(world: World) -> None:
    """A column of the quiz, one by hand that is empty, one by hand under a curve, a category."""
    teacher, learner = world.actors["instructor"], world.people["learner"]
    talk, essay = (
        create_manual_item(
            actor=teacher,
            course=world.course,
            fields=ItemFields(title=title, max_score=Decimal(10)),
        )
        for title in ("Talk", "Essay")
    )
    set_cell(actor=teacher, item=essay, learner=learner, score=Decimal(4))
    apply_curve(actor=teacher, item=essay, wish=CurveWish("flat", points=Decimal(1)))
    fields = StatusFields(name="Incomplete", sign="inc")
    status = create_status(actor=teacher, course=world.course, fields=fields)
    world.things |= {
        "status": SimpleNamespace(public_id=status.key),
        "quiz column": world.things["quiz"].grade_item,
        "talk column": talk,
        "curved column": essay,
        "category": create_category(
            actor=teacher, course=world.course, fields=CategoryFields(name="Quizzes")
        ),
    }


def _written(world: World) -> None:
    """A quiz with an essay, and the learner's attempt that waits for marking."""
    teacher, section = world.actors["instructor"], world.lessons["published quiz"].section
    lesson = Lesson.objects.create(
        course=world.course,
        section=section,
        title="written lesson",
        ordinal=50,
        kind=LessonKind.QUIZ,
        published=True,
    )
    essay = create_question(actor=teacher, course=world.course, content=ESSAY)
    quiz = create_quiz(actor=teacher, lesson=lesson, settings=QuizSettings())
    add_item(actor=teacher, quiz=quiz, question=essay)
    quiz.refresh_from_db()
    quiz = publish_quiz(actor=teacher, quiz=quiz)
    learner = world.actors["learner"]
    attempt = start_attempt(actor=learner, quiz=quiz)
    part = attempt.questions.get()
    save_answer(actor=learner, attempt=attempt, question=part, answer="They mark ways.", seq=1)
    waiting = submit_attempt(actor=learner, attempt=attempt)
    part.refresh_from_db()
    world.things |= {
        "written quiz": quiz,
        "waiting attempt": waiting,
        "essay answer": part,
    }


def _uploaded(world: World) -> None:
    """A quiz that asks for a file, and the learner's open attempt with one."""
    teacher, learner = world.actors["instructor"], world.actors["learner"]
    lesson = Lesson.objects.create(
        course=world.course,
        section=world.lessons["published quiz"].section,
        title="upload lesson",
        ordinal=51,
        kind=LessonKind.QUIZ,
        published=True,
    )
    question = create_question(actor=teacher, course=world.course, content=UPLOAD)
    quiz = create_quiz(actor=teacher, lesson=lesson, settings=QuizSettings())
    add_item(actor=teacher, quiz=quiz, question=question)
    quiz.refresh_from_db()
    quiz = publish_quiz(actor=teacher, quiz=quiz)
    attempt = start_attempt(actor=learner, quiz=quiz)
    part = attempt.questions.get()
    file = add_answer_file(
        actor=learner,
        attempt=attempt,
        question=part,
        name="notes.txt",
        content=BytesIO(b"A cairn on the ridge."),
    )
    answer = {"files": [{"id": file.public_id}]}
    save_answer(actor=learner, attempt=attempt, question=part, answer=answer, seq=1)
    part.refresh_from_db()
    world.things |= {"upload attempt": attempt, "upload answer": part, "answer file": file}


def _take(world: World, name: str, *, submit: bool) -> Attempt:
    actor = world.actors[name]
    attempt = start_attempt(actor=actor, quiz=world.things["quiz"])
    part = attempt.questions.get()
    save_answer(actor=actor, attempt=attempt, question=part, answer=part.option_order[0], seq=1)
    world.things["attempt question"] = part
    return submit_attempt(actor=actor, attempt=attempt) if submit else attempt


def _files_and_invitations(world: World) -> None:
    for state in ("published", "draft"):
        course = world.courses[state]
        for lesson in ("live", "hidden", "free"):
            world.things[f"{state} {lesson} file"] = Attachment.objects.create(
                course=course,
                lesson=world.lessons[f"{state} {lesson}"],
                file=ContentFile(b"%PDF-1.4", name="stone.pdf"),
                name="stone.pdf",
                content_type="application/pdf",
                size=8,
                uploaded_by=world.people["instructor"],
            )
    teacher = world.actors["instructor"]
    invite_people(
        actor=teacher,
        course=world.course,
        people=[Invitee(email="new@example.com"), Invitee(email="outsider@example.com")],
    )
    world.things["group"] = create_group(
        actor=teacher, course=world.course, name="First row", learners=[world.people["learner"]]
    )
    create_group(actor=teacher, course=world.courses["draft"], name="First row")
    world.things["invitation"] = Invitation.objects.get(email="new@example.com")


def _tutored(world: World) -> None:
    """A conversation of the learner with one question passed on, and an answer for everybody."""
    course, learner = world.course, world.actors["learner"]
    done = ask_tutor(actor=learner, course=course, message="When may I ask?")
    assert done.exchange is not None
    world.things["conversation"] = done.conversation
    exchange = send_on(actor=learner, exchange=done.exchange)
    world.things["exchange"] = exchange
    kept = ask_tutor(actor=learner, course=course, message="What do I keep for myself?")
    world.things["kept exchange"] = kept.exchange
    world.things["faq"] = Faq.objects.create(
        course=course, question="When is the exam?", answer="In June."
    )


def _generated(world: World) -> None:
    for name, course in (("draft", world.course), ("loose draft", None)):
        world.things[name] = Draft.objects.create(
            ordinal=1,
            course=course,
            kind=QuestionKind.TRUE_FALSE,
            difficulty="easy",
            content={
                "stem": "Stones stand by their weight.",
                "answer": "true",
                "options": [],
                "accepted": [],
                "tolerance": "0",
                "unit": "",
                "explanation": "",
            },
            evidence=["Stones stand by their weight."],
            source={"title": "Stones", "version": 1, "sha256": "0", "passage": "", "blocks": []},
            provider="extractive",
            model="rules",
            prompt_version="extractive-2",
            created_by=world.people["instructor"],
        )
        call = AiCall.objects.create(
            actor_kind="user",
            person=world.people["instructor"],
            course=course,
            purpose="questions",
            provider="extractive",
            model="rules",
            outcome="answered",
        )
    world.things["learner text"] = CallText.objects.create(
        call=call, person=world.people["learner"], sent="Stones.", answer="They stand."
    )


def _talk(world: World) -> None:
    for name in ("learner", "instructor"):
        sent = send_message(
            actor=world.actors[name], course=world.course, client_id=uuid.uuid4(), body="Hello"
        )
        # A walk through all doors may take longer than the minutes in which one may edit.
        sent.message.created_at += timedelta(hours=2)
        sent.message.save(update_fields=["created_at"])
        world.things[f"{name} message"] = sent.message
    asked = send_message(
        actor=world.actors["learner"],
        course=world.course,
        client_id=uuid.uuid4(),
        body="@tutor When may I ask here?",
    )
    world.things["room question"] = asked.message
    world.things["announcement"] = announce(
        actor=world.actors["instructor"], course=world.course, title="News", body="A stone."
    )
    world.things["learner browser"] = PushSubscription.objects.create(
        user=world.people["learner"], endpoint="https://fcm.googleapis.com/furniture"
    )
    for name in ("learner", "instructor"):
        world.things[f"{name} notification"] = Notification.objects.create(
            user=world.people[name],
            kind=NotificationKind.ENROLLED,
            course=world.course,
            key=f"furniture-{name}",
        )


def fields(world: World, **names: str) -> dict[str, Any]:
    """Public ids of things by the names of an address's braces."""
    return {brace: world.things[name].public_id for brace, name in names.items()}
