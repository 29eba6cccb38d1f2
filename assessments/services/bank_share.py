"""A person's own bank, and lending banks to courses and colleagues."""

from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import ShareLevel
from assessments.events import BankShared, BankShareEnded
from assessments.models import AttemptQuestion, BankShare, Question, QuestionBank
from assessments.rules import END_SHARE, SHARE_BANK, teaches
from assessments.services.question_category import hold
from courses.models import Course
from courses.rules import LEARN_COURSE, STAFF_COURSE
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, SignInRequired
from lms.kernel.events import publish
from lms.kernel.rules import require, require_write

MAX_SHARES: Final = 100


@transaction.atomic
def open_own_bank(*, actor: Actor) -> QuestionBank:
    """The actor's own bank, made when it is first needed.

    Raises Denied for who neither teaches nor is staff of a course, and what `require_write`
    raises.
    """
    require_write(actor)
    if actor.user_id is None:
        raise SignInRequired
    known = QuestionBank.objects.filter(owner_id=actor.user_id).first()
    if known is not None:
        return known
    if not teaches(actor):
        raise Denied(_("A bank of your own is for those who teach."))
    bank, _fresh = QuestionBank.objects.get_or_create(
        owner_id=actor.user_id, defaults={"title": _("My questions")}
    )
    return bank


@transaction.atomic
def share_with_course(
    *, actor: Actor, bank: QuestionBank, course: Course, level: ShareLevel
) -> BankShare:
    """Lend a bank to a course the actor is staff of, or change what the course may do with it.

    Raises Invalid(field="course") for the bank's own course, Conflict `too_many`, and what
    `require` raises.
    """
    require(actor, SHARE_BANK, bank)
    require(actor, STAFF_COURSE, course)
    if bank.course_id == course.pk:
        raise Invalid(_("The bank is of this course."), field="course")
    row = _share(bank, level, course=course)
    publish(BankShared(bank_id=bank.pk, share_id=row.pk, course_id=course.pk), actor=actor)
    return row


@transaction.atomic
def share_with_person(
    *, actor: Actor, bank: QuestionBank, email: str, level: ShareLevel
) -> BankShare:
    """Lend a bank to somebody who teaches, or change what they may do with it.

    Raises Invalid(field="email") for an address of nobody who teaches and for one's own, Conflict
    `too_many`, and what `require` raises.
    """
    require(actor, SHARE_BANK, bank)
    person = _teacher(email)
    if person.pk in {actor.user_id, bank.owner_id}:
        raise Invalid(_("You have this bank already."), field="email")
    if bank.course is not None and LEARN_COURSE.may(actors.for_user(person), bank.course):
        words = _("This person learns in the course whose questions these are.")
        raise Invalid(words, field="email")
    row = _share(bank, level, person=person)
    publish(BankShared(bank_id=bank.pk, share_id=row.pk), actor=actor)
    return row


@transaction.atomic
def end_share(*, actor: Actor, share: BankShare) -> None:
    """Take a bank back, or give it back: quizzes keep what they ask, nothing new can be added.

    Raises what `require` raises.
    """
    require(actor, END_SHARE, share)
    hold(share.bank)
    gone, _kinds = BankShare.objects.filter(pk=share.pk).delete()
    if not gone:
        raise NotFound
    publish(BankShareEnded(bank_id=share.bank_id, share_id=share.pk), actor=actor)


@transaction.atomic
def tidy_left_banks() -> int:
    """Remove what erased persons left in their banks and nobody uses; answers how many questions.

    What a quiz asks or an attempt showed stays, as does all of a bank that a course may use.
    """
    left = QuestionBank.objects.filter(course=None, owner=None)
    BankShare.objects.filter(bank__in=left, course=None).delete()
    unshared = left.exclude(pk__in=BankShare.objects.values("bank"))
    shown = AttemptQuestion.objects.filter(version__question__bank__in=left)
    unused = Question.objects.filter(bank__in=unshared, items=None).exclude(
        pk__in=shown.values("version__question")
    )
    keys = list(unused.values_list("pk", "bank_id"))
    Question.objects.filter(pk__in=[pk for pk, _bank in keys]).delete()
    for bank_id in {bank for _pk, bank in keys}:
        gone = sum(1 for _pk, bank in keys if bank == bank_id)
        QuestionBank.objects.filter(pk=bank_id).update(question_count=F("question_count") - gone)
    QuestionBank.objects.filter(pk__in=unshared.values("pk"), questions=None).delete()
    return len(keys)


def _share(
    bank: QuestionBank,
    level: ShareLevel,
    *,
    course: Course | None = None,
    person: User | None = None,
) -> BankShare:
    hold(bank)
    row = bank.shares.filter(course=course, person=person).first()
    if row is not None:
        row.level, row.updated_at = level, clock.now()
        row.save(update_fields=["level", "updated_at"])
        return row
    if bank.shares.count() >= MAX_SHARES:
        raise Conflict(_("A bank is shared with at most 100."), code="too_many")
    return BankShare.objects.create(bank=bank, course=course, person=person, level=level)


def _teacher(email: str) -> User:
    person = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is not None and teaches(actors.for_user(person)):
        return person
    raise Invalid(_("Nobody who teaches here has this address."), field="email")
