"""The permission table of generated teaching material, its pages included."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.ai_table import TEACHERS, TEXT
from lms.tests.matrix.api_table import HIDDEN, V1, body, cid, lid, thing
from lms.tests.matrix.page_table import SENT_BY_STAFF, T, at, at_lesson, get, post
from lms.tests.matrix.run import Row

PIECE, TAKEN, TURNED = thing("piece"), thing("accepted piece"), thing("rejected piece")
WISH = {"kind": "summary"}
STAFF_SEE = p.seen_by_staff(p.staff(writes=True))
INSTRUCTORS_SEE = p.seen_by_staff(p.managers())

ROWS = [
    Row(f"POST {V1}/ai/generate-content/", TEACHERS, body=body(content=TEXT, **WISH)),
    Row(
        f"POST {V1}/ai/generate-content/",
        p.staff(202, writes=True),
        body=body(content=TEXT, course=cid, **WISH),
        note="for a course",
    ),
    Row(
        f"POST {V1}/ai/generate-content/",
        p.seen_by_members(p.staff(202, writes=True)),
        body=body(lesson=lid("published live"), **WISH),
        note="from a lesson",
    ),
    Row(
        f"POST {V1}/ai/generate-content/estimate/",
        p.only("assistant", "instructor", "other instructor", "admin"),
        body=body(content=TEXT, **WISH),
    ),
    Row(
        f"POST {V1}/ai/generate-content/estimate/",
        p.seen_by_members(p.staff(writes=True)),
        body=body(lesson=lid("published live"), **WISH),
        note="from a lesson",
    ),
    Row(f"GET {V1}/ai/pieces/", p.signed_in()),
    Row(f"GET {V1}/ai/pieces/", p.staff(), query="?course={course}", note="of a course"),
    Row(f"GET {V1}/ai/pieces/{{id}}/", p.staff(others=HIDDEN), PIECE),
    Row(f"POST {V1}/ai/pieces/{{id}}/accept/", INSTRUCTORS_SEE, PIECE),
    Row(f"POST {V1}/ai/pieces/{{id}}/reject/", STAFF_SEE, PIECE),
    Row(f"POST {V1}/ai/pieces/{{id}}/undo/", STAFF_SEE, TURNED, note="of a rejected one"),
    Row(f"POST {V1}/ai/pieces/{{id}}/undo/", INSTRUCTORS_SEE, TAKEN, note="of an accepted one"),
    Row(f"POST {V1}/ai/pieces/{{id}}/confirm/", STAFF_SEE, TAKEN),
    Row(f"POST {V1}/ai/drafts/{{id}}/confirm/", STAFF_SEE, thing("accepted draft")),
    Row(f"GET {V1}/ai/stale/", p.staff(), query="?course={course}"),
]
PAGE_ROWS = [
    get(f"{T}/ai/content/", p.staff()),
    post(f"{T}/ai/content/", p.staff(302, writes=True), kind="summary", content=TEXT),
    get(f"{T}/ai/content/{{job_id}}/", p.staff(), at(job_id="content job")),
    get(f"{T}/ai/lessons/{{lesson_id}}/", p.staff(), at_lesson("published live")),
    get(f"{T}/ai/stale/", p.staff()),
    post(f"{T}/ai/pieces/{{piece_id}}/", SENT_BY_STAFF, at(piece_id="piece"), act="reject"),
    post(
        f"{T}/ai/stale/{{kind}}/{{thing_id}}/",
        SENT_BY_STAFF,
        lambda world: {
            "slug": world.course.slug,
            "kind": "piece",
            "thing_id": world.things["accepted piece"].public_id,
        },
        act="confirm",
    ),
]
