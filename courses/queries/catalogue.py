"""The catalogue: which courses somebody can see, searched, filtered, ordered, counted."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from courses.enums import CourseLevel, CourseState, EnrolmentPolicy, EnrolmentState
from courses.models import Course, Enrolment, Tag
from courses.rules import LIVE, VIEW_COURSE, staff_course_rows
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.search import matching

SEARCH_KIND: Final = "course"
_COURSE_LIVE: Final = Q(course__state=CourseState.PUBLISHED, course__deleted_at=None)
# What `ordering` may be; "" is the best match while searching, the newest otherwise.
ORDERINGS: Final[dict[str, tuple[str, ...]]] = {
    "": ("-published_at", "-pk"),
    "-published_at": ("-published_at", "-pk"),
    "published_at": ("published_at", "pk"),
    "-learner_count": ("-learner_count", "-pk"),
    "learner_count": ("learner_count", "pk"),
    "title": ("title", "pk"),
    "-title": ("-title", "-pk"),
    "-created_at": ("-created_at", "-pk"),
    "created_at": ("created_at", "pk"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows the catalogue; "" leaves a thing open.

    `price` is free or paid, `tag` a slug, `mine` staff for courses one teaches.
    """

    search: str = ""
    level: str = ""
    language: str = ""
    price: str = ""
    tag: str = ""
    state: str = ""
    policy: str = ""
    slug: str = ""
    mine: str = ""
    ordering: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        return replace(self, ordering="") != Filters()


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: (value, label) pairs, and the tags that live courses carry."""

    levels: list[tuple[str, str]]
    languages: list[tuple[str, str]]
    orderings: list[tuple[str, str]]
    tags: list[Tag]


_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "level": tuple(CourseLevel.values),
    "price": ("free", "paid"),
    "state": tuple(CourseState.values),
    "policy": tuple(EnrolmentPolicy.values),
    "mine": ("staff",),
    "ordering": tuple(ORDERINGS),
}


def check_filters(filters: Filters) -> None:
    """Refuse a value outside its allow list (P2); raises Invalid naming the filter."""
    for name, allowed in _ALLOWED.items():
        value = getattr(filters, name)
        if value and value not in allowed:
            message = _("Choose one of: %(choices)s.") % {
                "choices": ", ".join(filter(None, allowed))
            }
            raise Invalid(message, field=name)


def catalogue(actor: Actor, filters: Filters) -> QuerySet[Course]:
    """Live courses that match, in order: what the catalogue page lists."""
    return _narrow(Course.objects.filter(LIVE), filters, actor)


MOST_FOUND: Final = 6


def found_courses(actor: Actor, words: str) -> list[Course]:
    """At most six courses for somebody who types a few words: their own first, then the others.

    Each has `own`, whether the actor is a member.
    """
    filters = Filters(search=words)
    own = Enrolment.objects.filter(
        course=OuterRef("pk"), user_id=actor.user_id or 0, state=EnrolmentState.ACTIVE
    )
    rows = visible_courses(actor, filters).filter(deleted_at=None).annotate(own=Exists(own))
    return list(rows.order_by("-own", "title", "pk")[:MOST_FOUND])


def visible_courses(actor: Actor, filters: Filters) -> QuerySet[Course]:
    """Every course the actor may know of that matches: live ones, and their own in any state.

    The same rows as the rule's, by cheaper queries: most people belong to no course that is not
    live, and then the list needs no subquery. A test keeps the two in agreement.
    """
    return _narrow(_visible(actor), filters, actor)


def _visible(actor: Actor) -> QuerySet[Course]:
    if actor.preview_course_id is not None:
        return VIEW_COURSE.rows(actor)
    if actor.is_admin:
        return Course.objects.all()
    if actor.user_id is None:
        return Course.objects.filter(LIVE)
    hidden = Enrolment.objects.filter(user_id=actor.user_id, state=EnrolmentState.ACTIVE)
    ids = list(hidden.exclude(_COURSE_LIVE).values_list("course_id", flat=True))
    if not ids:
        return Course.objects.filter(LIVE)
    seen = VIEW_COURSE.rows(actor).filter(pk__in=ids).values_list("pk", flat=True)
    return Course.objects.filter(LIVE | Q(pk__in=list(seen)))


def catalogue_choices() -> Choices:
    """What the catalogue's filters offer; two queries."""
    live = Course.objects.filter(LIVE)
    languages = live.order_by("language").values_list("language", flat=True).distinct()
    tags = Tag.objects.filter(courses__in=live.values("pk")).distinct()
    return Choices(
        levels=[(value, str(label)) for value, label in CourseLevel.choices],
        languages=[(code, language_name(code)) for code in languages],
        orderings=[
            ("", _("Newest")),
            ("-learner_count", _("Most learners")),
            ("title", _("Title, A to Z")),
        ],
        tags=list(tags),
    )


def language_name(code: str) -> str:
    """A language's own name, or its code when it is unknown."""
    from django.utils.translation import get_language_info

    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


def _narrow(rows: QuerySet[Course], filters: Filters, actor: Actor) -> QuerySet[Course]:
    check_filters(filters)
    exact = {
        "level": filters.level,
        "language": filters.language,
        "state": filters.state,
        "enrolment_policy": filters.policy,
        "slug": filters.slug,
        "tags__slug": filters.tag,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.price:
        rows = rows.filter(Q(price_minor=0) if filters.price == "free" else Q(price_minor__gt=0))
    if filters.mine:
        rows = rows.filter(pk__in=staff_course_rows(actor).order_by().values("pk"))
    if filters.search:
        found = matching(SEARCH_KIND, filters.search)
        ids = [] if found is None else found.values("object_id")
        words = Q(pk__in=ids) | Q(title__icontains=filters.search[:100])
        rows = rows.filter(words)
    return rows.order_by(*ORDERINGS[filters.ordering])


_COLUMNS: Final = (
    "public_id",
    "slug",
    "title",
    "summary",
    "language",
    "level",
    "state",
    "enrolment_policy",
    "price_minor",
    "currency",
    "starts_at",
    "ends_at",
    "capacity",
    "learner_count",
    "lesson_count",
    "minutes",
    "published_at",
    "cover",
    "version",
    "created_by__public_id",
    "created_by__name",
    "tag_slugs",
)


def course_rows(rows: QuerySet[Course], offset: int, limit: int) -> list[dict[str, Any]]:
    """A window of a catalogue as JSON-ready dicts; one query with the tags and the instructor.

    Model objects and a prefetch of the tags cost four times as much.
    """
    values = rows.annotate(tag_slugs=_tag_slugs()).values_list(*_COLUMNS)
    return [_row(found) for found in values[offset : offset + limit]]


def _row(found: tuple[Any, ...]) -> dict[str, Any]:
    *plain, cover, version, person, name, tags = found
    row = dict(zip(("id", *_COLUMNS[1:17]), plain, strict=True))
    row["cover"] = f"/covers/{row['id']}/{version}/" if cover else None
    row["version"] = version
    row["instructor"] = {"id": person, "name": name}
    row["tags"] = sorted(tags.split(",")) if tags else []
    return row


def _tag_slugs() -> RawSQL:
    """The slugs of a course's tags, joined by commas (no slug holds one), per shown row."""
    join = (
        "string_agg(t.slug, ',')" if connection.vendor == "postgresql" else "group_concat(t.slug)"
    )
    return RawSQL(  # noqa: S611 - constant text
        f"(SELECT {join} FROM courses_course_tags ct JOIN courses_tag t ON t.id = ct.tag_id"  # noqa: S608
        " WHERE ct.course_id = courses_course.id)",
        [],
        TextField(),
    )


def count_courses(rows: QuerySet[Course], offset: int, limit: int, shown: int) -> int:
    """How many courses match in all; no query when the window itself tells."""
    if shown < limit and (shown or not offset):
        return offset + shown
    return rows.order_by().count()
