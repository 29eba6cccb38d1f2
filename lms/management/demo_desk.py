"""What lies on an instructor's desk.

Essays to mark, a file of questions that came, other dates for one learner, categories of the
gradebook, and plans that learners read for each other.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Final

from assessments.enums import Aggregate, GradeItemKind, PeerPhase, QuestionKind
from assessments.models import Assignment, GradeItem, Quiz
from assessments.scoring.content import QuestionContent
from assessments.scoring.dates import Change
from assessments.scoring.essay import Essay
from assessments.services.assignment import (
    AssignmentSettings,
    create_assignment,
    publish_assignment,
)
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import create_question
from assessments.services.cells import set_cell
from assessments.services.closing import submit_attempt
from assessments.services.grade_status import StatusFields, create_status
from assessments.services.gradebook import (
    CategoryFields,
    ItemFields,
    create_category,
    update_item,
)
from assessments.services.override import set_override
from assessments.services.peer import (
    PeerSettings,
    add_example,
    move_phase,
    set_up_peer_review,
    try_example,
    write_review,
)
from assessments.services.question_import import QuestionFile, import_questions
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from assessments.services.submission import (
    add_submission_file,
    open_submission,
    save_draft,
    submit,
)
from courses.enums import CourseRole, LessonKind
from courses.models import Course, Enrolment, Lesson
from courses.services.lesson import publish_lesson
from courses.services.outline import add_lesson
from courses.services.progress import open_lesson
from lms.kernel import clock
from lms.kernel.actors import for_user
from lms.management.demo_bank import put_bank_in_order
from lms.management.demo_cards import hand_out_cards
from lms.management.demo_practice import add_practice, practise
from lms.management.demo_timeline import Stage, run_waiting_jobs

SLUG: Final = "thinking-with-data"
OPENED: Final = timedelta(days=10)
STATUSES: Final = (
    StatusFields(name="Taken elsewhere", sign="te", colour="info", effect="left_out"),
    StatusFields(
        name="Incomplete", sign="inc", colour="warn", effect="percent", percent=Decimal(50)
    ),
)
EXPLAIN: Final = QuestionContent(
    kind=QuestionKind.ESSAY,
    stem="A friend says: *“Nine of ten people I asked like it, so nearly everybody does.”* "
    "Answer in a paragraph that your friend would read to the end.",
    points=Decimal(10),
    detail=Essay(),
)
FRIEND: Final = """Whom did you ask? If they are people who sat with you at lunch, they like what \
you like. Nine of ten tells me about your lunch table. Ask ten people from the phone book, and \
then nine of ten could still be anything from six of ten to nearly all, because ten is few."""
PARAGRAPHS: Final = (
    FRIEND,
    "Ten people is not everybody. You should ask more people and pick them by chance.",
    "I think your friend is right because 90 % is a lot.",
)
# GIFT as another system writes it; the last question's feedback on a number has no place here.
BROUGHT: Final = b"""// Warm-up questions, brought from last year's course.
::Middle one:: Which of these does one very large number change the least? {
  =The median
  ~The mean#A single large number pulls it up.
  ~The range#It is the largest minus the smallest.
}

::Widths:: A larger sample makes the interval around the mean narrower. {T}

::Dice:: What is the mean of the numbers on a fair six-sided die? {#3.5:0}

::Pairs:: Match each word to what it tells. {
  =mean -> where the numbers balance
  =median -> the one in the middle
  =spread -> how far apart they lie
}

::About this course:: This course was first taught with paper cards.
"""
ASKED: Final = """Plan a small study of your own in **half a page**.

- The question, and what an answer would look like.
- Whom or what you would count, and how you would choose them.
- One way in which it could fool you.

Then read two plans of others, and say what you would ask them before they start.
"""
EXAMPLE: Final = (
    "I want to know whether people sleep badly at full moon. I will ask my friends the morning "
    "after. It could fool me that they know why I ask."
)
TRAINS: Final = """Do trains that leave late also arrive late? I would write down twenty trains \
that I choose by dice, morning and evening. It could fool me that late trains are the full ones."""
EGGS: Final = """How heavy is a hen's egg? I would weigh the eggs of one month. They all come from \
the same farm, so I will know about that farm and no other."""
DOORS: Final = """Do people hold the door more often when it rains? I will stand at the library \
for an hour on four dry days and four wet ones. People may see me counting and hold it for that."""
MUSIC: Final = """Does music help with learning words? Twelve friends learn ten words with music \
and ten without, half of them the other way round. They may work harder in one of them."""
PLANS: Final = (TRAINS, EGGS, DOORS, MUSIC)
TASK: Final = ("reviewer", "submission", "peer_review__assignment")
READING: Final = (
    "How will you choose the four wet days? If you wait for heavy rain, you compare storms with "
    "sunshine and miss what drizzle does."
)


def lay_out_desk(stage: Stage, now: datetime) -> None:
    """Everything of this file, in the first course."""
    course = Course.objects.get(slug=SLUG)
    with clock.travel(now - OPENED):
        quiz = _written_quiz(stage, course)
        plans = _plans(stage, course, now)
        _bring_questions(stage, course)
        put_bank_in_order(stage, course)
        lesson = _add(stage, course, "Mixed practice", LessonKind.QUIZ, 10)
        practice = add_practice(stage, course, lesson)
        hand_out_cards(stage, course)
    _answer(course, quiz, now)
    practise(practice, _learners(course), now)
    _give_time(stage, course, quiz, now)
    _read_each_other(stage, course, plans, now)
    _categories(stage, course)
    _statuses(stage, course)
    run_waiting_jobs()


def _add(stage: Stage, course: Course, title: str, kind: LessonKind, minutes: int) -> Lesson:
    section = course.sections.filter(deleted_at=None).order_by("-ordinal")[0]
    teacher = stage.actor("instructor@example.com")
    return add_lesson(actor=teacher, section=section, title=title, kind=kind, minutes=minutes)


def _written_quiz(stage: Stage, course: Course) -> Quiz:
    teacher = stage.actor("instructor@example.com")
    lesson = _add(stage, course, "Say it to a friend", LessonKind.QUIZ, 15)
    settings = QuizSettings(
        instructions="One paragraph. A person reads it; you see the mark when they have.",
        attempts_allowed=1,
    )
    quiz = create_quiz(actor=teacher, lesson=lesson, settings=settings)
    question = create_question(actor=teacher, course=course, content=EXPLAIN)
    add_item(actor=teacher, quiz=quiz, question=question)
    quiz = publish_quiz(actor=teacher, quiz=Quiz.objects.get(pk=quiz.pk))
    publish_lesson(actor=teacher, lesson=lesson)
    return Quiz.objects.select_related("course", "lesson").get(pk=quiz.pk)


def _answer(course: Course, quiz: Quiz, now: datetime) -> None:
    """Three learners wrote their paragraph and wait."""
    for place, (row, words) in enumerate(zip(_learners(course), PARAGRAPHS, strict=False)):
        actor = for_user(row.user)
        with clock.travel(now - timedelta(hours=9 + 11 * place)):
            attempt = start_attempt(actor=actor, quiz=quiz)
            part = attempt.questions.get()
            save_answer(actor=actor, attempt=attempt, question=part, answer=words, seq=1)
            submit_attempt(actor=actor, attempt=attempt)


def _give_time(stage: Stage, course: Course, quiz: Quiz, now: datetime) -> None:
    """Somebody was ill and may write until next week."""
    row = _learners(course)[len(PARAGRAPHS)]
    change = Change(due_at=now + timedelta(days=7))
    set_override(
        actor=stage.actor("instructor@example.com"), work=quiz, change=change, person=row.user
    )


def _bring_questions(stage: Stage, course: Course) -> None:
    import_questions(
        actor=stage.actor("instructor@example.com"),
        bank=course.question_bank,
        file=QuestionFile(BROUGHT, "warm-up.gift.txt"),
    )


def _plans(stage: Stage, course: Course, now: datetime) -> Assignment:
    teacher = stage.actor("instructor@example.com")
    lesson = _add(stage, course, "A plan, read by others", LessonKind.ASSIGNMENT, 40)
    settings = AssignmentSettings(
        instructions=ASKED, points=Decimal(20), due_at=now - timedelta(days=2), takes_files=True
    )
    row = create_assignment(actor=teacher, lesson=lesson, settings=settings)
    row = publish_assignment(actor=teacher, assignment=row)
    publish_lesson(actor=teacher, lesson=lesson)
    review = set_up_peer_review(
        actor=teacher,
        assignment=row,
        settings=PeerSettings(each=2, least=1, due_at=now + timedelta(days=5)),
    )
    add_example(actor=teacher, review=review, text=EXAMPLE, score=Decimal(11))
    move_phase(actor=teacher, review=review, to=PeerPhase.SUBMISSION)
    return row


def _read_each_other(stage: Stage, course: Course, row: Assignment, now: datetime) -> None:
    """Five plans, one of them the demo student's; they are given out and one review is written."""
    teacher = stage.actor("instructor@example.com")
    people = [stage.people["student@example.com"]]
    people += [one.user for one in _learners(course)[: len(PLANS) - 1]]
    for place, (person, words) in enumerate(zip(people, PLANS, strict=True)):
        actor = for_user(person)
        with clock.travel(now - timedelta(days=3, hours=place)):
            mine = open_submission(actor=actor, assignment=row)
            save_draft(actor=actor, submission=mine, text=words, seq=1)
            mine.refresh_from_db()
            sheet = BytesIO(b"counted,minutes late\n1,4\n2,0\n3,11\n")
            add_submission_file(actor=actor, submission=mine, name="trial-run.csv", content=sheet)
            submit(actor=actor, submission=mine, number=1)
    # The student goes on where they were, in the middle of a lesson.
    with clock.travel(now - timedelta(days=1)):
        lesson = stage.lessons[SLUG, "08-testing-by-shuffling"]
        open_lesson(actor=stage.actor("student@example.com"), lesson=lesson)
    with clock.travel(now - timedelta(days=1)):
        review = row.peer_review
        move_phase(actor=teacher, review=review, to=PeerPhase.ALLOCATION)
        move_phase(actor=teacher, review=review, to=PeerPhase.REVIEW)
        task = review.tasks.exclude(reviewer=people[0]).order_by("pk").select_related(*TASK)[0]
        actor = for_user(task.reviewer)
        try_example(actor=actor, example=review.examples.get(), score=Decimal(12))
        write_review(actor=actor, task=task, picks={}, score=Decimal(16), feedback=READING)


def _categories(stage: Stage, course: Course) -> None:
    teacher = stage.actor("instructor@example.com")
    fields = (
        (GradeItemKind.QUIZ, CategoryFields(name="Quizzes", rule=Aggregate.MEAN, drop_lowest=1)),
        (GradeItemKind.ASSIGNMENT, CategoryFields(name="Written work")),
    )
    for kind, wanted in fields:
        category = create_category(actor=teacher, course=course, fields=wanted)
        for item in GradeItem.objects.filter(course=course, kind=kind).select_related("course"):
            update_item(actor=teacher, item=item, fields=ItemFields(category=category))


def _learners(course: Course) -> list[Enrolment]:
    """Invented learners who came furthest, the fourth and on: the first have other work."""
    rows = Enrolment.objects.filter(course=course, role=CourseRole.LEARNER, state="active")
    rows = rows.select_related("user").order_by("-completed_lessons", "pk")
    return [row for row in rows if "." in row.user.email.partition("@")[0]][3:]


def _statuses(stage: Stage, course: Course) -> None:
    """Two statuses of the course's own, one of them given to a quiz that was sat away from home."""
    teacher = stage.actor("instructor@example.com")
    first, _second = (
        create_status(actor=teacher, course=course, fields=fields) for fields in STATUSES
    )
    item = GradeItem.objects.filter(course=course, quiz__isnull=False).order_by("pk")[0]
    grade = item.grades.select_related("learner").order_by("learner_id").last()
    if grade is not None:
        set_cell(
            actor=teacher,
            item=item,
            learner=grade.learner,
            score=grade.score,
            status=first.key,
            reason="Sat it at another school; we have seen the result.",
        )
