"""What each asker gets, by who a door is for.

The course of the world is published, so that everybody sees that it exists.
"""

ASKERS = (
    "anonymous",
    "outsider",
    "learner",
    "observer",
    "assistant",
    "instructor",
    "other instructor",
    "admin",
    "token",
    "staff token",
    "preview",
    "inactive",
)

Profile = dict[str, int]


def _all(status: int) -> Profile:
    return dict.fromkeys(ASKERS, status)


def public(ok: int = 200) -> Profile:
    """Anybody, signed in or not."""
    return _all(ok)


def signed_in(ok: int = 200, *, writes: bool = False) -> Profile:
    """Anybody signed in; read tokens and previews only read."""
    refused = 403 if writes else ok
    return _all(ok) | {
        "anonymous": 401,
        "inactive": 401,
        "token": refused,
        "staff token": refused,
        "preview": refused,
    }


def only(*names: str, ok: int = 200, others: int = 403) -> Profile:
    """The named askers; nobody signed in 401, everybody else `others`."""
    return _all(others) | {"anonymous": 401, "inactive": 401} | dict.fromkeys(names, ok)


def members(ok: int = 200, *, others: int = 403) -> Profile:
    """Who may read the course: members of any role and admins."""
    inside = ("learner", "observer", "assistant", "instructor", "admin")
    return only(*inside, "token", "staff token", "preview", ok=ok, others=others)


def talkers(ok: int = 200, *, others: int = 403) -> Profile:
    """Who may write to the others: members but observers."""
    return only("learner", "assistant", "instructor", "admin", ok=ok, others=others)


def learners(ok: int = 200, *, others: int = 403) -> Profile:
    """Active learners, writing their own rows."""
    return only("learner", ok=ok, others=others)


def staff(ok: int = 200, *, others: int = 403, writes: bool = False) -> Profile:
    """Assistants, instructors of the course, admins."""
    names = ["assistant", "instructor", "admin"]
    if not writes:
        names.append("staff token")
    return only(*names, ok=ok, others=others)


def managers(ok: int = 200, *, others: int = 403) -> Profile:
    """Instructors of the course and admins, writing."""
    return only("instructor", "admin", ok=ok, others=others)


def totals(ok: int = 200, *, others: int = 403) -> Profile:
    """Staff and observers."""
    return staff(ok=ok, others=others) | {"observer": ok}


def teachers(ok: int = 200, *, writes: bool = False) -> Profile:
    """Anyone who may create courses."""
    names = ["instructor", "other instructor", "admin"]
    if not writes:
        names += ["staff token", "preview"]
    return only(*names, ok=ok)


def own(name: str, ok: int = 200, *, reads: bool = True, others: int = 404) -> Profile:
    """One person's own thing, invisible to everybody else."""
    found = only(name, ok=ok, others=others)
    twin = {"learner": "token", "instructor": "staff token"}.get(name)
    if twin:
        found[twin] = ok if reads else 403
    return found


def page(profile: Profile, **changes: int) -> Profile:
    """The same door as a page: tokens do not open pages, and nobody is sent to sign in."""
    found = {who: (302 if status == 401 else status) for who, status in profile.items()}
    for who in ("token", "staff token"):
        found.pop(who)
    return found | {name.replace("_", " "): status for name, status in changes.items()}


MEMBERS = ("learner", "observer", "assistant", "instructor", "admin")


def seen_by_members(profile: Profile) -> Profile:
    """For things that only members see: to everybody else they are missing."""
    return profile | dict.fromkeys(("outsider", "other instructor"), 404)


def seen_by_staff(profile: Profile) -> Profile:
    """For things that only staff see: to everybody else they are missing."""
    unseen = ("outsider", "other instructor", "learner", "observer", "token", "preview")
    return profile | dict.fromkeys(unseen, 404)


def chatters(ok: int = 200) -> Profile:
    """Who reads the room: members but observers; a preview reads, an outsider is refused."""
    return only(
        "learner", "assistant", "instructor", "admin", "token", "staff token", "preview", ok=ok
    )
