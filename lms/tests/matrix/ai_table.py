"""The permission table of generated questions and their ledger."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, body, cid, course, lid, thing
from lms.tests.matrix.run import Row

DRAFT, JOB = thing("draft"), thing("instructor job")
TEXT_SEEN = thing("learner text")
WISH = {"kind": "single_choice", "count": 1, "difficulty": "easy"}
TEXT = "Stones stand by their weight and not by mortar, as every mason of the island knows."
# Anyone who teaches anything; assistants do. In a preview nobody writes.
TEACHERS = p.only("assistant", "instructor", "other instructor", "admin", ok=202)

ROWS = [
    Row(f"POST {V1}/ai/generate-questions/", TEACHERS, body=body(content=TEXT, **WISH)),
    Row(
        f"POST {V1}/ai/generate-questions/",
        p.staff(202, writes=True),
        body=body(content=TEXT, course=cid, **WISH),
        note="for a course",
    ),
    Row(
        f"POST {V1}/ai/generate-questions/",
        p.seen_by_members(p.staff(202, writes=True)),
        body=body(lesson=lid("published live"), **WISH),
        note="from a lesson",
    ),
    Row(
        f"POST {V1}/ai/generate-questions/",
        p.staff(202, writes=True),
        body=body(course=cid, bloom="understand", **WISH),
        note="from the whole course",
    ),
    Row(
        f"POST {V1}/ai/generate-questions/estimate/",
        p.only("assistant", "instructor", "other instructor", "admin"),
        body=body(content=TEXT, **WISH),
    ),
    Row(
        f"POST {V1}/ai/generate-questions/estimate/",
        p.seen_by_members(p.staff(writes=True)),
        body=body(lesson=lid("published live"), **WISH),
        note="from a lesson",
    ),
    Row(f"GET {V1}/ai/jobs/", p.signed_in()),
    Row(f"GET {V1}/ai/jobs/{{id}}/", p.own("instructor") | {"admin": 200, "preview": 200}, JOB),
    Row(
        f"POST {V1}/ai/jobs/{{id}}/cancel/",
        p.own("instructor", reads=False) | {"admin": 200, "preview": 403},
        JOB,
    ),
    Row(f"GET {V1}/ai/drafts/", p.signed_in()),
    Row(f"GET {V1}/ai/drafts/", p.staff(), query="?course={course}", note="of a course"),
    Row(f"GET {V1}/ai/drafts/{{id}}/", p.staff(others=HIDDEN), DRAFT),
    Row(
        f"PATCH {V1}/ai/drafts/{{id}}/",
        p.seen_by_staff(p.staff(writes=True)),
        DRAFT,
        body(explanation="Because."),
    ),
    Row(f"POST {V1}/ai/drafts/{{id}}/accept/", p.seen_by_staff(p.staff(writes=True)), DRAFT),
    Row(f"POST {V1}/ai/drafts/{{id}}/reject/", p.seen_by_staff(p.staff(writes=True)), DRAFT),
    Row(f"GET {V1}/ai/consent/", p.signed_in()),
    Row(f"POST {V1}/ai/consent/", p.signed_in(writes=True), body=body(of_age=True)),
    Row(f"POST {V1}/ai/consent/withdraw/", p.signed_in(writes=True)),
    Row(f"POST {V1}/ai/consent/switch/", p.signed_in(writes=True), body=body(off=True)),
    Row(f"GET {V1}/ai/seen/", p.signed_in()),
    Row(f"GET {V1}/ai/seen/{{id}}/", p.own("learner"), TEXT_SEEN),
    Row(f"DELETE {V1}/ai/seen/{{id}}/", p.own("learner", 204, reads=False), TEXT_SEEN),
    Row(f"GET {V1}/ai/switches/{{id}}/", p.staff(), course()),
    Row(
        f"PATCH {V1}/ai/switches/{{id}}/",
        p.managers(),
        course(),
        body(off_purposes=["marking"]),
    ),
    Row(f"GET {V1}/ai/switches/site/", p.only("admin")),
    Row(f"PATCH {V1}/ai/switches/site/", p.only("admin"), body=body(off_purposes=["marking"])),
    Row(f"GET {V1}/ai/usage/", p.signed_in()),
    Row(f"GET {V1}/ai/usage/", p.staff(), query="?course={course}", note="of a course"),
    Row(f"GET {V1}/ai/usage/", p.only("admin"), query="?scope=all", note="of everybody"),
]
