"""The sections of a quiz: add, word, take away."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Quiz, QuizDraw, QuizItem, QuizSection
from assessments.rules import EDIT_QUIZ
from assessments.services.editing import locked, save_changes
from assessments.services.quiz_entries import last_section, renumber
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.rules import require
from lms.kernel.text import render_markdown, require_text

MAX_SECTIONS = 50
MAX_TITLE = 150
MAX_INTRODUCTION = 10_000


@transaction.atomic
def add_section(
    *, actor: Actor, quiz: Quiz, title: str = "", introduction: str = "", shuffle: bool = False
) -> QuizSection:
    """A new section at the end. Raises Invalid, Conflict `quiz_full` for too many."""
    require(actor, EDIT_QUIZ, quiz)
    row = locked(quiz)
    last = last_section(row)
    if row.sections.count() >= MAX_SECTIONS:
        raise Conflict(_("A quiz has at most 50 sections."), code="quiz_full")
    section = QuizSection(quiz=row, ordinal=last.ordinal + 1)
    _word(section, title, introduction, shuffle=shuffle)
    section.save()
    save_changes(row)
    return section


@transaction.atomic
def update_section(
    *, actor: Actor, section: QuizSection, title: str, introduction: str, shuffle: bool
) -> QuizSection:
    """Give a section other words, or another order; open attempts keep their order."""
    require(actor, EDIT_QUIZ, section.quiz)
    quiz = locked(section.quiz)
    row = _locked(section)
    _word(row, title, introduction, shuffle=shuffle)
    row.save(update_fields=["title", "introduction", "introduction_html", "shuffle"])
    save_changes(quiz)
    return row


@transaction.atomic
def remove_section(*, actor: Actor, section: QuizSection) -> Quiz:
    """Take a section away; its questions go to the one before, or after the first.

    Raises Conflict `last_section` for the only one.
    """
    require(actor, EDIT_QUIZ, section.quiz)
    quiz = locked(section.quiz)
    row = _locked(section)
    others = list(quiz.sections.exclude(pk=row.pk).order_by("ordinal", "id"))
    if not others:
        raise Conflict(_("A quiz has one section at least."), code="last_section")
    before = [one for one in others if one.ordinal < row.ordinal]
    home = before[-1] if before else others[0]
    for kind in (QuizItem, QuizDraw):
        kind._default_manager.filter(section=row).update(section=home)
    row.delete()
    for ordinal, one in enumerate(others, start=1):
        QuizSection.objects.filter(pk=one.pk).update(ordinal=ordinal)
    renumber(quiz)
    return save_changes(quiz)


def _word(section: QuizSection, title: str, introduction: str, *, shuffle: bool) -> None:
    require_text(title, field="title", max_length=MAX_TITLE)
    require_text(introduction, field="introduction", max_length=MAX_INTRODUCTION)
    section.title, section.introduction = title.strip(), introduction
    section.introduction_html = render_markdown(introduction)
    section.shuffle = shuffle


def _locked(section: QuizSection) -> QuizSection:
    row = lock(QuizSection.objects.filter(pk=section.pk)).first()
    if row is None:
        raise NotFound
    return row
