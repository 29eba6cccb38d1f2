"""The admin speaks English: no plural is Django's guess where that guess is wrong."""

import re

from django.apps import apps

OURS = {"lms", "accounts", "courses", "assessments", "analytics", "ai", "realtime", "interop"}
# An `s` at the end is wrong after a hiss, a consonant and y, and where the noun comes first.
NAIVE_FAILS = re.compile(r"(s|x|z|ch|sh|[^aeiou]y)$| (of|in|by|for|on|to|set) ")


def test_no_plural_is_a_wrong_guess() -> None:
    wrong = {}
    for model in apps.get_models():
        meta = model._meta
        if model.__module__.partition(".")[0] not in OURS:
            continue
        name, plural = str(meta.verbose_name), str(meta.verbose_name_plural)
        guessed = plural == f"{name}s" and NAIVE_FAILS.search(name)
        if guessed or re.search(r"sss|rss$|[^aeiou]ys$", plural):
            wrong[meta.label] = plural
    assert wrong == {}
