"""Passwords that were breached often, also in disguise; checked without a network (A1)."""

import re
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What people write for letters.
LEET = str.maketrans("0134578@$!+", "oieastbasit")
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
SHORTEST_CORE = 4
FEWEST_KINDS = 5
MOST_IN_SEQUENCE = 0.7


class DisguisedPasswordValidator:
    """Refuses breached passwords padded to length: "Password2026!!", "qwertyqwerty", "1234…".

    The list of breached passwords is the one that Django carries (20,000 of the commonest).
    """

    def __init__(self) -> None:
        self.breached = CommonPasswordValidator().passwords

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a password that is one of the list in disguise."""
        if _monotonous(password) or any(core in self.breached for core in _cores(password)):
            raise ValidationError(
                _("This password is too easy to guess: it is among those that leaked often."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """One line for the form."""
        return _("Not a common password with digits or signs around it.")


def _cores(password: str) -> set[str]:
    """What is left without padding, repetition and letters written as signs."""
    lowered = password.lower()
    found = {lowered, lowered.translate(LEET)}
    found |= {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", core) for core in set(found)}
    found |= {core[: len(core) // 2] for core in set(found) if _doubled(core)}
    found |= {re.sub(r"[\W_]+", "", core) for core in set(found)}
    return {core for core in found if len(core) >= SHORTEST_CORE}


def _doubled(text: str) -> bool:
    half = len(text) // 2
    return len(text) % 2 == 0 and text[:half] == text[half:]


def _monotonous(password: str) -> bool:
    """Few different characters, or mostly a run along the alphabet, the digits or the keyboard."""
    lowered = password.lower()
    if len(set(lowered)) < FEWEST_KINDS:
        return True
    steps = [_is_step(left, right) for left, right in pairwise(lowered)]
    return sum(steps) >= MOST_IN_SEQUENCE * len(steps)


def _is_step(left: str, right: str) -> bool:
    if abs(ord(left) - ord(right)) == 1 or (left, right) == ("9", "0"):
        return True
    return any(left + right in row or right + left in row for row in ROWS)
