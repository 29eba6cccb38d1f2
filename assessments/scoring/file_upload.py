"""File upload: the answer is files, which a person opens and marks.

What a file is tells its content when it is taken in (`services.answer_file`); here an answer only
names files. In its stored form it says their id, name, size in bytes and SHA-256, so that the log
of the attempt proves which bytes were handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import QuestionKind
from assessments.scoring.content import MAX_STEM, QuestionContent, check_text, detail_of
from assessments.scoring.kinds import (
    NOTHING,
    Answer,
    Counted,
    Json,
    Marking,
    QuestionType,
    Render,
    Shown,
)
from courses.services.sniffing import KNOWN_EXTENSIONS
from lms.kernel.errors import Invalid

MOST_FILES: Final = 20
MOST_MB: Final = 50  # what the site takes of any file
ID_LENGTH: Final = 22


@dataclass(frozen=True, slots=True)
class Uploads:
    """What may be handed in: up to `most` files of at most `max_mb` megabytes each.

    `kinds` are the endings that are accepted, none for all that are safe. `notes` (Markdown) are
    for whoever marks.
    """

    kinds: tuple[str, ...] = ()
    most: int = 1
    max_mb: int = 10
    notes: str = ""


class FileUploadType(QuestionType):
    kind = QuestionKind.FILE_UPLOAD
    marking = Marking.PERSON
    takes_files = True

    def check(self, content: QuestionContent) -> None:
        asked = detail_of(content, Uploads)
        check_text(asked.notes, field="notes", limit=MAX_STEM)
        unknown = [kind for kind in asked.kinds if kind not in KNOWN_EXTENSIONS]
        if unknown:
            words = _("Files ending in .%(kind)s are not accepted here.")
            raise Invalid(words % {"kind": unknown[0]}, field="kinds")
        if not 1 <= asked.most <= MOST_FILES:
            words = _("Ask for 1 to %(most)s files.") % {"most": MOST_FILES}
            raise Invalid(words, field="most")
        if not 1 <= asked.max_mb <= MOST_MB:
            words = _("A file may have 1 to %(most)s MB.") % {"most": MOST_MB}
            raise Invalid(words, field="max_mb")

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        asked = detail_of(content, Uploads)
        return {"kinds": list(asked.kinds), "most": asked.most, "max_mb": asked.max_mb}

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {"notes": detail_of(content, Uploads).notes}

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        detail = Uploads(
            kinds=tuple(body.get("kinds", ())),
            most=int(body.get("most", 1)),
            max_mb=int(body.get("max_mb", 1)),
            notes=str(key.get("notes", "")),
        )
        return {"detail": detail}

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        return Shown(rule=_rule(body), settings=body)

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """`{"files": [{"id"}]}`, each once; whose files they are is checked where they are kept."""
        words = _('Send {"files": [{"id": …}]} with the ids of uploaded files.')
        if not isinstance(raw, dict) or not isinstance(raw.get("files"), list):
            raise Invalid(words, field="answer")
        ids = [one.get("id") if isinstance(one, dict) else None for one in raw["files"]]
        if not all(isinstance(one, str) and 0 < len(one) <= ID_LENGTH for one in ids):
            raise Invalid(words, field="answer")
        most = detail_of(content, Uploads).most
        if len(ids) > most:
            raise Invalid(_too_many(most), field="answer")
        unique = list(dict.fromkeys(ids))
        return {"files": [{"id": one} for one in unique]} if unique else None

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        """Nobody asks: a person says what it is worth."""
        return NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        """There are no right files."""
        return None

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        """How many files there are; no two answers say the same."""
        count = len(files_of(answer))
        words = ngettext("%(n)s file", "%(n)s files", count) % {"n": count}
        return [Counted(choice="", words=words, right=False)]

    def summary(self, content: QuestionContent, answer: Answer) -> str:
        return ", ".join(str(one.get("name", one["id"])) for one in files_of(answer))

    def notes(self, content: QuestionContent) -> str:
        return detail_of(content, Uploads).notes

    def extras(self, content: QuestionContent) -> dict[str, str]:
        asked = detail_of(content, Uploads)
        said = {"files": f"{asked.most}", "megabytes": f"{asked.max_mb}"}
        said |= {"endings": " ".join(asked.kinds)} if asked.kinds else {}
        return said | ({"notes": asked.notes} if asked.notes else {})

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        """The whole detail, when Cairn wrote the question."""
        most, size = said.get("files", ""), said.get("megabytes", "")
        if not (most.isdecimal() and size.isdecimal()):
            return {}
        endings = said.get("endings", "").split()
        detail = Uploads(
            kinds=tuple(one for one in endings if one in KNOWN_EXTENSIONS),
            most=min(max(int(most[:9]), 1), MOST_FILES),
            max_mb=min(max(int(size[:9]), 1), MOST_MB),
            notes=said.get("notes", ""),
        )
        return {"detail": detail}


def files_of(answer: Answer) -> list[dict[str, Any]]:
    """The files that an answer names."""
    return list(answer["files"]) if isinstance(answer, dict) else []


def _too_many(most: int) -> str:
    words = ngettext("Hand in at most %(n)s file.", "Hand in at most %(n)s files.", most)
    return words % {"n": most}


def _rule(body: Json) -> str:
    most, size = int(body.get("most", 1)), int(body.get("max_mb", 1))
    words = ngettext(
        "Hand in one file of at most %(mb)s MB.",
        "Hand in up to %(n)s files of at most %(mb)s MB each.",
        most,
    )
    parts = [words % {"n": most, "mb": size}]
    if body.get("kinds"):
        kinds = ", ".join(f".{kind}" for kind in body["kinds"])
        parts.append(_("Accepted: %(kinds)s.") % {"kinds": kinds})
    return " ".join([*parts, _("A person marks this answer.")])
