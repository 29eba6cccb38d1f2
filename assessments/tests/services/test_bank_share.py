import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from accounts.enums import SiteRole
from accounts.services.privacy import erase_person, export_person
from assessments.enums import QuestionKind, ShareLevel
from assessments.models import BankShare, Question, QuestionBank, QuizItem
from assessments.queries.bank import (
    QuestionFilter,
    banks,
    banks_of_course,
    course_questions,
    question,
    questions,
    usage,
)
from assessments.queries.quiz import asked_question
from assessments.rules import VIEW_BANK
from assessments.rules.bank import _is_lent, _staffed
from assessments.services.attempt import start_attempt
from assessments.services.bank import add_question, duplicate_question, revise_question
from assessments.services.bank_share import (
    end_share,
    open_own_bank,
    share_with_course,
    share_with_person,
)
from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.quiz_items import add_item
from assessments.tests.factories import (
    CONTENTS,
    School,
    make_course,
    make_question,
    make_quiz,
    make_school,
)
from courses.enums import CourseRole
from courses.models import Enrolment
from lms.kernel.actors import Actor, for_user
from lms.kernel.errors import Denied, Invalid, NotFound
from lms.kernel.testing import count_queries, events_of

pytestmark = pytest.mark.django_db
SINGLE, HOTSPOT = CONTENTS[QuestionKind.SINGLE_CHOICE], CONTENTS[QuestionKind.HOTSPOT]
READ, WRITE = ShareLevel.READ, ShareLevel.WRITE


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def other() -> School:
    return make_school()


@pytest.fixture
def teacher(school: School) -> Actor:
    return school.actor("instructor")


@pytest.fixture
def mine(teacher: Actor) -> Question:
    """A question of the teacher's own bank."""
    return add_question(actor=teacher, bank=open_own_bank(actor=teacher), content=SINGLE)


def texts(actor: Actor) -> int:
    return questions(actor, QuestionFilter()).count()


def test_an_own_bank_is_one_and_only_for_its_owner(school: School, mine: Question) -> None:  # Z2
    teacher = school.actor("instructor")
    assert open_own_bank(actor=teacher) == mine.bank
    assert [one.course for one in banks(teacher)] == [None]
    assert texts(teacher) == 1
    for who in ("assistant", "learner", "other_instructor", "outsider"):
        assert texts(school.actor(who)) == 0
        with pytest.raises(NotFound):
            add_question(actor=school.actor(who), bank=mine.bank, content=SINGLE)
    assert texts(school.actor("admin")) == 1
    for who in ("learner", "outsider", "observer"):
        with pytest.raises(Denied):
            open_own_bank(actor=school.actor(who))
    assert open_own_bank(actor=school.actor("assistant")).owner == school.assistant
    with pytest.raises(Invalid) as refused:
        add_question(actor=teacher, bank=mine.bank, content=HOTSPOT)
    assert list(refused.value.errors) == ["image"]


def test_a_quiz_asks_from_a_bank_shared_with_its_course(
    school: School, teacher: Actor, mine: Question
) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    with pytest.raises(NotFound):
        add_item(actor=teacher, quiz=quiz, question=mine)
    share = share_with_course(actor=teacher, bank=mine.bank, course=school.course, level=READ)
    assert mine in course_questions(school.actor("assistant"), school.course, QuestionFilter())
    add_item(actor=teacher, quiz=quiz, question=mine)
    copy = add_question(actor=teacher, bank=mine.bank, content=SINGLE)
    with pytest.raises(Denied):
        revise_question(actor=school.actor("assistant"), question=mine, content=SINGLE)
    end_share(actor=teacher, share=share)
    with pytest.raises(NotFound):
        add_item(actor=teacher, quiz=quiz, question=copy)
    assert texts(school.actor("assistant")) == 1  # the one of the course that make_quiz wrote
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert attempt.questions.filter(version__question=mine).exists()
    assert QuizItem.objects.filter(quiz=quiz, question=mine).exists()
    assert [one["share_id"] for one in events_of("assessments.bank_share_ended")] == [share.pk]


def test_a_share_to_read_copies_and_one_to_write_changes(
    school: School, other: School, mine: Question
) -> None:
    teacher, colleague = school.actor("instructor"), other.actor("instructor")
    email = other.instructor.email.upper()
    share_with_person(actor=teacher, bank=mine.bank, email=email, level=READ)
    assert question(colleague, mine.public_id, course=other.course) == mine
    assert mine.bank in banks_of_course(colleague, other.course)
    assert mine.bank not in banks_of_course(other.actor("assistant"), other.course)
    with pytest.raises(Denied):
        revise_question(actor=colleague, question=mine, content=SINGLE)
    with pytest.raises(Denied):
        duplicate_question(actor=colleague, question=mine)
    share = share_with_person(actor=teacher, bank=mine.bank, email=email, level=WRITE)
    assert BankShare.objects.count() == 1
    revise_question(actor=colleague, question=mine, content=SINGLE)
    assert duplicate_question(actor=colleague, question=mine).bank == mine.bank
    with pytest.raises(Denied):
        share_with_course(actor=colleague, bank=mine.bank, course=other.course, level=READ)
    end_share(actor=colleague, share=share)
    with pytest.raises(NotFound):
        question(colleague, mine.public_id)


def test_writing_in_a_shared_bank_follows_the_role_in_the_course(
    school: School, other: School
) -> None:
    teacher, row = school.actor("instructor"), make_question(school)
    with pytest.raises(Denied):
        share_with_course(actor=teacher, bank=row.bank, course=other.course, level=WRITE)
    admin = school.actor("admin")
    share_with_course(actor=admin, bank=row.bank, course=other.course, level=WRITE)
    add_question(actor=other.actor("assistant"), bank=row.bank, content=SINGLE)
    with pytest.raises(Denied):
        revise_question(actor=other.actor("assistant"), question=row, content=SINGLE)
    revise_question(actor=other.actor("instructor"), question=row, content=SINGLE)
    for who in ("learner", "observer", "outsider"):
        with pytest.raises(NotFound):
            revise_question(actor=other.actor(who), question=row, content=SINGLE)


def test_a_loan_costs_one_query_however_many_there_are(school: School, other: School) -> None:
    """Whether a course's own staff or a loan opens a bank, the number of loans is no matter."""
    row, admin = make_question(school), school.actor("admin")
    share_with_course(actor=admin, bank=row.bank, course=other.course, level=READ)
    borrower = other.actor("instructor")

    def asked() -> bool:
        return VIEW_BANK.may(borrower, QuestionBank.objects.get(pk=row.bank_id))

    few = count_queries(asked)
    for _number in range(3):
        course = make_course(other.instructor)
        share_with_course(actor=admin, bank=row.bank, course=course, level=WRITE)
    email = other.instructor.email
    share_with_person(actor=admin, bank=row.bank, email=email, level=READ)
    assert asked()
    assert count_queries(asked) == few
    assert count_queries(lambda: _is_lent(borrower, row.bank, _staffed, READ, WRITE)) == 1


@pytest.mark.parametrize("who", ["learner", "instructor", "nobody"])
def test_banks_are_shared_with_others_who_teach(
    school: School, teacher: Actor, mine: Question, who: str
) -> None:
    person = getattr(school, who, None)
    email = person.email if person else "nobody@example.com"
    with pytest.raises(Invalid) as refused:
        share_with_person(actor=teacher, bank=mine.bank, email=email, level=READ)
    assert list(refused.value.errors) == ["email"]
    with pytest.raises(Invalid):
        share_with_course(
            actor=teacher, bank=make_question(school).bank, course=school.course, level=READ
        )


def test_questions_of_a_person_serve_outcomes_of_courses_they_share_with(
    school: School, teacher: Actor, mine: Question
) -> None:
    fields = OutcomeFields(code="G1", title="Tell")
    outcome = add_outcome(actor=teacher, course=school.course, fields=fields)
    with pytest.raises(Invalid):
        file_question(actor=teacher, question=mine, filing=Filing(outcomes=[outcome]))
    share_with_course(actor=teacher, bank=mine.bank, course=school.course, level=READ)
    file_question(actor=teacher, question=mine, filing=Filing(outcomes=[outcome]))
    assert mine.outcomes.get() == outcome


def test_erasure_leaves_of_an_own_bank_what_a_quiz_asks(  # V2
    school: School,
    other: School,
    teacher: Actor,
    mine: Question,
    django_capture_on_commit_callbacks: Any,
) -> None:
    unused = add_question(actor=teacher, bank=mine.bank, content=SINGLE)
    share = share_with_course(actor=teacher, bank=mine.bank, course=school.course, level=READ)
    share_with_person(
        actor=teacher, bank=mine.bank, email=other.instructor.email, level=ShareLevel.WRITE
    )
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    add_item(actor=teacher, quiz=quiz, question=mine)
    end_share(actor=teacher, share=share)
    with zipfile.ZipFile(export_person(actor=teacher, person=school.instructor)) as archive:
        name = next(one for one in archive.namelist() if one.lower().endswith("questionbank.json"))
        assert [row["title"] for row in json.loads(archive.read(name))] == ["My questions"]
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=teacher, person=school.instructor)
    left = QuestionBank.objects.get(course=None)
    assert (left.owner, left.question_count) == (None, 1)
    assert list(left.questions.all()) == [mine]
    assert not Question.objects.filter(pk=unused.pk).exists()
    assert not BankShare.objects.exists()
    assert start_attempt(actor=school.actor("learner"), quiz=quiz).questions.count() == 2


def test_erasure_removes_an_own_bank_that_nobody_uses(
    school: School, teacher: Actor, mine: Question, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=teacher, person=school.instructor)
    assert not QuestionBank.objects.filter(pk=mine.bank_id).exists()
    assert not Question.objects.exists()


def test_what_a_quiz_asks_can_be_scored_again_after_the_loan(
    school: School, teacher: Actor, mine: Question
) -> None:
    share = share_with_course(actor=teacher, bank=mine.bank, course=school.course, level=READ)
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    add_item(actor=teacher, quiz=quiz, question=mine)
    end_share(actor=teacher, share=share)
    assert asked_question(school.actor("admin"), quiz, mine.public_id) == mine
    other = add_question(actor=teacher, bank=mine.bank, content=SINGLE)
    for who, one in (("instructor", other), ("learner", mine), ("other_instructor", mine)):
        with pytest.raises(NotFound if who == "instructor" else (NotFound, Denied)):
            asked_question(school.actor(who), quiz, one.public_id)


def test_a_loan_to_a_person_ends_where_they_learn_or_teach_no_more(
    school: School, other: School
) -> None:  # Z5
    """Who sits an exam does not read its keys because they teach elsewhere."""
    asked = make_question(school)
    teacher, guest = school.actor("instructor"), other.instructor
    share_with_person(actor=teacher, bank=asked.bank, email=guest.email, level=WRITE)
    reader = for_user(guest)
    assert question(reader, asked.public_id) == asked
    seat = Enrolment.objects.create(course=school.course, user=guest, role=CourseRole.LEARNER)
    with pytest.raises(NotFound):
        question(reader, asked.public_id)
    assert asked.bank not in banks(reader)
    with pytest.raises(Invalid) as caught:
        share_with_person(actor=teacher, bank=asked.bank, email=guest.email, level=READ)
    assert "email" in caught.value.errors
    seat.delete()
    assert question(reader, asked.public_id) == asked
    guest.site_role = SiteRole.STUDENT
    guest.save(update_fields=["site_role"])
    Enrolment.objects.filter(user=guest).delete()
    with pytest.raises(NotFound):
        question(for_user(guest), asked.public_id)


def test_usage_names_no_quiz_that_the_reader_may_not_see(school: School, other: School) -> None:
    quiz = make_quiz(school, QuestionKind.SINGLE_CHOICE)
    asked = quiz.items.get().question
    guest = other.actor("instructor")
    share_with_person(
        actor=school.actor("instructor"), bank=asked.bank, email=other.instructor.email, level=READ
    )
    found = usage(guest, asked)
    assert (found.items, found.elsewhere) == ([], 1)
    assert usage(school.actor("assistant"), asked).elsewhere == 0


def test_borrowers_keep_the_outcomes_that_they_cannot_name(school: School, other: School) -> None:
    asked = make_question(school)
    teacher = school.actor("instructor")
    fields = OutcomeFields(code="A1", title="Tell stones apart")
    served = add_outcome(actor=teacher, course=school.course, fields=fields)
    file_question(actor=teacher, question=asked, filing=Filing(outcomes=[served]))
    guest = other.instructor
    share_with_person(actor=teacher, bank=asked.bank, email=guest.email, level=WRITE)
    client = Client()
    client.force_login(other.instructor)
    address = f"/teach/{other.course.slug}/bank/{asked.public_id}/?bank={asked.bank.public_id}"
    asked.refresh_from_db()
    shown = client.get(address)
    assert shown.status_code == 200
    sent = {
        "stem": "Which stone is it?",
        "points": "1",
        "version": asked.version,
        "option-text": ["Basalt", "Chalk"],
        "option-right": "0",
        "act": "save",
    }
    client.post(address, sent)
    assert list(asked.outcomes.all()) == [served]
    client.put(
        f"/api/v1/questions/{asked.public_id}/filing/",
        {"tags": ["lava"]},
        content_type="application/json",
    )
    assert list(asked.outcomes.all()) == [served]
    assert list(asked.tags.values_list("name", flat=True)) == ["lava"]
