"""The permission table of the tutor: operations and pages."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, body, cid, thing, tid
from lms.tests.matrix.page_table import (
    READ_BY_STAFF,
    SENT,
    SENT_BY_MANAGERS,
    SENT_BY_STAFF,
    C,
    T,
    at,
    get,
    plus,
    post,
)
from lms.tests.matrix.run import Row

TALK = thing("conversation")
QUESTION = "What do stones stand by?"
# Somebody's own in a course: members do not see it, others are not let in.
OWN = p.only("learner", ok=SENT, others=404) | {"outsider": 403, "other instructor": 403}

ROWS = [
    Row(f"POST {V1}/ai/tutor/", p.talkers(), body=body(course=cid, message=QUESTION)),
    Row(f"GET {V1}/ai/tutor/", p.signed_in()),
    Row(f"GET {V1}/ai/tutor/{{id}}/", p.own("learner"), TALK),
    Row(f"DELETE {V1}/ai/tutor/{{id}}/", p.own("learner", ok=204, reads=False), TALK),
    Row(
        f"POST {V1}/ai/tutor/{{id}}/rate/",
        p.own("learner", reads=False),
        TALK,
        body(exchange=tid("exchange"), rating="up"),
    ),
    Row(
        f"POST {V1}/ai/tutor/{{id}}/send-on/",
        p.own("learner", reads=False),
        TALK,
        body(exchange=tid("exchange")),
    ),
]
PAGE_ROWS = [
    get(f"{C}/tutor/", p.talkers()),
    post(f"{C}/tutor/", p.talkers(SENT), message=QUESTION),
    post(f"{C}/tutor/{{exchange_id}}/{{act}}/", OWN, plus(at(exchange_id="exchange"), act="up")),
    post(f"{C}/tutor/delete/", OWN, conversation=tid("conversation")),
    get(f"{T}/ai/tutor/", READ_BY_STAFF),
    post(f"{T}/ai/tutor/setting/", SENT_BY_MANAGERS, style="hints"),
    post(f"{T}/ai/tutor/{{exchange_id}}/", SENT_BY_STAFF, at(exchange_id="exchange"), reply="Yes."),
    post(f"{T}/ai/tutor/faq/{{faq_id}}/remove/", SENT_BY_MANAGERS, at(faq_id="faq")),
]
