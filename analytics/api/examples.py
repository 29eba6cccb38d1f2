"""What the operations of analytics look like, for the schema."""

from lms.kernel.rest.schema import shown

COURSE = "nPpTR5dfFz6g6sWQmDavMy"
LESSON = "9xzA2jSheUAVeFAvQm7r5f"
READING = {"id": "8DF6t91vArTGtAADUYWhUh", "code": "D2", "title": "Read a chart with care"}
EVENTS = shown(
    sent={
        "course": COURSE,
        "sent_at": "2026-11-29T07:28:26Z",
        "events": [
            {
                "id": "32624dd7-2e96-4260-a1ee-ec5186d156a0",
                "verb": "experienced",
                "at": "2026-11-29T07:27:40Z",
                "lesson": LESSON,
            },
            {
                "id": "b11a3c5c-6d53-4b39-9c0e-4a7a0c6b2f18",
                "verb": "paused",
                "at": "2026-11-29T07:28:20Z",
                "lesson": LESSON,
                "part": "video",
                "result": {"seconds": 40, "progress": 0.25},
            },
        ],
    },
    told={"stored": 2, "known": 0, "refused": []},
)
RISK = {
    "student": {"id": "coUc7TCMS1zPAXomau9Poy", "name": "Bj\u00f6rn Askelund-Snow"},
    "state": "needs_help",
    "points": 3,
    "reasons": [{"factor": "inactive", "points": 3, "text": "No activity for 38 days."}],
    "note": "",
    "completion": 0.35,
    "mean_score": 0.357143,
    "last_seen": "2026-10-21T14:59:57Z",
    "contacted_at": None,
    "contacted_by": "",
    "early_warning": {
        "chance": 0.918726,
        "level": "high",
        "base": -0.420627,
        "reasons": [
            {
                "theme": "scores",
                "log_odds": 3.082491,
                "text": "Mean score 36%, the last one 36%.",
            }
        ],
        "rest": -0.236696,
        "note": "",
        "week": "2026-11-23",
        "told_at": "2026-11-29T07:25:02Z",
    },
}
RISKS = shown(told={"count": 1, "next": None, "previous": None, "results": [RISK]})
MASTERY = shown(
    told={
        "closed": False,
        "cells": [
            {
                "outcome": READING,
                "mastery": 0.41,
                "level": "shaky",
                "answers": 7,
                "right": 3,
                "last_at": "2026-10-23T13:57:50Z",
                "words": "3 of 7 answers right",
                "builds_on": [],
            }
        ],
        "practice": [
            {
                "outcome": READING,
                "reason": "3 of 7 answers right",
                "lesson": LESSON,
                "begun": True,
            }
        ],
    }
)
QUEUE = shown(
    told={
        "closed": False,
        "due": 1,
        "new": 1,
        "held": 0,
        "next_at": None,
        "cards": [
            {
                "id": "nekjYW6iCwUEmyoi3dVsS8",
                "course": COURSE,
                "lesson": "",
                "attempt": "",
                "kind": "flashcard",
                "stem_html": "<p>What is the <strong>median</strong>?</p>\n",
                "options": [],
                "parts": [],
                "unit": "",
                "reps": 0,
            }
        ],
    }
)
RATED = shown(sent={"recall": "good", "reps": 0}, told={"due": "2026-11-29T07:38:27Z", "reps": 1})
