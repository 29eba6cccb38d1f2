"""The loaded demo: who is there, what they did, and that every page has something to show."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum
from django.test import override_settings

from accounts.models import User
from accounts.services.sign_in import check_credentials
from analytics.models import CourseWeek, LearnerFeature, PatternRun
from analytics.queries.overview import course_overview
from analytics.services.help import flagged
from analytics.services.recommend import recommendations
from assessments.enums import AttemptState, PeerPhase
from assessments.gateway.sandbox import check
from assessments.models import (
    Attempt,
    AttemptQuestion,
    AttemptStep,
    DateOverride,
    Grade,
    GradeChange,
    GradeItem,
    Outcome,
    PeerReview,
    QuestionBank,
    QuestionImport,
    Quiz,
    Submission,
)
from courses.enums import CourseRole
from courses.models import Course, Enrolment, Lesson, LessonProgress
from courses.queries.contents import contents_of
from lms.kernel.actors import Actor, for_user
from lms.kernel.models import EventDelivery, EventRecord, Job
from lms.management.demo_loading import DEMO_PASSWORD
from realtime.models import Announcement, ForumThread, Message, Notification
from realtime.queries.announcements import latest_for
from realtime.queries.notifications import unread_count

HAS_CODE = not check()
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_demo_time")]

LOGINS = [
    "admin@example.com",
    "instructor@example.com",
    "instructor2@example.com",
    "assistant@example.com",
    "analyst@example.com",
    "student@example.com",
    "student2@example.com",
]


def actor(email: str) -> Actor:
    return for_user(User.objects.get(email=email))


def course(slug: str = "thinking-with-data") -> Course:
    return Course.objects.get(slug=slug)


def test_command_tells_what_it_loaded(demo: str) -> None:
    assert "Loaded 47 people, 2 courses" in demo


def test_learners_sit_in_groups() -> None:
    sizes = [group.memberships.count() for group in course().learner_groups.all()]
    learners = course().learner_count
    assert len(sizes) == 4
    assert sum(sizes) == learners
    assert max(sizes) - min(sizes) <= 1


def test_second_time_does_nothing() -> None:
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert said.getvalue() == "There are courses already; the demo stays out.\n"
    assert Course.objects.count() == 2


def test_force_does_not_load_the_same_people_twice() -> None:
    with pytest.raises(CommandError, match="loaded once"):
        call_command("load_demo", force=True)


def test_production_refuses() -> None:  # O5
    with override_settings(PRODUCTION=True), pytest.raises(CommandError, match="trials"):
        call_command("load_demo")


@pytest.mark.parametrize("email", LOGINS)
def test_login_works_with_the_printed_password(email: str) -> None:
    person = check_credentials(email=email, password=DEMO_PASSWORD, address="127.0.0.1")
    assert person.email == email


def test_invented_learners_cannot_sign_in() -> None:
    invented = User.objects.exclude(email__in=LOGINS)
    assert invented.count() == 40
    assert not any(person.has_usable_password() for person in invented)


def test_courses_have_the_members_that_the_design_names() -> None:
    roles = course().enrolments.exclude(role=CourseRole.LEARNER)
    assert dict(roles.values_list("user__email", "role")) == {
        "instructor@example.com": CourseRole.INSTRUCTOR,
        "assistant@example.com": CourseRole.ASSISTANT,
    }
    second = course("how-bridges-stand-up").enrolments.all()
    assert dict(second.values_list("user__email", "role")) == {
        "instructor2@example.com": CourseRole.INSTRUCTOR,
        "student2@example.com": CourseRole.LEARNER,
    }
    assert [course().learner_count, course("how-bridges-stand-up").learner_count] == [42, 1]
    assert [course().lesson_count, course("how-bridges-stand-up").lesson_count] == [20, 5]


def test_every_lesson_is_published_and_every_quiz_asks_its_questions() -> None:
    assert Lesson.objects.filter(published=True).count() == 25
    counts = Quiz.objects.order_by("pk").values_list("item_count", flat=True)
    assert list(counts) == [7, 7, 7, 8, 7, 1, 4 + HAS_CODE]
    # The 29 of four quizzes, an essay, four of a file, one that was generated and accepted, and a
    # program where the sandbox holds.
    banks = QuestionBank.objects.exclude(course=None).order_by("pk")
    assert list(banks.values_list("question_count", flat=True)) == [35 + HAS_CODE, 7]


def test_attempts_are_closed_logged_and_scored() -> None:
    attempts = Attempt.objects.exclude(state=AttemptState.SUBMITTED)
    assert attempts.count() >= 120
    assert set(attempts.values_list("state", flat=True)) == {AttemptState.RELEASED}
    assert not attempts.filter(closed_by_clock=True).exists()
    for attempt in attempts.annotate(total=Sum("questions__score")):
        assert attempt.total == attempt.score
    # One step for the start, one per answer and score, one for handing in.
    assert not attempts.annotate(n=Count("steps")).filter(n__lt=F("quiz__item_count") + 2).exists()
    assert AttemptStep.objects.filter(at__lt=F("attempt__started_at")).count() == 0


def test_grades_are_the_best_attempts() -> None:  # D6
    for grade in Grade.objects.filter(item__quiz__isnull=False).select_related("item"):
        scores = Attempt.objects.filter(
            quiz=grade.item.quiz_id, learner=grade.learner_id
        ).values_list("score", flat=True)
        assert grade.score == max(score for score in scores if score is not None)
    assert GradeChange.objects.count() >= Grade.objects.count() > 90


def test_counters_agree_with_the_rows() -> None:  # D6
    for enrolment in Enrolment.objects.filter(role=CourseRole.LEARNER):
        rows = LessonProgress.objects.filter(enrolment=enrolment)
        assert enrolment.seconds == (rows.aggregate(total=Sum("seconds"))["total"] or 0)
        assert enrolment.completed_lessons == rows.filter(state="completed").count()


def test_figures_agree_with_the_enrolments() -> None:
    for feature in LearnerFeature.objects.filter(course=course()):
        enrolment = Enrolment.objects.get(course=feature.course_id, user=feature.user_id)
        assert feature.seconds == enrolment.seconds


def test_twelve_weeks_have_activity_and_nothing_is_in_the_future(demo: str) -> None:
    from lms.kernel import clock

    assert CourseWeek.objects.filter(course=course(), people__gt=0).count() >= 12
    assert not EventRecord.objects.filter(occurred_at__gt=clock.now()).exists()
    assert not EventDelivery.objects.exclude(state="done").exists()
    assert set(Job.objects.values_list("state", flat=True)) == {"succeeded"}


def test_patterns_are_chosen_and_time_goes_with_performance() -> None:
    run = PatternRun.objects.get()
    assert run.chosen
    assert run.k == len(run.clusters)
    assert min(cluster["size"] for cluster in run.clusters) >= 5
    assert len({cluster["name"] for cluster in run.clusters}) == run.k
    assert run.correlation is not None
    assert 0.5 <= run.correlation <= 0.7
    assert run.p_value is not None
    assert run.p_value < 0.001


def test_some_learners_need_help_and_most_do_not() -> None:
    found = flagged(actor=actor("instructor@example.com"), courses=[course()])
    assert 4 <= len(found) <= 16
    contacted = [entry for _course, entry in found if entry.contact is not None]
    assert len(contacted) == 2


def test_student_can_continue_in_the_middle_of_a_lesson() -> None:
    mine = Enrolment.objects.select_related("resume_lesson").get(user__email="student@example.com")
    assert mine.resume_lesson is not None
    assert mine.resume_lesson.title == "Testing a claim by shuffling"
    assert mine.completed_lessons == 10
    assert mine.completion == pytest.approx(10 / 20)


def test_student_has_quizzes_left_and_news_to_read() -> None:
    student = actor("student@example.com")
    taken = Attempt.objects.filter(learner=student.user_id).values("quiz")
    assert Quiz.objects.filter(course=course()).exclude(pk__in=taken).count() == 4
    assert unread_count(student) == 2
    assert [item.title for item in latest_for(student, limit=1)] == ["Before you close the course"]


def test_every_item_is_shown_to_the_student() -> None:
    shown = contents_of(actor("student@example.com"), course())
    assert [len(part.items) for part in shown.parts] == [4, 4, 4, 8]
    assert shown.done == 10
    assert all(item.is_open for item in shown.items)


def test_overview_has_weeks_a_funnel_and_scores() -> None:
    shown = course_overview(actor("instructor@example.com"), course())
    assert shown.weeks
    assert shown.funnel
    assert shown.quizzes


def test_second_course_is_recommended_to_the_student() -> None:
    offered = recommendations(actor=actor("student@example.com"))
    assert [item.course.slug for item in offered] == ["how-bridges-stand-up"]


def test_people_talk_and_are_told() -> None:
    assert Message.objects.filter(room__course=course()).count() >= 50
    assert Message.objects.filter(room__course=course("how-bridges-stand-up")).count() == 5
    assert Announcement.objects.count() == 6
    assert not Notification.objects.filter(mail=True).exists()
    assert Notification.objects.filter(kind="announcement", read_at=None).exists()


def test_the_forum_has_threads_of_every_kind_and_one_is_solved() -> None:
    threads = ForumThread.objects.filter(course=course())
    assert threads.count() == 6
    assert [row.title for row in threads.filter(solved_post__isnull=False)] == [
        "Why divide by n less one, and not by n?"
    ]
    assert threads.filter(anonymous=1).count() == 1
    assert threads.filter(group_only=True).count() == 1
    assert threads.filter(task__item__category__name="Written work").count() == 1


def test_quiz_scores_spread(demo: str) -> None:
    shares = [
        score / full
        for score, full in Grade.objects.values_list("score", "max_score")
        if score is not None and full > Decimal(0)
    ]
    assert min(shares) < Decimal("0.5")
    assert max(shares) == 1


def test_an_assignment_was_handed_in_and_one_work_returned() -> None:
    log = Submission.objects.filter(assignment__lesson__title="A week of counting")
    states = log.order_by("state").values_list("state", flat=True)
    assert list(states) == ["returned", "submitted", "submitted"]
    returned = Outcome.objects.get(released=True)
    assert returned.words == "Rubric: 30 of 30, which makes 30 of 30."
    assert Grade.objects.get(item__assignment__course=course(), released=True).score == 30


def test_essays_wait_to_be_marked_and_one_learner_has_other_dates() -> None:
    waiting = Attempt.objects.filter(state=AttemptState.SUBMITTED)
    assert {row.quiz.lesson.title for row in waiting} == {"Say it to a friend"}
    assert waiting.count() == 3
    other = DateOverride.objects.get(quiz__isnull=False)
    assert other.quiz == waiting[0].quiz
    later = DateOverride.objects.filter(assignment__isnull=False)
    assert list(later.values_list("person__email", "assignment__lesson__title")) == [
        ("student2@example.com", "A week of counting")
    ]


def test_learners_read_plans_of_each_other() -> None:
    review = PeerReview.objects.get()
    assert review.phase == PeerPhase.REVIEW
    assert review.tasks.count() == 2 * 4
    assert review.tasks.filter(reviewer__email="student@example.com", done_at=None).count() == 2
    assert review.tasks.exclude(done_at=None).count() == 1


def test_a_file_of_questions_came_with_a_report() -> None:
    brought = QuestionImport.objects.get()
    assert [brought.question_count, brought.left_count] == [4, 1]


def test_the_gradebook_has_categories_and_every_column_is_in_one() -> None:
    items = GradeItem.objects.filter(course=course())
    names = set(items.values_list("category__name", flat=True))
    assert names == {"Quizzes", "Written work"}


def test_the_bank_is_filed_and_every_question_of_a_quiz_has_a_category() -> None:
    bank = QuestionBank.objects.get(course__slug="thinking-with-data")
    asked = bank.questions.filter(use_count__gt=0)
    assert not asked.filter(category=None).exists()
    assert not asked.filter(outcomes=None).exists()
    assert set(bank.tags.values_list("name", flat=True)) == {"warm-up", "exam", "spare"}
    assert bank.questions.filter(state="draft").count() == 1


def test_a_practice_quiz_draws_by_tag_outcome_and_lent_bank_in_sections() -> None:
    quiz = Quiz.objects.get(lesson__title="Mixed practice")
    sections = quiz.sections.order_by("ordinal")
    names = ["Warm up", "Think twice", *["Write it down"] * HAS_CODE]
    assert list(sections.values_list("title", flat=True)) == names
    assert not sections.filter(introduction="").exists()
    draws = [one.narrow for one in quiz.draws.order_by("ordinal")]
    assert [sorted(narrow) for narrow in draws] == [["tags"], ["kinds", "outcomes"], ["banks"]]
    lent = QuestionBank.objects.get(public_id=draws[2]["banks"][0])
    assert [lent.owner.email if lent.owner else "", lent.question_count] == [
        "instructor@example.com",
        3,
    ]
    attempts = Attempt.objects.filter(quiz=quiz)
    assert attempts.count() == 4
    assert {one.questions.count() for one in attempts} == {4 + HAS_CODE}
    verdicts = set(attempts.values_list("questions__verdict", flat=True))
    assert verdicts >= {"correct", "unanswered"}


@pytest.mark.skipif(not HAS_CODE, reason="no sandbox on this machine")
def test_programs_of_learners_were_run_by_their_job() -> None:
    parts = AttemptQuestion.objects.filter(version__question__kind="code")
    assert sorted(parts.values_list("verdict", flat=True)) == ["correct"] * 2 + ["partial"] * 2
