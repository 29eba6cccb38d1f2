"""What the installation holds about a person, by the data map of every model (V1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import FileField, Model, QuerySet
from django.utils.module_loading import import_string

from lms.kernel.privacy import PersonalData, data_map

BATCH = 500


@dataclass(frozen=True, slots=True)
class Holding:
    """The rows of one model that are about a person."""

    model: type[Model]
    entry: PersonalData
    keys: tuple[Any, ...]

    @property
    def label(self) -> str:
        """The model's name for people and files: "courses.enrolment"."""
        return self.model._meta.label_lower

    def batches(self) -> Iterator[QuerySet[Model]]:
        """The rows, at most 500 a query."""
        for start in range(0, len(self.keys), BATCH):
            keys = self.keys[start : start + BATCH]
            yield everything(self.model).filter(pk__in=keys).order_by("pk")

    def values(self) -> Iterator[dict[str, Any]]:
        """The rows as plain values, without what the map hides or still withholds."""
        hidden = set(self.entry.hidden)
        fields = self.model._meta.concrete_fields
        shown = [one.attname for one in fields if not {one.name, one.attname} & hidden]
        for rows in self.batches():
            kept_back = self._kept_back(rows)
            for row in rows.values("pk", *shown):
                empty = dict.fromkeys(self.entry.withheld) if row.pop("pk") in kept_back else {}
                yield {**row, **empty}

    def _kept_back(self, rows: QuerySet[Model]) -> set[Any]:
        """The keys of rows whose `withheld` fields are not for their person yet."""
        if self.entry.withheld_by:
            return set(import_string(self.entry.withheld_by)(rows))
        if self.entry.withheld_while is None:
            return set()
        return set(rows.filter(self.entry.withheld_while).values_list("pk", flat=True))

    def files(self) -> Iterator[Any]:
        """Every stored file that the rows name."""
        fields = [f.name for f in self.model._meta.concrete_fields if isinstance(f, FileField)]
        for rows in self.batches() if fields else ():
            for row in rows:
                yield from (getattr(row, name) for name in fields if getattr(row, name))


def everything(model: type[Model]) -> QuerySet[Model]:
    """All rows of a model, those too that its own manager hides."""
    return model._base_manager.all()  # noqa: SLF001 - Django's documented name


def holdings_of(person_id: int) -> list[Holding]:
    """Everything held about a person, model by model. All keys are read before anything changes."""
    found = []
    for model, entry in data_map().items():
        if entry is None or entry.subject is None:
            continue
        rows = everything(model).filter(**{entry.subject: person_id})
        keys = tuple(rows.order_by("pk").values_list("pk", flat=True))
        if keys:
            found.append(Holding(model, entry, keys))
    return found
