"""Open every door of the permission table, with every object of the kind that its row names."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from lms.tests.matrix.run import Row, client_for, query_of
from lms.tests.world import World

# Combinations of objects tried at one door that names several.
MOST = 24
SEARCHES = ("search", "q")
NONSENSE: list[dict[str, Any]] = [{}, {"nonsense": "\ud7ff", "answer": {"x": 1}, "seq": -1}]
# Objects of a door that are sent nonsense too.
NONSENSE_AT = 4


@dataclass(frozen=True)
class Heard:
    """What a role got at a door."""

    where: str
    status: int
    text: str


class Walk:
    """The doors of a world as one role; `most` combinations of objects are tried at each."""

    def __init__(self, world: World, who: str, most: int = MOST) -> None:
        self.world, self.who, self.most = world, who, most
        self.kinds = kinds()
        self._known: dict[str, frozenset[str]] = {}

    @property
    def client(self) -> Client:
        """A client that asks as the role."""
        return client_for(self.who, self.world)

    def open(self, rows: Iterable[Row], searched: Sequence[str] = ()) -> Iterator[Heard]:
        """Every answer to reading, searching and writing at these doors; nothing is kept."""
        client = self.client
        for row in rows:
            for place, address in enumerate(self.addresses(row)):
                if row.verb in {"GET", "HEAD"}:
                    yield self._heard(client, row, address)
                else:
                    bodies = [row.body(self.world) if row.body else {}]
                    # What refuses nonsense does so by its fields, whatever the object.
                    bodies += NONSENSE if place < NONSENSE_AT else []
                    yield from self._written(client, row, address, bodies)
            if names := searches_at(row):
                plain = next(self.addresses(row))
                joint = "&" if "?" in plain else "?"
                for word, name in itertools.product(searched, names):
                    yield self._heard(client, row, f"{plain}{joint}{name}={word.upper()}")

    def addresses(self, row: Row) -> Iterator[str]:
        """The row's address with each object of the kinds that its braces name.

        Objects that belong together come first: an assignment with its own works.
        """
        values = row.values(self.world)
        pools = [[(brace, other) for other in self.alike(value)] for brace, value in values.items()]
        query = query_of(row, self.world)
        every = sorted(itertools.product(*pools), key=self._strangers)
        for chosen in every[: self.most]:
            yield row.path.format(**dict(chosen)) + query

    def _strangers(self, chosen: Iterable[tuple[str, str]]) -> int:
        """How many of the objects chosen do not belong to another one of them."""
        ids = [value for _brace, value in chosen if value in self.kinds]
        pairs = itertools.permutations(ids, 2)
        related = {one for one, other in pairs if other in self._around(one)}
        owners = {one for one in ids if any(one in self._around(other) for other in ids)}
        return len(set(ids) - related - owners)

    def _around(self, value: str) -> frozenset[str]:
        """Public ids of what an object belongs to, through any of its foreign keys."""
        if value not in self._known:
            found = self.kinds[value]._default_manager.get(public_id=value)
            self._known[value] = frozenset(_owners(found, 4)) - {value}
        return self._known[value]

    def alike(self, value: str) -> list[str]:
        """The ids of all objects of the same kind, this one and new ones first; else as it is."""
        model = self.kinds.get(value)
        if model is None:
            return [value]
        ids = model._default_manager.order_by("-pk").values_list("public_id", flat=True)
        return [value, *(one for one in ids if one != value)]

    def _written(
        self, client: Client, row: Row, address: str, bodies: Iterable[dict[str, Any]]
    ) -> Iterator[Heard]:
        for given in bodies:
            with transaction.atomic():
                yield self._heard(client, row, address, given)
                transaction.set_rollback(True)

    def _heard(
        self, client: Client, row: Row, address: str, body: dict[str, Any] | None = None
    ) -> Heard:
        send = getattr(client, row.verb.lower())
        if body is None:
            answer = send(address, headers=row.headers)
        elif row.form:
            plain = {name: value for name, value in body.items() if not isinstance(value, dict)}
            filled = encode_multipart(BOUNDARY, plain)
            answer = client.generic(row.verb, address, filled, content_type=MULTIPART_CONTENT)
        else:
            answer = send(address, body, content_type="application/json", headers=row.headers)
        # What is told of a write that was taken back is no answer to the next request.
        client.cookies.pop("messages", None)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        head = " ".join(f"{name}: {value}" for name, value in answer.items())
        where = f"{row.verb} {address}"
        return Heard(where, answer.status_code, f"{head}\n{content.decode(errors='replace')}")


def _owners(row: models.Model, steps: int) -> Iterator[str]:
    public_id = getattr(row, "public_id", None)
    if public_id is not None:
        yield str(public_id)
    for one in row._meta.concrete_fields if steps else ():
        if one.is_relation and one.related_model is not User:
            owner = getattr(row, one.name)
            if owner is not None:
                yield from _owners(owner, steps - 1)


def kinds() -> dict[str, type[models.Model]]:
    """The model of every public id in the database."""
    found: dict[str, type[models.Model]] = {}
    for model in apps.get_models():
        if any(one.name == "public_id" for one in model._meta.concrete_fields):
            ids = model._default_manager.values_list("public_id", flat=True)
            found.update(dict.fromkeys(ids, model))
    return found


@cache
def _search_doors() -> dict[str, tuple[str, ...]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return {
        path: tuple(one["name"] for one in given if one["name"] in SEARCHES)
        for path, operations in schema["paths"].items()
        if (given := operations.get("get", {}).get("parameters"))
    }


def searches_at(row: Row) -> tuple[str, ...]:
    """By which parameters a reading door takes words to look for."""
    if row.verb != "GET":
        return ()
    return _search_doors().get(row.path) or (SEARCHES if "search" in row.path else ())
