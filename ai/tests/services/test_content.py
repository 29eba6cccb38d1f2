"""Teaching material is made from every source, cited, once, by a model or by rules."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from ai.enums import ContentKind, DraftState, SourceOrigin, Use
from ai.gateway.content.replies import schema_of
from ai.gateway.content.shape import BY_RULES
from ai.models import AiCall, ContentPiece, SourceDocument
from ai.services import material
from ai.services.content import ContentWish, request_content, run_content
from ai.tests.content_factories import WALLS, a_lesson, made
from ai.tests.documents import docx_bytes
from ai.tests.fault_proxy import running_proxy
from ai.tests.injection_corpus import CORPUS
from ai.tests.writing_server import WritingServer
from courses.models import Course
from courses.services.attachment import attach_file
from courses.tests.factories import CourseFactory, people_around
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, KernelError, NotFound, SignInRequired
from lms.kernel.jobs import LeaseLost
from lms.kernel.jobs.run import claim
from lms.kernel.models import Job, JobState
from lms.kernel.text import render_markdown

pytestmark = pytest.mark.django_db


class _Killed(BaseException):
    """Stands for a signal that ends the process: no handler of ours catches it."""


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


@pytest.fixture
def writer(settings: Settings) -> Iterator[WritingServer]:
    """A connected model that writes."""
    with running_proxy("", WritingServer) as server:
        assert isinstance(server, WritingServer)
        settings.AI = {
            **settings.AI,
            "base_url": server.url,
            "api_key": "",
            "model": "writer",
            "timeout": 10.0,
        }
        yield server


def test_key_terms_by_rules_quote_the_sentence_and_cite_its_block(
    teacher: Actor, course: Course
) -> None:
    lesson = a_lesson(teacher, course)
    job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson)
    assert job.state == JobState.SUCCEEDED
    terms = {piece.title: piece for piece in pieces}
    wall = terms["dry stone wall"]
    assert wall.markdown == (
        "**dry stone wall**: A dry stone wall is a wall that is built without mortar."
    )
    block = lesson.versions.get().blocks.get(ordinal=1)
    assert wall.source["blocks"] == [
        {
            "key": block.key,
            "sha256": block.sha256,
            "lesson": lesson.public_id,
            "lesson_id": lesson.pk,
            "text": block.text,
        }
    ]
    assert (wall.lesson_id, wall.heading, wall.state) == (lesson.pk, "Key terms", DraftState.DRAFT)
    assert wall.provider == "extractive"


def test_a_sentence_that_says_what_something_is_not_defines_nothing(
    teacher: Actor, course: Course
) -> None:
    text = f"{WALLS}\nA hedge in the third field is not a wall of any kind."
    lesson = a_lesson(teacher, course, markdown=text)
    _job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson)
    assert "dry stone wall" in {piece.title for piece in pieces}
    assert not any("hedge" in piece.markdown for piece in pieces)


@pytest.mark.parametrize("kind", sorted(BY_RULES - {ContentKind.OUTLINE, ContentKind.LESSON}))
def test_every_kind_of_the_rules_makes_something_that_is_cited(
    teacher: Actor, course: Course, kind: ContentKind
) -> None:
    _job, pieces = made(teacher, kind, lesson=a_lesson(teacher, course))
    assert pieces
    assert all(piece.source["blocks"] for piece in pieces)
    assert all(piece.markdown and piece.notes for piece in pieces)


def test_discussion_prompts_of_the_rules_say_that_they_are_templates(
    teacher: Actor, course: Course
) -> None:
    _job, pieces = made(teacher, ContentKind.DISCUSSION, lesson=a_lesson(teacher, course))
    assert {note for piece in pieces for note in piece.notes} == {
        "A template filled with words of the text: read it with that in mind."
    }


@pytest.mark.parametrize(
    "kind", [ContentKind.TRANSLATION, ContentKind.SIMPLER, ContentKind.EXAMPLES]
)
def test_what_rules_cannot_do_is_refused_in_words(
    teacher: Actor, course: Course, kind: ContentKind
) -> None:
    lesson = a_lesson(teacher, course)
    with pytest.raises(Invalid, match="needs a language model"):
        made(teacher, kind, lesson=lesson, language="French")
    job, pieces = made(teacher, kind, lesson=lesson, language="French", use=Use.AUTO)
    assert job.state == JobState.FAILED
    assert job.error.startswith("This needs a language model: rules cannot write it.")
    assert pieces == []


def test_a_lesson_of_a_document_is_its_own_text_cut_at_headings(
    teacher: Actor, course: Course
) -> None:
    target = a_lesson(teacher, course, markdown="")
    _job, pieces = made(teacher, ContentKind.LESSON, content=WALLS, course=course, into=target)
    assert [piece.title for piece in pieces] == ["Walls", "Footing"]
    assert pieces[0].markdown == WALLS.split("\n## Footing")[0].strip()
    assert len(pieces[0].source["blocks"]) == 2


def test_an_outline_of_a_file_keeps_the_text_of_its_lessons(teacher: Actor, course: Course) -> None:
    file = attach_file(
        actor=teacher, course=course, name="walls.docx", content=ContentFile(docx_bytes())
    )
    job, pieces = made(teacher, ContentKind.OUTLINE, attachment=file)
    assert [piece.title for piece in pieces] == ["Why walls stand"]
    lessons = pieces[0].data["lessons"]
    assert [one["title"] for one in lessons] == ["Why walls stand", "Parts"]
    assert lessons[0]["markdown"] == "A dry stone wall is a wall built without mortar."
    assert job.result is not None
    assert job.result["lost"] == [
        "Pictures, formulas, footnotes, comments and text boxes of the Word file."
    ]
    assert SourceDocument.objects.get().origin == SourceOrigin.FILE


def test_a_page_that_is_not_public_ends_the_job_in_words(teacher: Actor, course: Course) -> None:
    job, pieces = made(
        teacher, ContentKind.SUMMARY, url="http://169.254.169.254/latest/", course=course
    )
    assert (job.state, job.error) == (
        JobState.FAILED,
        "This address is not on the public Internet.",
    )
    assert pieces == []


@pytest.mark.parametrize("kind", list(ContentKind))
def test_a_model_makes_every_kind_with_sources_and_its_name(
    teacher: Actor, course: Course, writer: WritingServer, kind: ContentKind
) -> None:
    lesson = a_lesson(teacher, course)
    job, pieces = made(teacher, kind, lesson=lesson, language="French", use=Use.AUTO)
    assert (job.state, job.error) == (JobState.SUCCEEDED, "")
    assert pieces
    for piece in pieces:
        assert piece.source["blocks"]
        assert (piece.provider, piece.model) == ("openai_compatible", "writer")
        assert piece.prompt_version == f"content-{kind}-1"
    assert AiCall.objects.filter(job=job).count() == 1
    assert schema_of(kind).__name__ in {"Items", "Outline", "Rubric"}


@pytest.mark.parametrize(
    ("kind", "blocks", "length", "read"),
    [(ContentKind.RUBRIC, 200, 100, 62), (ContentKind.KEY_TERMS, 20, 4_900, 12)],
)
def test_what_is_too_long_is_read_in_part_and_that_is_said(
    teacher: Actor,
    course: Course,
    writer: WritingServer,
    kind: ContentKind,
    blocks: int,
    length: int,
    read: int,
) -> None:
    parts = [f"Stone {at} lies. ".ljust(length, "x") for at in range(blocks)]
    job, pieces = made(
        teacher, kind, course=course, content="\n\n".join(parts), title="Stones", use=Use.AUTO
    )
    assert pieces
    assert f"The text is long: {read} of its {blocks} parts were read." in str(job.result)
    sent = json.dumps(writer.requests)
    assert ("Stone 196 lies" in sent) == (kind == ContentKind.RUBRIC)


def test_all_that_was_read_needs_no_remark(
    teacher: Actor, course: Course, writer: WritingServer
) -> None:
    lesson = a_lesson(teacher, course)
    job, _pieces = made(teacher, ContentKind.RUBRIC, lesson=lesson, use=Use.AUTO)
    assert job.result is not None
    assert (job.result["remarks"], job.result["lost"]) == ([], [])


def test_of_too_many_lessons_the_first_are_read_and_that_is_said(
    teacher: Actor, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "MAX_LESSONS", 2)
    for title in ("Walls", "More walls", "Even more walls"):
        a_lesson(teacher, course, title=title)
    job, _pieces = made(teacher, ContentKind.KEY_TERMS, course=course, whole=True)
    assert job.result is not None
    assert job.result["lost"] == ["Only the first 2 lessons were read."]


def test_pieces_that_cite_nothing_are_left_out_and_counted(
    teacher: Actor, course: Course, writer: WritingServer
) -> None:
    writer.uncited = True
    lesson = a_lesson(teacher, course)
    job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson, use=Use.AUTO)
    assert pieces == []
    assert job.error == (
        "Nothing could be made from this text. "
        "3 pieces cited nothing of the text and were left out."
    )


def test_a_title_alone_needs_a_model_and_says_that_there_is_no_source(
    teacher: Actor, course: Course, writer: WritingServer, settings: Settings
) -> None:
    writer.faults.append("prose")
    settings.AI = {**settings.AI, "model": ""}
    job, _pieces = made(teacher, ContentKind.OUTLINE, title="Walls", course=course, use=Use.AUTO)
    assert job.error.startswith("This needs a language model")
    with pytest.raises(Invalid):
        made(teacher, ContentKind.SUMMARY, title="Walls", course=course, use=Use.AUTO)


@pytest.mark.parametrize("kind", [ContentKind.LESSON, ContentKind.OUTLINE, ContentKind.RUBRIC])
def test_no_text_of_the_corpus_gets_markup_or_orders_into_a_piece(  # I11
    teacher: Actor, course: Course, writer: WritingServer, kind: ContentKind
) -> None:
    """The model obeys: it repeats the source's orders with tags, pictures and links of its own."""
    writer.obey = True
    for start in range(0, len(CORPUS), 36):
        content = "\n\n".join(CORPUS[start : start + 36])
        made(teacher, kind, content=content, course=course, use=Use.AUTO)
    assert AiCall.objects.filter(outcome="answered").count() >= 3
    for piece in ContentPiece.objects.all():
        shown = f"{piece.title} {piece.markdown} {piece.data}"
        assert "evil.example/pixel" not in shown
        assert "](" not in shown
        html = render_markdown(piece.markdown)
        assert "<script" not in html
        assert "<img" not in html
        assert "evil.example/login" not in html.split("evil.example/login now")[0]
        assert "gnore all" not in shown


def test_a_worker_that_dies_leaves_no_piece_twice(  # D2
    teacher: Actor, course: Course, writer: WritingServer
) -> None:
    """The second window is lost with its worker; the next one makes it, and it alone."""
    long = "\n\n".join(
        f"Stone number {n} is a stone that {'weighs much and ' * 40}lies." for n in range(20)
    )
    lesson = a_lesson(teacher, course, markdown=long)
    wish = ContentWish(kind=ContentKind.KEY_TERMS, lesson=lesson)
    job = request_content(actor=teacher, wish=wish)
    first = claim(job.pk)
    assert first is not None
    told = first.progress

    def dies(percent: int, message: str = "") -> None:
        if ContentPiece.objects.filter(job=job).exists():
            raise _Killed
        told(percent, message)

    first.progress = dies  # type: ignore[method-assign]
    with pytest.raises(_Killed):
        run_content(first)
    kept = list(ContentPiece.objects.filter(job=job).values_list("pk", flat=True))
    assert kept
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    second = claim(job.pk)
    assert second is not None
    result = run_content(second)
    rows = list(ContentPiece.objects.filter(job=job).order_by("ordinal"))
    assert [row.pk for row in rows][: len(kept)] == kept
    assert len({row.ordinal for row in rows}) == len(rows) == result["made"] > len(kept)
    assert len({row.source["blocks"][0]["key"] for row in rows}) == len(rows)
    first.progress = told  # type: ignore[method-assign]
    with pytest.raises(LeaseLost):
        run_content(first)
    assert ContentPiece.objects.filter(job=job).count() == len(rows)


def test_what_rules_made_is_whole_although_a_model_answers_when_it_is_taken_up(
    teacher: Actor, course: Course, writer: WritingServer
) -> None:
    long = f"{WALLS}\n\n" + "\n\n".join(["Stones lie on stones. " * 60] * 12)
    lesson = a_lesson(teacher, course, markdown=long)
    job, by_rules = made(teacher, ContentKind.KEY_TERMS, lesson=lesson, use=Use.RULES)
    assert by_rules
    again = {**job.params, "use": Use.AUTO.value}
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, params=again)
    run = claim(job.pk)
    assert run is not None
    result = run_content(run)
    assert (result["made"], result["providers"]) == (len(by_rules), ["extractive"])
    assert writer.requests == []


@pytest.mark.parametrize(
    ("who", "error"),
    [("anonymous", SignInRequired), ("outsider", Denied), ("learner", Denied)],
)
def test_who_does_not_teach_starts_nothing(
    course: Course, who: str, error: type[KernelError]
) -> None:
    people = people_around(course)
    actor = actors.ANONYMOUS if who == "anonymous" else people[who]
    wish = ContentWish(kind=ContentKind.SUMMARY, content=WALLS)
    with pytest.raises(error):
        request_content(actor=actor, wish=wish)
    with pytest.raises((Denied, NotFound, SignInRequired)):
        request_content(
            actor=actor, wish=ContentWish(kind=ContentKind.SUMMARY, content=WALLS, course=course)
        )
    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "content"),
        ({"content": "a", "url": "http://example.org/"}, "url"),
        ({"content": WALLS, "kind": ContentKind.TRANSLATION, "use": Use.AUTO}, "language"),
        ({"title": "Walls"}, "title"),
        ({"whole": True}, "course"),
        ({"content": "x" * 100_001}, "content"),
    ],
)
def test_what_cannot_be_worked_on_is_refused_by_field(
    teacher: Actor, wish: dict[str, object], field: str
) -> None:
    base = {"kind": ContentKind.SUMMARY, "use": Use.RULES}
    with pytest.raises(Invalid) as refused:
        request_content(actor=teacher, wish=ContentWish(**{**base, **wish}))  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]
