"""What the draws of a quiz can choose from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.utils.translation import gettext as _

from assessments.enums import QuestionState
from assessments.models import (
    AttemptQuestion,
    LearningOutcome,
    Question,
    QuestionBank,
    QuestionCategory,
    QuestionTag,
    QuestionUse,
    Quiz,
    QuizDraw,
    QuizItem,
)
from assessments.queries.bank import askable_banks
from assessments.rules import SEE_RESULTS
from assessments.scoring.narrow import Narrow, narrow_of
from assessments.scoring.selection import Draw, Shortage, shortages
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A draw with what fits it now; `matching` leaves out what the quiz asks anyway.

    `words` says what it is narrowed to.
    """

    draw: QuizDraw
    narrow: Narrow
    matching: int
    missing: int
    rivals: tuple[int, ...]
    words: tuple[str, ...] = ()


def draws(actor: Actor, quiz: Quiz) -> QuerySet[QuizDraw]:
    """The draws of a quiz for staff, in its order; raises what `require` raises."""
    require(actor, SEE_RESULTS, quiz)
    return quiz.draws.select_related("section", "quiz").order_by("ordinal", "id")


def draw(actor: Actor, quiz: Quiz, public_id: str) -> QuizDraw:
    """One draw inside its quiz (Z3); raises NotFound."""
    found = draws(actor, quiz).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def draw_lines(quiz: Quiz, rows: Sequence[QuizDraw]) -> list[DrawLine]:
    """The draws of a quiz with what fits them, one query for all. The caller has checked the rule.

    `rows` are all of them in order; `rivals` of a line count them from 0.
    """
    narrows = [narrow_of(row.narrow) for row in rows]
    names = _names(quiz, narrows)
    found = pools(quiz, narrows)
    short = {one.place: one for one in _short(rows, found)}
    lines = []
    for place, (row, pool) in enumerate(zip(rows, found, strict=True)):
        lack = short.get(place)
        lines.append(
            DrawLine(
                draw=row,
                narrow=narrows[place],
                matching=len(pool),
                missing=lack.missing if lack else 0,
                rivals=lack.rivals if lack else (),
                words=_in_words(narrows[place], names),
            )
        )
    return lines


def missing_questions(quiz: Quiz) -> list[Shortage]:
    """Which draws of a quiz cannot be filled now; empty without draws."""
    rows = list(quiz.draws.order_by("ordinal", "id"))
    return _short(rows, pools(quiz, [narrow_of(row.narrow) for row in rows])) if rows else []


def matching(actor: Actor, quiz: Quiz, narrow: Narrow) -> int:
    """How many ready questions of the bank fit a filter and are not asked anyway, for staff."""
    require(actor, SEE_RESULTS, quiz)
    return len(pools(quiz, [narrow])[0])


def pools(
    quiz: Quiz, narrows: Sequence[Narrow], *, among: Collection[int] | None = None
) -> list[frozenset[int]]:
    """The keys of the questions that fit each filter, all in one query; those `among` some.

    Those that the quiz asks anyway fit none; it need not be stored yet. The caller has checked the
    rule.
    """
    if not narrows:
        return []
    inside = _inside_categories(quiz) if any(one.categories for one in narrows) else {}
    fits = [_where(narrow, quiz.course_id, inside) for narrow in narrows]
    rows = Question.objects.filter(_any(fits), state=QuestionState.READY).exclude(latest=None)
    asked = QuizItem.objects.filter(quiz=quiz.pk).values("question")
    rows = rows.exclude(pk__in=asked)
    if among is not None:
        rows = rows.filter(pk__in=among)
    flags = {
        f"fits_{place}": ExpressionWrapper(fit, output_field=BooleanField())
        for place, fit in enumerate(fits)
    }
    found = list(rows.annotate(**flags).values_list("pk", *flags))
    return [frozenset(row[0] for row in found if row[place]) for place in range(1, len(flags) + 1)]


def asked_questions(actor: Actor, quiz: Quiz) -> QuerySet[Question]:
    """The questions a quiz asks or has drawn for somebody, in its order; drawn ones come last.

    Raises what `require` raises.
    """
    require(actor, SEE_RESULTS, quiz)
    fixed = QuizItem.objects.filter(quiz=quiz, question=OuterRef("pk")).values("ordinal")[:1]
    drawn = QuestionUse.objects.filter(quiz=quiz).values("question")
    rows = Question.objects.alias(place=Subquery(fixed))
    rows = rows.filter(Q(place__isnull=False) | Q(pk__in=drawn))
    return rows.order_by(F("place").asc(nulls_last=True), "pk")


def askable(course_id: int) -> QuerySet[QuestionBank]:
    """The banks that quizzes of a course may draw from: its own and those lent to it."""
    return QuestionBank.objects.filter(askable_banks(course_id)).order_by("-course_id", "title")


def uses(quiz: Quiz) -> dict[int, int]:
    """How often the draws of a quiz gave each question to somebody, by its key."""
    rows = QuestionUse.objects.filter(quiz=quiz).order_by().values_list("question")
    return dict(rows.annotate(times=Sum("used")).values_list("question", "times"))


def seen_by(quiz: Quiz, learner_id: int) -> frozenset[int]:
    """Keys of the questions that a learner met in earlier attempts at a quiz."""
    rows = AttemptQuestion.objects.filter(attempt__quiz=quiz, attempt__learner=learner_id)
    return frozenset(rows.order_by().values_list("version__question", flat=True))


def questions_with_latest(keys: Iterable[int]) -> dict[int, Question]:
    """Questions by key with their latest version; one query."""
    rows = Question.objects.filter(pk__in=list(keys)).select_related("latest__question")
    return {row.pk: row for row in rows}


def _short(rows: Sequence[QuizDraw], found: Sequence[frozenset[int]]) -> list[Shortage]:
    return shortages([Draw(row.count, pool) for row, pool in zip(rows, found, strict=True)])


def _names(quiz: Quiz, narrows: Sequence[Narrow]) -> dict[str, str]:
    """The names of the categories, tags and outcomes that filters name, by public id."""
    banks = askable(quiz.course_id)
    own = banks.order_by().values("pk")
    names: dict[str, str] = {}
    if any(narrow.banks for narrow in narrows):
        names |= dict(banks.values_list("public_id", "title"))
    categories = {one for narrow in narrows for one in narrow.categories}
    tags = {one for narrow in narrows for one in narrow.tags}
    outcomes = {one for narrow in narrows for one in narrow.outcomes}
    if categories:
        rows = QuestionCategory.objects.filter(bank__in=own, public_id__in=categories)
        names |= dict(rows.values_list("public_id", "name"))
    if tags:
        tagged = QuestionTag.objects.filter(bank__in=own, public_id__in=tags)
        names |= dict(tagged.values_list("public_id", "name"))
    if outcomes:
        aims = LearningOutcome.objects.filter(course=quiz.course_id, public_id__in=outcomes)
        names |= dict(aims.values_list("public_id", "code"))
    return names


def _in_words(narrow: Narrow, names: Mapping[str, str]) -> tuple[str, ...]:
    """One phrase for each field that is narrowed; what was deleted is said so."""
    gone = _("deleted")
    fields = [
        [names.get(one, gone) for one in narrow.banks],
        [str(kind.label) for kind in narrow.kinds],
        [str(one.label) for one in narrow.difficulties],
        [names.get(one, gone) for one in narrow.categories],
        [names.get(one, gone) for one in narrow.tags],
        [names.get(one, gone) for one in narrow.outcomes],
    ]
    return tuple(", ".join(words) for words in fields if words)


def _inside_categories(quiz: Quiz) -> dict[str, set[int]]:
    """By the public id of each category of the bank, its key and those of all inside it."""
    banks = askable(quiz.course_id).order_by().values("pk")
    rows = QuestionCategory.objects.filter(bank__in=banks).order_by("-depth")
    inside: dict[int, set[int]] = {}
    found: dict[str, set[int]] = {}
    for pk, parent, public_id in rows.values_list("pk", "parent_id", "public_id"):
        found[public_id] = {pk, *inside.get(pk, ())}
        inside.setdefault(parent, set()).update(found[public_id])
    return found


def _where(narrow: Narrow, course_id: int, inside: Mapping[str, set[int]]) -> Q:
    """The filter as a condition on questions."""
    where = Q(bank__course=course_id)
    if narrow.banks:
        named = askable(course_id).filter(public_id__in=narrow.banks)
        where = Q(bank__in=named.values("pk"))
    if narrow.kinds:
        where &= Q(kind__in=narrow.kinds)
    if narrow.difficulties:
        where &= Q(difficulty__in=narrow.difficulties)
    if narrow.categories:
        keys = {pk for public_id in narrow.categories for pk in inside.get(public_id, ())}
        where &= Q(category__in=keys)
    if narrow.tags:
        where &= Q(pk__in=_carrying(Question.tags.through, "questiontag", narrow.tags))
    if narrow.outcomes:
        where &= Q(pk__in=_carrying(Question.outcomes.through, "learningoutcome", narrow.outcomes))
    return where


def _carrying(links: type[Model], name: str, public_ids: Sequence[str]) -> QuerySet[Model, int]:
    """Keys of the questions that carry one of these."""
    rows = links._default_manager.filter(**{f"{name}__public_id__in": public_ids})
    return rows.values_list("question", flat=True)


def _any(conditions: Sequence[Q]) -> Q:
    either = Q(pk__in=[])
    for one in conditions:
        either |= one
    return either
