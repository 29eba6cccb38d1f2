"""Search after migrating, on whichever database the run uses."""

import pytest

from lms.kernel import search
from lms.kernel.models import Job, SearchDocument

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def _index(
    object_id: int, title: str, body: str = "", *, kind: str = "thing", language: str = "en"
) -> None:
    search.index_document(kind, object_id, None, language, title, body)


def test_find_returns_ids_by_rank_with_titles_first() -> None:
    _index(1, "Gardening", "a word about photosynthesis in passing")
    _index(2, "Photosynthesis", "how plants eat light")
    _index(3, "Cooking", "soups")
    assert search.find("thing", "photosynthesis", allowed=None) == [2, 1]


def test_find_needs_every_word() -> None:
    _index(1, "Green plants", "light")
    _index(2, "Green paint", "walls")
    assert search.find("thing", "green plants", allowed=None) == [1]


def test_find_matches_the_beginning_of_the_last_word() -> None:
    _index(1, "Photosynthesis")
    assert search.find("thing", "photo", allowed=None) == [1]


def test_find_stems_english() -> None:
    _index(1, "Running systems")
    assert search.find("thing", "system runs", allowed=None) == [1]


def test_find_matches_other_scripts_without_stemming() -> None:
    _index(1, "مقدمة في الجبر", language="ar")
    assert search.find("thing", "الجبر", allowed=None) == [1]


def test_find_keeps_to_its_kind() -> None:
    _index(1, "Algebra", kind="other")
    assert search.find("thing", "algebra", allowed=None) == []


def test_find_keeps_to_the_allowed_rows() -> None:  # Z7
    seen = Job.objects.create(kind="x", actor_kind="user")
    hidden = Job.objects.create(kind="x", actor_kind="user")
    for job in (seen, hidden):
        _index(job.pk, "Algebra")
    allowed = Job.objects.filter(pk=seen.pk)
    assert search.find("thing", "algebra", allowed=allowed) == [seen.pk]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "!!!",
        '"',
        "a & | ! ( ) :*",
        "OR AND NOT NEAR",
        "* ' \" \\",
        "_",
        "x\0y",
        "title:a",
        "🙂",
    ],
)
def test_find_takes_any_text(text: str) -> None:  # P6
    _index(1, "Algebra")
    assert search.find("thing", text, allowed=None) in ([], [1])


def test_index_document_replaces_the_one_before() -> None:
    _index(1, "Algebra")
    _index(1, "Botany")
    assert search.find("thing", "algebra", allowed=None) == []
    assert search.find("thing", "botany", allowed=None) == [1]
    assert SearchDocument.objects.count() == 1


def test_remove_document_forgets_and_is_silent_about_the_unknown() -> None:
    _index(1, "Algebra")
    search.remove_document("thing", 1)
    search.remove_document("thing", 99)
    assert search.find("thing", "algebra", allowed=None) == []


def test_find_stops_at_the_limit() -> None:
    for number in range(5):
        _index(number, "Algebra")
    assert len(search.find("thing", "algebra", allowed=None, limit=3)) == 3


def test_reindex_writes_what_the_indexer_yields_and_drops_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "_indexers", {})
    fresh = search.Document(kind="thing", object_id=7, title="Botany", body="")
    search.register_indexer("thing", lambda: [fresh])
    _index(1, "Algebra")
    assert search.reindex() == {"thing": 1}
    assert search.find("thing", "algebra", allowed=None) == []
    assert search.find("thing", "botany", allowed=None) == [7]
