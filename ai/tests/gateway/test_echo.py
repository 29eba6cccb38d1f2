"""What a model repeats of its instructions is no answer."""

from ai.gateway.echo import repeats
from ai.gateway.prompts.tutor import SYSTEM
from ai.gateway.talk import RULE


def test_eight_words_in_a_row_are_an_echo_however_they_are_written() -> None:
    line = "every sentence is borne out by ONE or more, of the blocks"
    assert repeats(f'{{"text": "Sure! {line}"}}', SYSTEM)
    assert repeats(RULE.splitlines()[0].upper(), f"{SYSTEM}\n{RULE}")


def test_fewer_words_and_other_texts_are_none() -> None:
    assert not repeats("Every sentence is borne out by one block.", SYSTEM)
    assert not repeats("Chalk is a soft white rock made of shells of sea animals.", SYSTEM)
    assert not repeats("", SYSTEM)
    assert not repeats("anything at all that somebody could say about a rock", "")
