"""What the operations of rooms, forum, messages and notifications look like, for the schema."""

from lms.kernel.rest.schema import shown

COURSE = "nPpTR5dfFz6g6sWQmDavMy"
FARID = {"id": "JJwrYLsnyoh4HaJU7TFvcY", "name": "Farid Quillon"}
CLIENT = "d0c910c4-4de5-49cc-9dc1-872b0fb2a3bc"
SAID = {
    "body": "Does **anybody** meet on Friday?",
    "html": "<p>Does <strong>anybody</strong> meet on Friday?</p>\n",
}
NOW = "2026-11-29T07:28:27Z"
MESSAGE = shown(
    sent={"room": COURSE, "client_id": CLIENT, "body": SAID["body"]},
    told={
        "id": "2CoJXPXSDPiryxGXWskv7x",
        "seq": 53,
        "change": 53,
        "client_id": CLIENT,
        "sender": FARID,
        "ai": None,
        "reply_to": None,
        "thread": None,
        "replies": 0,
        **SAID,
        "files": [],
        "created_at": NOW,
        "edited_at": None,
        "deleted": False,
        "pinned": False,
        "mentions": [],
        "reactions": {},
        "asked": "",
        "faq": False,
    },
)
DIRECT = shown(
    sent={"person": FARID["id"], "client_id": CLIENT, "body": SAID["body"]},
    told={
        "id": "uKzWQLj4wEZR7vHHagLtBF",
        "conversation": "VAa63xoL5s8z3dsafxuYfn",
        "seq": 4,
        "change": 4,
        "client_id": CLIENT,
        "sender": {"id": "coUc7TCMS1zPAXomau9Poy", "name": "Ines Calderwood"},
        **SAID,
        "files": [],
        "created_at": NOW,
        "edited_at": None,
        "deleted": False,
    },
)
THREAD = shown(
    sent={
        "course": COURSE,
        "client_id": CLIENT,
        "kind": "question",
        "title": "How do I read a box plot?",
        "body": "The whiskers confuse me.",
    },
    told={
        "id": "J8b1uCDoyz5tTRHmyRFNhf",
        "board": {"id": "SNMtXgr2D4khqtjgMWAe7x", "title": "Questions"},
        "kind": "question",
        "title": "How do I read a box plot?",
        "author": {**FARID, "anonymous": False, "mine": True, "role": ""},
        "replies": 0,
        "last_seq": 1,
        "read_seq": 1,
        "followed": True,
        "pinned": False,
        "locked": False,
        "solved_by": None,
        "group_only": False,
        "group": None,
        "post_first": False,
        "graded": False,
        "faq": False,
        "deleted": False,
        "created_at": NOW,
        "last_post_at": NOW,
    },
)
NOTIFICATIONS = shown(
    told={
        "id": "fJCeT7QneiB8F3DeX3npf3",
        "kind": "forum_reply",
        "course": COURSE,
        "title": "New reply in \u201cHow do I read a box plot?\u201d",
        "detail": "You follow this thread in the forum of Thinking with Data.",
        "url": "/c/thinking-with-data/discuss/t/J8b1uCDoyz5tTRHmyRFNhf/",
        "read_at": None,
        "created_at": NOW,
    }
)
