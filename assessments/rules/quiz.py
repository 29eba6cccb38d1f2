"""Who may do what with questions, quizzes, attempts and grades: predicates and their twins.

Everything follows the course. Assistants read all, add questions (they review drafts) and grade;
changing questions, quizzes and what learners see is for instructors. In preview a person counts
as a learner, sees published quizzes and nobody's attempts.
"""

from django.db.models import Q, QuerySet

from accounts.models import User
from assessments.enums import QuizState
from assessments.models import Accommodation, Attempt, Grade, Quiz
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import (
    LEARN_COURSE,
    MANAGE_COURSE,
    STAFF_COURSE,
    VIEW_LESSON,
    may_learn_course,
    may_manage_course,
    may_staff_course,
    may_view_lesson,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def _staffed(actor: Actor) -> QuerySet[Course, int]:
    return STAFF_COURSE.rows(actor).values_list("pk", flat=True)


def _managed(actor: Actor) -> QuerySet[Course, int]:
    return MANAGE_COURSE.rows(actor).values_list("pk", flat=True)


# Quizzes: learners see published ones in lessons they see; staff all; instructors change them.


def may_view_quiz(actor: Actor, quiz: Quiz) -> bool:
    if may_staff_course(actor, quiz.course):
        return may_view_lesson(actor, quiz.lesson)
    return quiz.state == QuizState.PUBLISHED and may_view_lesson(actor, quiz.lesson)


def view_quiz_rows(actor: Actor) -> QuerySet[Quiz]:
    seen = Q(state=QuizState.PUBLISHED) | Q(course__in=_staffed(actor))
    return Quiz.objects.filter(seen, lesson__in=VIEW_LESSON.rows(actor).values("pk"))


def may_edit_quiz(actor: Actor, quiz: Quiz) -> bool:
    return may_manage_course(actor, quiz.course)


def edit_quiz_rows(actor: Actor) -> QuerySet[Quiz]:
    return Quiz.objects.filter(course__in=_managed(actor))


def may_take_quiz(actor: Actor, quiz: Quiz) -> bool:
    return (
        quiz.state == QuizState.PUBLISHED
        and may_learn_course(actor, quiz.course)
        and may_view_lesson(actor, quiz.lesson)
    )


def take_quiz_rows(actor: Actor) -> QuerySet[Quiz]:
    return Quiz.objects.filter(
        state=QuizState.PUBLISHED,
        course__in=LEARN_COURSE.rows(actor).values("pk"),
        lesson__in=VIEW_LESSON.rows(actor).values("pk"),
    )


def may_see_results(actor: Actor, quiz: Quiz) -> bool:
    return may_staff_course(actor, quiz.course)


def see_results_rows(actor: Actor) -> QuerySet[Quiz]:
    return Quiz.objects.filter(course__in=_staffed(actor))


VIEW_QUIZ = Rule("assessments.quiz.view", may=may_view_quiz, rows=view_quiz_rows)
EDIT_QUIZ = Rule(
    "assessments.quiz.edit",
    may=may_edit_quiz,
    rows=edit_quiz_rows,
    writes=True,
    visible=VIEW_QUIZ,
)
TAKE_QUIZ = Rule(
    "assessments.quiz.take",
    may=may_take_quiz,
    rows=take_quiz_rows,
    writes=True,
    visible=VIEW_QUIZ,
)
SEE_RESULTS = Rule(
    "assessments.quiz.results", may=may_see_results, rows=see_results_rows, visible=VIEW_QUIZ
)


# Attempts: one's own, those of courses one staffs. Only the learner answers.


def may_view_attempt(actor: Actor, attempt: Attempt) -> bool:
    if actor.preview_course_id == attempt.course_id:
        return False
    return _own(actor, attempt.learner_id) or may_staff_course(actor, attempt.course)


def view_attempt_rows(actor: Actor) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(_mine(actor) | Q(course__in=_staffed(actor)))
    return rows.exclude(course_id=actor.preview_course_id) if actor.preview_course_id else rows


def may_view_own_attempt(actor: Actor, attempt: Attempt) -> bool:
    return actor.preview_course_id != attempt.course_id and _own(actor, attempt.learner_id)


def view_own_attempt_rows(actor: Actor) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(_mine(actor))
    return rows.exclude(course_id=actor.preview_course_id) if actor.preview_course_id else rows


def may_answer_attempt(actor: Actor, attempt: Attempt) -> bool:
    return _own(actor, attempt.learner_id) and may_learn_course(actor, attempt.course)


def answer_attempt_rows(actor: Actor) -> QuerySet[Attempt]:
    return Attempt.objects.filter(_mine(actor), course__in=LEARN_COURSE.rows(actor).values("pk"))


def may_grade_attempt(actor: Actor, attempt: Attempt) -> bool:
    return may_staff_course(actor, attempt.course)


def grade_attempt_rows(actor: Actor) -> QuerySet[Attempt]:
    return Attempt.objects.filter(course__in=_staffed(actor))


VIEW_ATTEMPT = Rule("assessments.attempt.view", may=may_view_attempt, rows=view_attempt_rows)
# Asked first where nearly everybody asks for their own: the database answers it from one index.
VIEW_OWN_ATTEMPT = Rule(
    "assessments.attempt.view_own", may=may_view_own_attempt, rows=view_own_attempt_rows
)
ANSWER_ATTEMPT = Rule(
    "assessments.attempt.answer",
    may=may_answer_attempt,
    rows=answer_attempt_rows,
    writes=True,
    visible=VIEW_ATTEMPT,
)
GRADE_ATTEMPT = Rule(
    "assessments.attempt.grade",
    may=may_grade_attempt,
    rows=grade_attempt_rows,
    writes=True,
    visible=VIEW_ATTEMPT,
)


# Grades: one's own once released (Z7), all of courses one staffs.


def may_view_grade(actor: Actor, grade: Grade) -> bool:
    if actor.preview_course_id == grade.item.course_id:
        return False
    own = _own(actor, grade.learner_id) and grade.released
    return own or may_staff_course(actor, grade.item.course)


def view_grade_rows(actor: Actor) -> QuerySet[Grade]:
    own = _mine(actor) & Q(released=True)
    rows = Grade.objects.filter(own | Q(item__course__in=_staffed(actor)))
    if actor.preview_course_id:
        rows = rows.exclude(item__course_id=actor.preview_course_id)
    return rows


VIEW_GRADE = Rule("assessments.grade.view", may=may_view_grade, rows=view_grade_rows)


# Extra time belongs to the person: instructors of a course where they learn give it, they see it.


def may_accommodate(actor: Actor, person: User) -> bool:
    if actor.user_id == person.pk:
        return False
    learning = _learning().filter(user=person).select_related("course")
    return any(may_manage_course(actor, row.course) for row in learning)


def accommodate_rows(actor: Actor) -> QuerySet[User]:
    taught = _learning().filter(course__in=_managed(actor)).values("user")
    people = User.objects.filter(pk__in=taught)
    return people if actor.user_id is None else people.exclude(pk=actor.user_id)


def may_view_accommodation(actor: Actor, row: Accommodation) -> bool:
    return _own(actor, row.person_id) or may_accommodate(actor, row.person)


def view_accommodation_rows(actor: Actor) -> QuerySet[Accommodation]:
    own = Q(pk__in=[]) if actor.user_id is None else Q(person_id=actor.user_id)
    return Accommodation.objects.filter(own | Q(person__in=accommodate_rows(actor)))


ACCOMMODATE = Rule(
    "assessments.accommodation.set", may=may_accommodate, rows=accommodate_rows, writes=True
)
VIEW_ACCOMMODATION = Rule(
    "assessments.accommodation.view", may=may_view_accommodation, rows=view_accommodation_rows
)


def _learning() -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(role=CourseRole.LEARNER, state=EnrolmentState.ACTIVE)


def _own(actor: Actor, learner_id: int) -> bool:
    return actor.user_id is not None and actor.user_id == learner_id


def _mine(actor: Actor) -> Q:
    return Q(pk__in=[]) if actor.user_id is None else Q(learner_id=actor.user_id)
