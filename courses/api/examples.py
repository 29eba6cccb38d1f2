"""What the operations of courses look like, for the schema."""

from lms.kernel.rest.schema import shown

COURSE = {
    "id": "ZbPRuqWFaGifEm2PqsoXVe",
    "slug": "how-bridges-stand-up",
    "title": "How Bridges Stand Up",
}
LESSON = "9xzA2jSheUAVeFAvQm7r5f"
ENROL = shown(
    sent={"course": COURSE["id"]},
    told={
        "id": "TzY1m39oNLVyhLYZyCJSvH",
        "course": COURSE,
        "user": {"id": "JJwrYLsnyoh4HaJU7TFvcY", "name": "Farid Quillon"},
        "role": "learner",
        "state": "active",
        "origin": "self",
        "created_at": "2026-09-22T14:58:48Z",
        "last_active_at": "2026-11-27T17:50:07Z",
        "completed_lessons": 2,
        "seconds": 1166,
        "completion": 0.4,
        "completed_at": None,
        "resume_lesson": LESSON,
    },
)
PING = shown(
    sent={"lesson": LESSON, "seconds": 30, "position": 40},
    told={
        "lesson": LESSON,
        "state": "started",
        "seconds": 540,
        "position": 40,
        "started_at": "2026-09-22T15:10:48Z",
        "completed_at": None,
    },
)
