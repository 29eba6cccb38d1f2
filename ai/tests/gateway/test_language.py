"""What the gateway says to people is said in their language."""

import gettext as catalogues
from collections.abc import Iterator

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from ai.enums import QuestionKind
from ai.gateway.chat import CUT
from ai.gateway.checks import Surroundings, examine
from ai.gateway.provider import GeneratedQuestion, Option, ProviderUnavailable
from ai.gateway.refusals import TOO_LATE


class Shouting(catalogues.NullTranslations):
    """A language that is English in capitals."""

    def gettext(self, message: str) -> str:
        """The message in capitals; what is filled in stays what it is."""
        return "".join(part if part.startswith("%(") else part.upper() for part in _parts(message))


def _parts(message: str) -> list[str]:
    import re

    return re.split(r"(%\(\w+\)[sd])", message)


@pytest.fixture
def shouted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """German, as somebody would have translated it."""
    monkeypatch.setitem(vars(trans_real)["_translations"], "de", Shouting())
    with translation.override("de"):
        yield


@pytest.mark.usefixtures("shouted")
def test_what_a_check_found_is_said_in_the_readers_language() -> None:
    question = GeneratedQuestion(
        QuestionKind.SINGLE_CHOICE,
        "Which stone floats on water, and why does it?",
        "pumice",
        ("Nothing of this stands in the text.",),
        options=(
            Option("pumice", right=True),
            Option("slate", right=True),
            Option("all of the above", right=False),
        ),
    )
    found = [one for one in examine(question, Surroundings("Pumice is a stone.")) if one.detail]
    assert len(found) >= 4
    for one in found:
        said = one.detail
        for own in ("pumice", "slate", "all of the above"):
            said = said.replace(own, "")
        assert said == said.upper(), one


@pytest.mark.usefixtures("shouted")
def test_why_a_model_failed_is_said_in_the_readers_language() -> None:
    for words in (TOO_LATE, CUT):
        assert ProviderUnavailable(words).detail == str(words).upper()
