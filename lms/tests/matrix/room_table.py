"""The permission table of what happens in a course's room beside talk."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, body, thing
from lms.tests.matrix.page_table import SENT, C, at, get, post
from lms.tests.matrix.run import Row

# Whoever does not see the room does not see its messages.
UNSEEN = dict.fromkeys(("outsider", "other instructor", "observer"), HIDDEN)

API = [
    Row(
        f"POST {V1}/messages/{{id}}/promote/",
        p.managers() | UNSEEN,
        thing("learner message"),
        body(question="When?", answer="Now."),
    ),
    Row(f"GET {V1}/messages/{{id}}/tutor/", p.own("learner"), thing("room question")),
    Row(
        f"POST {V1}/messages/{{id}}/tutor/",
        p.own("learner", ok=202, reads=False),
        thing("room question"),
    ),
]

PAGES = [
    get(f"{C}/chat/{{message_id}}/faq/", p.managers(), at(message_id="learner message")),
    post(
        f"{C}/chat/{{message_id}}/faq/",
        p.managers(SENT),
        at(message_id="learner message"),
        question="When?",
        answer="Now.",
    ),
    post(
        f"{C}/chat/{{message_id}}/again/",
        p.only("learner", ok=SENT, others=HIDDEN)
        | dict.fromkeys(("outsider", "other instructor", "observer"), 403),
        at(message_id="room question"),
    ),
]
