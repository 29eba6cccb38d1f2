"""Whether a reply repeats what a model was told in confidence (I11)."""

from django.utils.translation import gettext_lazy

from ai.gateway.text import words

# So many words in a row are no accident.
RUN = 8
REPEATED = gettext_lazy("The reply repeats its instructions.")


def repeats(reply: str, instructions: str) -> bool:
    """Whether the reply has a run of words of the instructions."""
    told = words(instructions)
    runs = {tuple(told[at : at + RUN]) for at in range(len(told) - RUN + 1)}
    said = words(reply)
    return any(tuple(said[at : at + RUN]) in runs for at in range(len(said) - RUN + 1))
