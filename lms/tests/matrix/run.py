"""Knock on one door as every asker, and see that a refusal leaves nothing changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.services.tokens import issue_token
from lms.kernel import actors
from lms.kernel.web.middleware import PREVIEW_KEY
from lms.tests.matrix.profiles import Profile
from lms.tests.matrix.shapes import unlike
from lms.tests.world import World

APPS = {"accounts", "courses", "assessments", "analytics", "ai", "realtime", "interop", "kernel"}
# Kept by the machinery itself, whoever asks.
UNTOLD = {"throttlecount", "keptrequest"}
IGNORED_FIELDS = {"last_used_at", "last_login"}
Body = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One door: `door` as in `doors`, values for its braces, a body, and what each asker gets."""

    door: str
    profile: Profile
    values: Callable[[World], dict[str, str]] = field(default=lambda _world: {})
    body: Body | None = None
    method: str = ""
    form: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    note: str = ""

    @property
    def verb(self) -> str:
        """The HTTP method."""
        return self.method or (self.door.split(" ")[0] if " " in self.door else "GET")

    @property
    def asked(self) -> Profile:
        """What each asker gets; an analyst what an outsider gets, unless the row says more."""
        stranger = {"analyst": self.profile["outsider"]} if "outsider" in self.profile else {}
        return stranger | self.profile

    @property
    def path(self) -> str:
        """The address with its braces."""
        return self.door.rpartition(" ")[2]


def client_for(who: str, world: World) -> Client:
    """A client that asks as `who`."""
    client = Client(raise_request_exception=False)
    person = {
        "token": "learner",
        "staff token": "instructor",
        "preview": "instructor",
        "inactive": "gone",
    }.get(who, who)
    if who in {"token", "staff token"}:
        token = world.tokens[person]
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    elif who != "anonymous":
        client.force_login(world.people[person])
    if who == "preview":
        session = client.session
        session[PREVIEW_KEY] = world.course.pk
        session.save()
    return client


def query_of(row: Row, world: World) -> str:
    """The query of a row with its braces filled in."""
    return row.query.format(
        course=world.course.public_id,
        quiz=world.things["quiz"].public_id,
        outcome=world.things["outcome"].public_id,
        conversation=world.things["talk"].public_id,
        student=world.people["learner"].public_id,
    )


def knock(row: Row, client: Client, world: World) -> Any:
    """The answer to one request."""
    query = query_of(row, world)
    address = row.path.format(**row.values(world)) + query
    send = getattr(client, row.verb.lower())
    body = row.body(world) if row.body else {}
    if row.verb in {"GET", "HEAD"}:
        return send(address, headers=row.headers)
    if row.form:
        filled = encode_multipart(BOUNDARY, body)
        return client.generic(
            row.verb, address, filled, content_type=MULTIPART_CONTENT, headers=row.headers
        )
    return send(address, body, content_type="application/json", headers=row.headers)


class Writes:
    """Notes whether anything was written, so that tables are compared only when they may differ."""

    def __init__(self) -> None:
        self.seen = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """One statement on its way to the database."""
        self.seen = self.seen or sql.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}
        return execute(sql, params, many, context)


def outcomes(row: Row, world: World) -> tuple[dict[str, int], list[str], list[str]]:
    """The status that each asker got, whose refusal changed something, what is not as said."""
    got: dict[str, int] = {}
    dirty: list[str] = []
    wrong: set[str] = set()
    for who in row.asked:
        with transaction.atomic():
            client = client_for(who, world)
            writes = Writes()
            with connection.execute_wrapper(writes):
                response = knock(row, client, world)
            got[who] = int(response.status_code)
            if " " in row.door:
                wrong.update(unlike(row.door, response))
            sent_away = got[who] == 302 and who in {"anonymous", "inactive"}
            refused = got[who] >= 400 or sent_away
            after = fingerprint() if refused and writes.seen else None
            transaction.set_rollback(True)
        if after is not None and fingerprint() != after:  # it is again as it was before
            dirty.append(who)
    return got, dirty, sorted(wrong)


def fingerprint() -> dict[str, int]:
    """A hash per table of all that it holds."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label not in APPS or model._meta.model_name in UNTOLD:
            continue
        names = [f.attname for f in model._meta.concrete_fields if f.name not in IGNORED_FIELDS]
        rows = model._default_manager.order_by("pk").values_list(*names)
        found[model._meta.label] = hash(repr(list(rows)))
    return found


def tokens_for(world: World) -> None:
    """Give the learner and the instructor a token that reads and one that also writes."""
    for name in ("learner", "instructor"):
        person = world.people[name]
        for suffix, scopes in (("", frozenset({actors.READ})), (" writes", actors.ALL_SCOPES)):
            issued = issue_token(
                actor=actors.for_user(person), person=person, name="matrix", scopes=scopes, days=1
            )
            world.tokens[f"{name}{suffix}"] = issued.text
