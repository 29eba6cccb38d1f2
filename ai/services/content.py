"""Generating teaching material: start the job, and do its work in steps that can be taken up."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.turn import take_own_turn
from ai.enums import ContentKind, SourceOrigin, Use
from ai.gateway.content.shape import BY_RULES, FROM_TITLE, Made
from ai.gateway.documents.shape import Extracted
from ai.models import ContentPiece
from ai.queries.content import KIND, unfinished
from ai.rules import teaches
from ai.services.forecast import Forecast, forecast, require_fit
from ai.services.making import (
    ORDINALS,
    RULES,
    Making,
    purpose_of,
    sizes,
    units,
    unread_words,
    work_unit,
)
from ai.services.material import (
    Material,
    lessons_of,
    of_lessons,
    of_text,
    outside,
    require_readable,
)
from ai.services.routes import Line
from assessments.queries.exam import require_ai
from courses.models import Attachment, Course, Lesson, Section
from courses.rules import ASSIST_COURSE, STAFF_COURSE, VIEW_LESSON, VIEW_SECTION
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, Throttled, Unavailable
from lms.kernel.jobs import JobRun, enqueue
from lms.kernel.models import Job
from lms.kernel.rules import fetch, require, require_write
from lms.kernel.text import require_line, require_text

MAX_CONTENT = 100_000
MAX_URL = 2_000
MAX_TITLE = 150
MAX_AT_ONCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentWish:
    """What somebody wants made, from exactly one source; `into` is the lesson that may get it.

    `title` alone is a source, too, for kinds that a model can write from one. `whole` takes all
    lessons of `course`; without it `course` only says where the pieces belong. `replaces` is an
    accepted piece that is made anew.
    """

    kind: ContentKind
    lesson: Lesson | None = None
    section: Section | None = None
    course: Course | None = None
    whole: bool = False
    content: str = ""
    title: str = ""
    url: str = ""
    attachment: Attachment | None = None
    into: Lesson | None = None
    language: str = ""
    level: str = ""
    use: Use = Use.AUTO
    replaces: ContentPiece | None = None

    @property
    def home(self) -> Course | None:
        """The course that the pieces belong to."""
        for part in (self.lesson, self.section, self.attachment):
            if part is not None:
                return part.course
        return self.course

    @property
    def sources(self) -> list[str]:
        """Names of the sources that were given."""
        given = {
            "lesson": self.lesson,
            "section": self.section,
            "whole": self.whole,
            "content": self.content.strip(),
            "url": self.url.strip(),
            "attachment": self.attachment,
        }
        names = [name for name, value in given.items() if value]
        return names or (["title"] if self.title.strip() else [])


def request_content(*, actor: Actor, wish: ContentWish) -> Job:
    """Start the job.

    For a course, or from anything in one: its staff. From a text or a page alone: anyone who
    teaches. Raises what `require` raises, Denied `exam_mode` while an exam of the actor's runs,
    Invalid by field (`over_budget` when what is left of a budget cannot hold it), Throttled with
    five jobs unfinished.
    """
    found = estimate_content(actor=actor, wish=wish)
    home = wish.home
    with transaction.atomic():
        take_own_turn(actor)
        if unfinished(actor) >= MAX_AT_ONCE:
            raise Throttled(_("Wait until one of your five requests is done."), retry_after=30)
        require_fit(found)
        return enqueue(
            KIND, actor=actor, params=_params(wish), course_id=home.pk if home is not None else None
        )


def estimate_content(*, actor: Actor, wish: ContentWish) -> Forecast:
    """What the job would cost, before it starts; nothing is written, pages and files are not read.

    Raises what `request_content` raises but Throttled and `over_budget`.
    """
    require_write(actor)
    require_ai(actor)
    if wish.home is not None:
        require(actor, ASSIST_COURSE, wish.home)
    elif not teaches(actor):
        raise Denied(_("Generating material is for people who teach."))
    _check(wish)
    line = Line(actor, purpose_of(wish.kind), wish.home)
    material = _at_hand(wish)
    making = Making(
        kind=wish.kind,
        material=material or Material(SourceOrigin.TEXT, wish.title, ()),
        actor=actor,
        course=wish.home,
        job_id=0,
        use=wish.use,
        title=wish.title.strip(),
        language=wish.language.strip(),
        level=wish.level.strip(),
    )
    found = forecast(line, wish.use, lambda _route: sizes(making, known=material is not None))
    if material is None and found.model:
        words = _("The page or file is read when the job starts, so this is a wide guess.")
        found = replace(found, notes=(*found.notes, words))
    return found


def _at_hand(wish: ContentWish) -> Material | None:
    """The material as far as it can be had at once; None for pages and files."""
    if wish.lesson is not None:
        return of_lessons(SourceOrigin.LESSON, wish.lesson.title, [wish.lesson])
    if wish.section is not None:
        lessons = lessons_of(wish.section.course, wish.section)
        return of_lessons(SourceOrigin.SECTION, wish.section.title, lessons)
    if wish.whole and wish.course is not None:
        return of_lessons(SourceOrigin.COURSE, wish.course.title, lessons_of(wish.course))
    if wish.content.strip():
        return of_text(SourceOrigin.TEXT, Extracted("", wish.content, ()))
    if wish.sources == ["title"]:
        return Material(SourceOrigin.TITLE, wish.title.strip(), ())
    return None


def _params(wish: ContentWish) -> dict[str, Any]:
    into = wish.into or (None if wish.kind == ContentKind.OUTLINE else wish.lesson)
    return {
        "kind": wish.kind.value,
        "lesson": wish.lesson.pk if wish.lesson else None,
        "section": wish.section.pk if wish.section else None,
        "whole": wish.whole,
        "content": wish.content,
        "title": wish.title.strip(),
        "url": wish.url.strip(),
        "attachment": wish.attachment.pk if wish.attachment else None,
        "into": into.pk if into else None,
        "language": wish.language.strip(),
        "level": wish.level.strip(),
        "use": wish.use.value,
        "replaces": wish.replaces.pk if wish.replaces else None,
    }


def _check(wish: ContentWish) -> None:
    """Raise Invalid by field for what cannot be worked on."""
    if len(wish.sources) != 1:
        words = _("Give exactly one source: a lesson, section, course, text, page, file or title.")
        raise Invalid(words, field=wish.sources[1] if wish.sources else "content")
    require_text(wish.content, field="content", max_length=MAX_CONTENT)
    for name, most in (("title", MAX_TITLE), ("language", 40), ("level", 80), ("url", MAX_URL)):
        require_line(getattr(wish, name).strip(), field=name, max_length=most)
    if wish.kind == ContentKind.TRANSLATION and not wish.language.strip():
        raise Invalid(_("Name the language to translate into."), field="language")
    if wish.sources == ["title"] and wish.kind not in FROM_TITLE:
        raise Invalid(_("This needs a text, not only a title."), field="title")
    if wish.sources == ["title"] and wish.use == Use.RULES:
        raise Invalid(_("Rules cannot write from a title alone. Give a text."), field="use")
    if wish.use == Use.RULES and wish.kind not in BY_RULES:
        raise Invalid(_needs_model(), field="use")
    _check_places(wish)


def _check_places(wish: ContentWish) -> None:
    home = wish.home
    if wish.into is not None and (home is None or wish.into.course_id != home.pk):
        raise Invalid(_("The lesson is not in this course."), field="into")
    if wish.course is not None and home is not None and wish.course.pk != home.pk:
        raise Invalid(_("The source is not in this course."), field="course")
    if wish.whole and wish.course is None:
        raise Invalid(_("Name the course."), field="course")
    if wish.attachment is not None:
        require_readable(wish.attachment)
    if (
        wish.lesson is not None
        and not of_lessons(SourceOrigin.LESSON, wish.lesson.title, [wish.lesson]).blocks
    ):
        raise Invalid(_("There is no text to work from."), field="lesson")


def _needs_model() -> str:
    return _("This needs a language model: rules cannot translate, retell or work examples.")


@dataclass(slots=True)
class _Work:
    run: JobRun
    actor: Actor
    course: Course | None
    into: Lesson | None
    making: Making
    remarks: list[str] = field(default_factory=list)

    def made(self) -> list[ContentPiece]:
        return list(ContentPiece.objects.filter(job_id=self.run.job_id).order_by("ordinal"))


def run_content(run: JobRun) -> dict[str, Any]:
    """Do the job with the rights its starter has now; pieces that are there already stay.

    Each unit of the text is asked for by itself and its pieces are written in one transaction that
    holds the job's lease. Raises Unavailable in words when nothing could be made.
    """
    work = _prepare(run)
    made = work.made()
    done = {piece.ordinal // ORDINALS for piece in made}
    planned = units(work.making)
    if not made:
        _require_fit(work)
    # Rules take the whole text at once: then nothing is left, also when a model answers by now.
    whole = any(piece.provider == RULES for piece in made)
    for number, blocks in enumerate(planned, 1):
        if whole or number in done:
            continue
        run.checkpoint()
        found = work_unit(work.making, blocks)
        work.remarks += found.remarks
        if found.made:
            _keep(work, found.made, number, len(planned), found.source)
        if found.last:
            break
    made = work.made()
    if any(piece.provider != RULES for piece in made):
        work.remarks += unread_words(work.making, planned)
    if not made:
        words = " ".join(dict.fromkeys(work.remarks))
        raise Unavailable(_("Nothing could be made from this text.") + f" {words}".rstrip())
    return {
        "made": len(made),
        "pieces": [piece.public_id for piece in made],
        "providers": sorted({piece.provider for piece in made}),
        "lost": list(work.making.material.lost),
        "remarks": list(dict.fromkeys(work.remarks)),
    }


def _require_fit(work: _Work) -> None:
    """Refuse what turned out too big once a page or file was read, before anything is spent."""
    making = work.making
    line = Line(work.actor, purpose_of(making.kind), work.course, work.run.job_id)
    try:
        require_fit(forecast(line, making.use, lambda _route: sizes(making, known=True)))
    except Invalid as problem:
        raise Unavailable(problem.detail, code="over_budget") from None


def _prepare(run: JobRun) -> _Work:
    actor = run.actor()
    course = into = None
    if run.course_id is not None:
        course = fetch(actor, STAFF_COURSE, pk=run.course_id)
    if run.params["into"] is not None:
        into = fetch(actor, VIEW_LESSON, pk=run.params["into"], course=course)
    run.progress(5, _("Reading the text"))
    making = Making(
        kind=ContentKind(run.params["kind"]),
        material=_material(run, actor, course),
        actor=actor,
        course=course,
        job_id=run.job_id,
        use=Use(run.params["use"]),
        title=run.params["title"],
        language=run.params["language"],
        level=run.params["level"],
    )
    return _Work(run, actor, course, into, making)


def _material(run: JobRun, actor: Actor, course: Course | None) -> Material:
    params = run.params
    if params["lesson"] is not None:
        lesson = fetch(actor, VIEW_LESSON, pk=params["lesson"], course=course)
        return of_lessons(SourceOrigin.LESSON, lesson.title, [lesson])
    if params["section"] is not None and course is not None:
        section = fetch(actor, VIEW_SECTION, pk=params["section"], course=course)
        return of_lessons(SourceOrigin.SECTION, section.title, lessons_of(course, section))
    if params["whole"] and course is not None:
        return of_lessons(SourceOrigin.COURSE, course.title, lessons_of(course))
    if not (params["content"].strip() or params["url"] or params["attachment"]):
        return Material(SourceOrigin.TITLE, params["title"], ())
    return outside(run, actor, course)


def _keep(work: _Work, made: list[Made], number: int, total: int, source: dict[str, Any]) -> None:
    """Write a unit's pieces, once per ordinal, while the lease is surely ours."""
    words = ngettext("%(n)d piece", "%(n)d pieces", len(made)) % {"n": len(made)}
    with transaction.atomic():
        # The conditional update locks the job's row: who lost the lease stops here.
        work.run.progress(min(99, 5 + 95 * number // total), words)
        ContentPiece.objects.bulk_create(
            [
                _piece(work, one, number * ORDINALS + at, source)
                for at, one in enumerate(made[: ORDINALS - 1], 1)
            ],
            ignore_conflicts=True,
        )


def _piece(work: _Work, made: Made, ordinal: int, source: dict[str, Any]) -> ContentPiece:
    return ContentPiece(
        job_id=work.run.job_id,
        ordinal=ordinal,
        course=work.course,
        lesson=work.into,
        kind=work.making.kind,
        heading=made.heading[:150],
        title=made.title[:200],
        markdown=made.markdown,
        data=made.data,
        source=work.making.material.cite(made),
        notes=[*made.notes, *source.get("notes", ())],
        provider=source["provider"],
        model=source["model"][:120],
        prompt_version=source["prompt_version"],
        replaces_id=work.run.params["replaces"],
        created_by_id=work.actor.user_id,
    )
