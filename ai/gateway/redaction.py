"""Addresses and telephone numbers are replaced before text leaves, and put back afterwards (I9)."""

import re

_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}\b")
_PHONE = re.compile(
    r"(?<![\w.])\+?\d{1,3}[ /-]?(?:\(\d{1,5}\)\d{0,5}|\d{2,5})(?:[ /-]\d{2,5}){2,4}(?!\w)"
)


class Redaction:
    """Placeholders for one text; the same value always gets the same placeholder."""

    def __init__(self) -> None:
        self._placeholders: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """The text with placeholders."""
        return _PHONE.sub(self._phone, _MAIL.sub(self._mail, text))

    def restore(self, text: str) -> str:
        """The text with the values back in place."""
        for value, placeholder in self._placeholders.items():
            text = text.replace(placeholder, value)
        return text

    def _mail(self, match: re.Match[str]) -> str:
        return self._placeholder("mail", match.group(0))

    def _phone(self, match: re.Match[str]) -> str:
        return self._placeholder("phone", match.group(0))

    def _placeholder(self, kind: str, value: str) -> str:
        number = len(self._placeholders) + 1
        return self._placeholders.setdefault(value, f"[{kind}-{number}]")
