"""The permission table of how questions are filed, lent and changed, on the published course."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, body, cid, thing, tid
from lms.tests.matrix.run import Row

HIDDEN = 404
STAFF = p.staff(others=HIDDEN)
MANAGERS = p.seen_by_staff(p.managers())
BANK = thing("bank")
OUTCOME = {"code": "G2", "title": "Name rocks"}
ENDERS = p.managers() | dict.fromkeys(
    ("learner", "observer", "outsider", "other instructor", "assistant", "token"), HIDDEN
)
# The instructor's own deed is missing to everybody else; their token and their preview only read.
OWN = dict.fromkeys(ENDERS, HIDDEN) | {
    "anonymous": 401,
    "inactive": 401,
    "instructor": 200,
    "staff token": 403,
}


def made(profile: p.Profile, status: int) -> p.Profile:
    """The same with another status where it is granted."""
    return {who: status if found == 200 else found for who, found in profile.items()}


ROWS = [
    Row(f"GET {V1}/question-banks/{{id}}/categories/", STAFF, BANK),
    Row(
        f"POST {V1}/question-banks/{{id}}/categories/",
        made(MANAGERS, 201),
        BANK,
        body(name="Fossils"),
    ),
    Row(f"GET {V1}/question-banks/{{id}}/tags/", STAFF, BANK),
    Row(
        f"PATCH {V1}/question-categories/{{id}}/",
        MANAGERS,
        thing("question category"),
        body(name="Stones"),
    ),
    Row(f"DELETE {V1}/question-categories/{{id}}/", MANAGERS, thing("question category")),
    Row(
        f"POST {V1}/question-categories/{{id}}/merge/",
        MANAGERS,
        thing("inner category"),
        body(into=tid("question category")),
    ),
    Row(f"PATCH {V1}/question-tags/{{id}}/", MANAGERS, thing("question tag"), body(name="lava")),
    Row(f"DELETE {V1}/question-tags/{{id}}/", MANAGERS, thing("question tag")),
    Row(
        f"POST {V1}/question-tags/{{id}}/merge/",
        MANAGERS,
        thing("question tag"),
        body(into=tid("other tag")),
    ),
    Row(f"GET {V1}/learning-outcomes/", p.staff(), query="?course={course}"),
    Row(f"POST {V1}/learning-outcomes/", p.managers(201), body=body(course=cid, **OUTCOME)),
    Row(f"PATCH {V1}/learning-outcomes/{{id}}/", MANAGERS, thing("outcome"), body(title="Tell")),
    Row(f"DELETE {V1}/learning-outcomes/{{id}}/", MANAGERS, thing("outcome")),
    Row(
        f"PUT {V1}/learning-outcomes/order/",
        p.managers(204),
        body=lambda world: {
            "course": world.course.public_id,
            "order": [world.things["outcome"].public_id],
        },
    ),
    Row(
        f"PUT {V1}/questions/{{id}}/filing/",
        MANAGERS,
        thing("question"),
        body(tags=["hot"]),
    ),
    Row(f"PUT {V1}/questions/{{id}}/state/", MANAGERS, thing("question"), body(state="retired")),
    Row(f"GET {V1}/questions/{{id}}/usage/", STAFF, thing("question")),
    Row(f"POST {V1}/question-banks/own/", p.teachers(writes=True) | {"assistant": 200}),
    Row(
        f"GET {V1}/question-banks/{{id}}/shares/",
        p.seen_by_staff(p.managers()) | {"staff token": 200},
        BANK,
    ),
    Row(
        f"POST {V1}/question-banks/{{id}}/shares/",
        made(MANAGERS, 201),
        BANK,
        lambda world: {"email": world.people["other instructor"].email},
    ),
    Row(f"DELETE {V1}/bank-shares/{{id}}/", made(ENDERS, 204), thing("share")),
    Row(
        f"POST {V1}/question-banks/{{id}}/bulk/",
        MANAGERS,
        BANK,
        body(verb="difficulty", difficulty="easy", where={}),
    ),
    Row(f"POST {V1}/question-bulk-edits/{{id}}/undo/", OWN, thing("bulk edit")),
]
