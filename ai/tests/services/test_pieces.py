"""Pieces land in drafts with their origin, leave again without a trace, and go stale exactly."""

import pytest

from ai.enums import ContentKind, DraftState, QuestionKind
from ai.models import ContentPiece, Dependence, Draft
from ai.queries.stale import (
    stale_count,
    stale_of_lesson,
    stale_pieces_in,
    stale_question_ids,
    stale_things,
)
from ai.services.dependence import confirm
from ai.services.pieces import accept_piece, reject_piece, undo_piece
from ai.services.review import accept_draft, reopen_draft
from ai.tests.content_factories import WALLS, a_lesson, made
from ai.tests.factories import make_drafts
from assessments.enums import QuestionState
from assessments.models import Question
from courses.enums import VersionState
from courses.models import Course, Lesson, Section
from courses.services.lesson import publish_lesson, save_draft
from courses.tests.factories import CourseFactory, people_around
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Denied, Invalid, Stale
from lms.kernel.testing import assert_constant_queries, events_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


@pytest.fixture
def lesson(teacher: Actor, course: Course) -> Lesson:
    return a_lesson(teacher, course)


def markdown_of(lesson: Lesson) -> str:
    return lesson.versions.get(state=VersionState.DRAFT).markdown


def terms(teacher: Actor, lesson: Lesson) -> dict[str, ContentPiece]:
    _job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson)
    return {piece.title: piece for piece in pieces}


def test_accepted_pieces_stand_below_one_heading_with_their_origin(
    teacher: Actor, lesson: Lesson
) -> None:
    found = terms(teacher, lesson)
    first, second = list(found.values())[:2]
    for piece in (first, second):
        accept_piece(actor=teacher, piece=piece)
    assert markdown_of(lesson) == (
        f"{WALLS}\n## Key terms\n\n{first.markdown}\n\n{second.markdown}\n"
    )
    version = lesson.versions.get(state=VersionState.DRAFT)
    told = version.provenance["pieces"]
    keys = {block.key: block.text for block in version.blocks.all()}
    assert [one["piece"] for one in told] == [first.public_id, second.public_id]
    assert keys[told[0]["blocks"][0]] == first.markdown.replace("**", "")
    assert told[0]["approver"] == teacher.user_id
    assert told[0]["source"]["blocks"] == [
        {name: block[name] for name in ("key", "sha256", "lesson")}
        for block in first.source["blocks"]
    ]
    assert len(events_of("ai.piece_accepted")) == 2


def test_the_origin_stays_through_edits_and_publishing(teacher: Actor, lesson: Lesson) -> None:
    piece = accept_piece(actor=teacher, piece=next(iter(terms(teacher, lesson).values())))
    publish_lesson(actor=teacher, lesson=lesson)
    lesson.refresh_from_db()
    version = save_draft(
        actor=teacher,
        lesson=lesson,
        markdown=markdown_of_published(lesson).replace("without mortar", "with no mortar at all"),
    )
    assert [one["piece"] for one in version.provenance["pieces"]] == [piece.public_id]
    assert version.blocks.filter(key__in=piece.block_keys).count() == 1


def markdown_of_published(lesson: Lesson) -> str:
    return lesson.versions.get(state=VersionState.PUBLISHED).markdown


def test_accepting_does_not_touch_what_learners_read(teacher: Actor, lesson: Lesson) -> None:
    publish_lesson(actor=teacher, lesson=lesson)
    accept_piece(actor=teacher, piece=next(iter(terms(teacher, lesson).values())))
    assert markdown_of_published(lesson) == WALLS


def test_accepting_into_a_lesson_that_moved_on_is_refused_and_loses_nothing(
    teacher: Actor, lesson: Lesson
) -> None:
    piece = next(iter(terms(teacher, lesson).values()))
    seen = lesson.version
    save_draft(actor=teacher, lesson=lesson, markdown=f"{WALLS}\nTyped meanwhile.\n")
    with pytest.raises(Stale):
        accept_piece(actor=teacher, piece=piece, lesson_expected=seen)
    piece.refresh_from_db()
    assert piece.state == DraftState.DRAFT
    accept_piece(actor=teacher, piece=piece)
    assert "Typed meanwhile." in markdown_of(lesson)


def test_undoing_takes_the_words_and_our_heading_out_and_leaves_the_rest(
    teacher: Actor, lesson: Lesson
) -> None:
    piece = accept_piece(actor=teacher, piece=next(iter(terms(teacher, lesson).values())))
    typed = markdown_of(lesson).replace("Frost moves", "Hard frost moves")
    save_draft(actor=teacher, lesson=lesson, markdown=typed)
    undone = undo_piece(actor=teacher, piece=piece)
    assert undone.state == DraftState.DRAFT
    assert markdown_of(lesson) == WALLS.replace("Frost moves", "Hard frost moves")
    assert lesson.versions.get(state=VersionState.DRAFT).provenance == {}
    assert Dependence.objects.count() == 0
    assert accept_piece(actor=teacher, piece=undone).state == DraftState.ACCEPTED


def test_undoing_words_that_were_edited_is_refused(teacher: Actor, lesson: Lesson) -> None:
    piece = accept_piece(actor=teacher, piece=next(iter(terms(teacher, lesson).values())))
    edited = markdown_of(lesson).replace(piece.markdown, f"{piece.markdown[:-1]}, mostly.")
    save_draft(actor=teacher, lesson=lesson, markdown=edited)
    with pytest.raises(Conflict) as refused:
        undo_piece(actor=teacher, piece=piece)
    assert refused.value.code == "edited"
    assert markdown_of(lesson) == edited


def test_deciding_twice_is_refused(teacher: Actor, lesson: Lesson) -> None:
    piece = reject_piece(actor=teacher, piece=next(iter(terms(teacher, lesson).values())))
    for decide in (accept_piece, reject_piece):
        with pytest.raises(Conflict):
            decide(actor=teacher, piece=piece)
    with pytest.raises(Stale):
        undo_piece(actor=teacher, piece=piece, expected=0)
    assert undo_piece(actor=teacher, piece=piece).state == DraftState.DRAFT


def test_assistants_review_and_do_not_change_lessons(course: Course, lesson: Lesson) -> None:
    people = people_around(course)
    piece = next(iter(terms(people["assistant"], lesson).values()))
    with pytest.raises(Denied):
        accept_piece(actor=people["assistant"], piece=piece)
    assert reject_piece(actor=people["assistant"], piece=piece).state == DraftState.REJECTED


def test_an_outline_becomes_a_section_with_unpublished_lessons_and_leaves_again(
    teacher: Actor, course: Course
) -> None:
    text = "# Building\n\n## Walls\n\nA wall stands.\n\n## Gates\n\nA gate swings.\n"
    _job, pieces = made(teacher, ContentKind.OUTLINE, content=text)
    (piece,) = pieces[:1]
    with pytest.raises(Invalid):
        accept_piece(actor=teacher, piece=piece)
    for one in pieces:
        accept_piece(actor=teacher, piece=one, course=course)
    sections = Section.objects.filter(course=course, deleted_at=None).order_by("ordinal")
    assert [section.title for section in sections] == ["Walls", "Gates"]
    lesson = Lesson.objects.get(section=sections[0])
    assert (lesson.title, lesson.published, markdown_of(lesson)) == (
        "Walls",
        False,
        "A wall stands.",
    )
    assert lesson.versions.get().provenance["pieces"][0]["piece"] == pieces[0].public_id
    piece.refresh_from_db()
    undo_piece(actor=teacher, piece=piece)
    assert [section.title for section in sections.all()] == ["Gates"]


def _accepted_world(teacher: Actor, lesson: Lesson) -> tuple[list[ContentPiece], list[Draft]]:
    """All key terms of a lesson in another lesson, and three questions in the bank."""
    target = a_lesson(teacher, lesson.course, markdown="", title="Glossary")
    _job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson, into=target)
    drafts = make_drafts(teacher, lesson=lesson, kind=QuestionKind.TRUE_FALSE, count=3)
    taken = [accept_piece(actor=teacher, piece=piece) for piece in pieces]
    return taken, [accept_draft(actor=teacher, draft=draft) for draft in drafts]


def test_editing_one_sentence_flags_exactly_its_dependents(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    pieces, drafts = _accepted_world(teacher, lesson)
    assert stale_things(teacher, course) == []
    version = lesson.versions.get(state=VersionState.DRAFT)
    edited = version.blocks.get(text__startswith="A foundation trench")
    expected = {
        *(("piece", p.public_id) for p in pieces if _rests_on(p.source, edited.key)),
        *(("draft", d.public_id) for d in drafts if _rests_on(d.source, edited.key)),
    }
    assert 0 < len(expected) < len(pieces) + len(drafts)
    text = WALLS.replace("Frost moves shallow", "Hard frost lifts shallow")
    save_draft(actor=teacher, lesson=lesson, markdown=text)
    found = {("draft" if s.draft else "piece", s.id) for s in stale_things(teacher, course)}
    assert found == expected
    assert stale_count(course) == stale_of_lesson(lesson) == len(expected)
    save_draft(actor=teacher, lesson=lesson, markdown=WALLS)
    assert stale_things(teacher, course) == []


def _rests_on(source: dict[str, list[dict[str, str]]], key: str) -> bool:
    return any(block["key"] == key for block in source["blocks"])


def test_confirming_clears_one_thing_and_a_later_edit_flags_it_again(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    _accepted_world(teacher, lesson)
    text = WALLS.replace("is a wall that is", "is any wall that is").replace("Frost", "Ice")
    save_draft(actor=teacher, lesson=lesson, markdown=text)
    before = stale_things(teacher, course)
    assert len(before) > 1
    target = before[0].draft or before[0].piece
    assert target is not None
    confirm(actor=teacher, target=target)
    assert [row.id for row in stale_things(teacher, course)] == [row.id for row in before[1:]]
    assert len(events_of("ai.dependent_confirmed")) == 1
    again = text.replace("is any wall that is", "is each wall that is").replace("Ice", "Cold")
    save_draft(actor=teacher, lesson=lesson, markdown=again)
    assert target.public_id in {row.id for row in stale_things(teacher, course)}


def test_what_rests_on_a_paragraph_that_is_gone_is_stale_until_confirmed(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    pieces, _drafts = _accepted_world(teacher, lesson)
    save_draft(actor=teacher, lesson=lesson, markdown=WALLS.split("\n## Footing")[0])
    stale = [row.piece for row in stale_things(teacher, course) if row.piece]
    assert stale
    assert {piece.pk for piece in stale} == stale_pieces_in(pieces[0].lesson)  # type: ignore[arg-type]
    for piece in stale:
        confirm(actor=teacher, target=piece)
    assert [row for row in stale_things(teacher, course) if row.piece] == []


def test_a_piece_made_anew_takes_the_place_of_the_old_one_and_clears_it(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    target = a_lesson(teacher, course, markdown="Before.\n", title="Summary")
    _job, (old,) = made(teacher, ContentKind.SUMMARY, lesson=lesson, into=target)
    accept_piece(actor=teacher, piece=old)
    save_draft(actor=teacher, lesson=target, markdown=f"{markdown_of(target)}\nAfter.\n")
    text = WALLS.replace("without mortar", "without any mortar")
    save_draft(actor=teacher, lesson=lesson, markdown=text)
    assert [row.piece for row in stale_things(teacher, course)] == [old]
    _job, (new,) = made(teacher, ContentKind.SUMMARY, lesson=lesson, into=target, replaces=old)
    accept_piece(actor=teacher, piece=new)
    assert markdown_of(target) == f"Before.\n\n## Summary\n\n{new.markdown}\n\nAfter.\n"
    assert stale_things(teacher, course) == []
    undo_piece(actor=teacher, piece=new)
    assert old.markdown in markdown_of(target)
    assert [row.piece for row in stale_things(teacher, course)] == [old]


def test_undoing_a_piece_made_anew_brings_nothing_back_that_it_did_not_replace(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    target = a_lesson(teacher, course, markdown="Before.\n", title="Summary")
    _job, (old,) = made(teacher, ContentKind.SUMMARY, lesson=lesson, into=target)
    accept_piece(actor=teacher, piece=old)
    edited = markdown_of(target).replace(old.markdown, "- In my own words.")
    save_draft(actor=teacher, lesson=target, markdown=edited)
    _job, (new,) = made(teacher, ContentKind.SUMMARY, lesson=lesson, into=target, replaces=old)
    accept_piece(actor=teacher, piece=new)
    assert new.markdown in markdown_of(target)
    undo_piece(actor=teacher, piece=new)
    assert markdown_of(target) == edited


def _asked_anew(teacher: Actor, course: Course, lesson: Lesson) -> tuple[list[str], Draft, Draft]:
    """What is out of date, a stale accepted question of it, and one asked anew for that."""
    _pieces, drafts = _accepted_world(teacher, lesson)
    text = WALLS.replace("Frost moves", "Ice moves").replace("without mortar", "with no mortar")
    save_draft(
        actor=teacher, lesson=lesson, markdown=text.replace("called the doubling", "called faces")
    )
    before = [row.id for row in stale_things(teacher, course)]
    old = next(draft for draft in drafts if draft.public_id in before)
    (new,) = make_drafts(
        teacher, lesson=lesson, kind=QuestionKind.TRUE_FALSE, count=1, replaces=old
    )
    return before, old, new


def test_a_question_asked_anew_retires_the_old_one_and_only_that(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    before, old, new = _asked_anew(teacher, course, lesson)
    assert old.question_id in stale_question_ids(course)
    assert [row.id for row in stale_things(teacher, course)] == before
    accept_draft(actor=teacher, draft=new)
    after = [row.id for row in stale_things(teacher, course)]
    assert after == [one for one in before if one != old.public_id]
    states = Question.objects.values_list("pk", "state")
    assert {pk for pk, state in states if state == QuestionState.RETIRED} == {old.question_id}


def test_taking_a_question_asked_anew_back_brings_the_old_one_back(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    before, old, new = _asked_anew(teacher, course, lesson)
    accept_draft(actor=teacher, draft=new)
    reopen_draft(actor=teacher, draft=new)
    assert [row.id for row in stale_things(teacher, course)] == before
    assert stale_count(course) == len(before)
    assert Question.objects.get(pk=old.question_id or 0).state == QuestionState.READY


def test_who_may_not_retire_leaves_the_old_question_out_of_date(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    before, old, new = _asked_anew(teacher, course, lesson)
    accept_draft(actor=people_around(course)["assistant"], draft=new)
    assert [row.id for row in stale_things(teacher, course)] == before
    assert Question.objects.get(pk=old.question_id or 0).state == QuestionState.READY


def test_a_question_that_waits_again_is_not_counted_as_out_of_date(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    (draft,) = make_drafts(teacher, lesson=lesson, kind=QuestionKind.TRUE_FALSE, count=1)
    accept_draft(actor=teacher, draft=draft)
    save_draft(actor=teacher, lesson=lesson, markdown="Nothing is left.")
    assert stale_count(course) == 1
    reopen_draft(actor=teacher, draft=draft)
    assert stale_count(course) == len(stale_things(teacher, course)) == 0


def test_what_is_stale_costs_the_same_queries_however_much_it_is(
    teacher: Actor, course: Course, lesson: Lesson
) -> None:
    _accepted_world(teacher, lesson)

    def look() -> None:
        for row in stale_things(teacher, course):
            str(row.draft or row.piece)
            [source.title for source in row.sources]
        stale_question_ids(course)
        stale_count(course)

    save_draft(actor=teacher, lesson=lesson, markdown=WALLS.replace("Frost", "Ice"))

    def more() -> None:
        save_draft(actor=teacher, lesson=lesson, markdown="Nothing is left.")

    assert_constant_queries(look, more)
