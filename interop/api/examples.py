"""What the operations of calendars look like, for the schema."""

from lms.kernel.rest.schema import shown

EVENT = "Ge7dUug2YPV8ttaTf5rCYK"
TIMES = ("2026-12-03T17:00:00Z", "2026-12-03T18:30:00Z")
PLANNED = shown(
    sent={
        "title": "Study group",
        "starts_at": TIMES[0],
        "ends_at": TIMES[1],
        "repeat_until": "2026-12-17",
    },
    told={
        "id": EVENT,
        "course": None,
        "group": None,
        "title": "Study group",
        "text": "",
        "place": "",
        "url": "",
        "starts_at": TIMES[0],
        "ends_at": TIMES[1],
        "all_day": False,
        "repeat_until": "2026-12-17",
        "time_zone": "Europe/Oslo",
        "version": 1,
    },
)
LINES = shown(
    told={
        "uid": f"event-{EVENT}@cairn.example",
        "kind": "own",
        "title": "Study group",
        "start": TIMES[0],
        "end": TIMES[1],
        "all_day": False,
        "path": f"/me/calendar/{EVENT}/",
        "course": None,
        "place": "",
        "url": "",
        "text": "",
        "event": EVENT,
    }
)
