"""Full-text search over one table, `search_document`, that this module alone writes.

PostgreSQL keeps a generated `tsvector` with a GIN index; SQLite a plain FTS5 table that the same
functions write (no triggers: they vanish when Django rebuilds a table). The caller passes the rows
the asker may see, so that permission is part of the query and not of its result (Z7).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import BooleanField, F, Field, FloatField, Func, QuerySet

from lms.kernel.models import SearchDocument

MAX_WORDS: Final = 12
WORDS: Final = ("course_id", "language", "title", "body")
MAX_BODY: Final = 100_000  # characters; PostgreSQL refuses a tsvector above 1 MB
_WORD: Final = re.compile(r"\w+")
# PostgreSQL's configurations of the languages that the index stems (migration 0002), and "simple"
# for all others.
_CONFIGURATIONS: Final = (
    "english",
    "german",
    "french",
    "spanish",
    "italian",
    "dutch",
    "portuguese",
    "simple",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What can be found of one object. `language` is its ISO 639-1 code."""

    kind: str
    object_id: int
    title: str
    body: str
    course_id: int | None = None
    language: str = "en"


Indexer = Callable[[], Iterable[Document]]
_indexers: dict[str, Indexer] = {}


def register_indexer(kind: str, indexer: Indexer) -> None:
    """Name the function that yields every document of a kind, for `manage.py reindex`."""
    _indexers[kind] = indexer


def indexed_kinds() -> list[str]:
    """Every kind with a registered indexer."""
    return sorted(_indexers)


def index_document(
    kind: str,
    object_id: int,
    course_id: int | None,
    language: str,
    title: str,
    body: str,
) -> None:
    """Write or replace one document; inside the caller's transaction."""
    index_documents(
        [
            Document(
                kind=kind,
                object_id=object_id,
                course_id=course_id,
                language=language,
                title=title,
                body=body,
            )
        ]
    )


def index_documents(documents: Sequence[Document]) -> None:
    """Write or replace documents of different objects; inside the caller's transaction."""
    rows = [
        SearchDocument(
            kind=document.kind,
            object_id=document.object_id,
            course_id=document.course_id,
            language=document.language[:10],
            title=document.title.replace("\0", ""),
            body=document.body.replace("\0", "")[:MAX_BODY],
        )
        for document in documents
    ]
    # One statement whether a document is new or not: no look first, no savepoints.
    SearchDocument.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["kind", "object_id"], update_fields=WORDS
    )
    if connection.vendor == "sqlite":
        _write_fts([row.pk for row in rows])


def remove_document(kind: str, object_id: int) -> None:
    """Forget one object; silent when it was not there."""
    remove_documents(kind, [object_id])


def remove_documents(kind: str, object_ids: Iterable[int]) -> None:
    """Forget several objects of a kind."""
    with transaction.atomic():
        rows = SearchDocument.objects.filter(kind=kind, object_id__in=list(object_ids))
        if connection.vendor == "sqlite":
            _erase_fts(list(rows.values_list("pk", flat=True)))
        rows.delete()


def find(
    kind: str,
    text: str,
    *,
    allowed: QuerySet[Any] | None,
    limit: int = 20,
) -> list[int]:
    """Return object ids of a kind that match every word of `text`, best first.

    The last word matches as a beginning, so that results come while somebody types. `allowed`
    holds the objects the asker may see (a queryset of them); None only for what is public.
    """
    rows = matching(kind, text)
    if rows is None:
        return []
    if allowed is not None:
        rows = rows.filter(object_id__in=allowed.order_by().values("pk"))
    return list(rows.order_by("-rank", "pk").values_list("object_id", flat=True)[:limit])


def matching(kind: str, text: str) -> QuerySet[Any] | None:
    """Documents of a kind that match, annotated with `rank`; None for text without a word."""
    words = [word.casefold() for word in _WORD.findall(text.replace("\0", ""))][:MAX_WORDS]
    if not words:
        return None
    rows = SearchDocument.objects.filter(kind=kind)
    if connection.vendor == "postgresql":
        return _matching_postgresql(rows, words)
    return _matching_sqlite(rows, words)


def reindex(kinds: Iterable[str] | None = None) -> dict[str, int]:
    """Write every document anew from the registered indexers; returns the count per kind."""
    counts: dict[str, int] = {}
    for kind in sorted(kinds) if kinds is not None else indexed_kinds():
        with transaction.atomic():
            rows = SearchDocument.objects.filter(kind=kind)
            if connection.vendor == "sqlite":
                _erase_fts(list(rows.values_list("pk", flat=True)))
            rows.delete()
            counts[kind] = 0
            for document in _indexers[kind]():
                index_document(
                    document.kind,
                    document.object_id,
                    document.course_id,
                    document.language,
                    document.title,
                    document.body,
                )
                counts[kind] += 1
    return counts


class _About(Func):
    """SQL about the row whose key stands where `{pk}` is, under whatever alias it has."""

    def __init__(self, sql: str, params: Sequence[str], output_field: Field[Any, Any]) -> None:
        super().__init__(F("pk"), output_field=output_field)
        self.sql, self.params = sql, params

    def as_sql(  # type: ignore[override]  # nothing but the key is compiled here
        self, compiler: Any, connection: Any, **_extra: Any
    ) -> tuple[str, list[str]]:
        """The SQL with the key's column, and its parameters."""
        key, _none = compiler.compile(self.source_expressions[0])
        return self.sql.format(pk=key), list(self.params)


def _matching_postgresql(rows: QuerySet[SearchDocument], words: list[str]) -> QuerySet[Any]:
    """Match in any configuration: a constant query, so that the GIN index serves it.

    Words are letters and digits only, so no operator of tsquery can be smuggled in.
    """
    typed = " & ".join([*words[:-1], f"{words[-1]}:*"])
    query = " || ".join(f"to_tsquery('{name}', %s)" for name in _CONFIGURATIONS)
    return _annotated(
        rows,
        f"{{pk}} IN (SELECT d.id FROM kernel_searchdocument d WHERE d.tsv @@ ({query}))",  # noqa: S608
        f"(SELECT ts_rank(d.tsv, {query}) FROM kernel_searchdocument d WHERE d.id = {{pk}})",  # noqa: S608
        [typed] * len(_CONFIGURATIONS),
    )


def _matching_sqlite(rows: QuerySet[SearchDocument], words: list[str]) -> QuerySet[Any]:
    typed = " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])
    # A title counts four times as much as the text, as the weights A and C do on PostgreSQL.
    return _annotated(
        rows,
        "{pk} IN (SELECT rowid FROM search_fts WHERE search_fts MATCH %s)",
        "(SELECT -bm25(search_fts, 4.0, 1.0) FROM search_fts"
        " WHERE search_fts MATCH %s AND rowid = {pk})",
        [typed],
    )


def _annotated(
    rows: QuerySet[SearchDocument], hit: str, rank: str, params: Sequence[str]
) -> QuerySet[Any]:
    found = rows.alias(hit=_About(hit, params, BooleanField())).filter(hit=True)
    return found.annotate(rank=_About(rank, params, FloatField()))


def _write_fts(ids: list[int]) -> None:
    _erase_fts(ids)
    rows = SearchDocument.objects.filter(pk__in=ids).values_list("pk", "title", "body")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_fts (rowid, title, body) VALUES (%s, %s, %s)", list(rows)
        )


def _erase_fts(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM search_fts WHERE rowid = %s", [(pk,) for pk in ids])
