"""English word stems: M. F. Porter, "An algorithm for suffix stripping", Program 14 (1980).

Irregular past tenses and plurals come first by a small table, because no suffix rule finds them.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

_FORMS: Final = """
    be:was,were,been,am,is,are,being become:became begin:began,begun bend:bent bite:bit,bitten
    bleed:bled blow:blew,blown break:broke,broken breed:bred bring:brought build:built burn:burnt
    buy:bought catch:caught choose:chose,chosen come:came creep:crept deal:dealt dig:dug
    do:did,done,does,doing draw:drew,drawn dream:dreamt drink:drank,drunk drive:drove,driven
    eat:ate,eaten fall:fell,fallen feed:fed feel:felt fight:fought find:found flee:fled
    fling:flung fly:flew,flown forbid:forbade,forbidden forget:forgot,forgotten
    forgive:forgave,forgiven freeze:froze,frozen get:got,gotten give:gave,given go:went,gone,goes
    grind:ground grow:grew,grown hang:hung have:had,has,having hear:heard hide:hid,hidden
    hold:held keep:kept kneel:knelt know:knew,known lay:laid lead:led leap:leapt learn:learnt
    leave:left lend:lent lose:lost make:made mean:meant meet:met pay:paid ride:rode,ridden
    ring:rang,rung rise:rose,risen run:ran say:said see:saw,seen seek:sought sell:sold send:sent
    shake:shook,shaken shine:shone shoot:shot show:shown shrink:shrank,shrunk sing:sang,sung
    sink:sank,sunk sit:sat sleep:slept slay:slew,slain slide:slid sling:slung smell:smelt
    speak:spoke,spoken spend:spent spin:spun spring:sprang,sprung stand:stood steal:stole,stolen
    stick:stuck sting:stung strike:struck,stricken strive:strove,striven swear:swore,sworn
    sweep:swept swim:swam,swum swing:swung take:took,taken teach:taught tear:tore,torn tell:told
    think:thought throw:threw,thrown understand:understood wake:woke,woken wear:wore,worn
    weave:wove,woven weep:wept win:won wind:wound withdraw:withdrew,withdrawn write:wrote,written
    man:men woman:women child:children foot:feet tooth:teeth goose:geese mouse:mice ox:oxen
    wolf:wolves wife:wives knife:knives life:lives half:halves leaf:leaves thief:thieves
    self:selves loaf:loaves calf:calves shelf:shelves datum:data criterion:criteria
    good:better,best bad:worse,worst die:dying,died lie:lying tie:tying
"""
_IRREGULAR: Final = {
    form: base
    for base, _, forms in (line.partition(":") for line in _FORMS.split())
    for form in forms.split(",")
}
_VOWELS: Final = "aeiou"
_DOUBLE: Final = re.compile(r"([^aeioulsz])\1$")
_STEP_2: Final = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
    ("abli", "able"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
    ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
    ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
)  # fmt: skip
_STEP_3: Final = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"),
    ("ful", ""), ("ness", ""),
)  # fmt: skip
_STEP_4: Final = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous",
    "ive", "ize", "ion", "al", "er", "ic", "ou",
)  # fmt: skip


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case word; words of one or two letters stay as they are."""
    word = _IRREGULAR.get(word, word)
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return word
    word = _tense(_plural(word))
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = f"{word[:-1]}i"
    word = _replaced(word, _STEP_2, least=1)
    word = _replaced(word, _STEP_3, least=1)
    return _tidy(_bare(word))


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _tense(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        rest = word.removesuffix(suffix)
        if rest != word and _has_vowel(rest):
            return _mended(rest)
    return word


def _mended(word: str) -> str:
    if word.endswith(("at", "bl", "iz")):
        return f"{word}e"
    if _DOUBLE.search(word):
        return word[:-1]
    return f"{word}e" if _measure(word) == 1 and _short_end(word) else word


def _replaced(word: str, pairs: tuple[tuple[str, str], ...], *, least: int) -> str:
    for suffix, other in pairs:
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            return f"{rest}{other}" if _measure(rest) >= least else word
    return word


def _bare(word: str) -> str:
    for suffix in _STEP_4:
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            fits = suffix != "ion" or rest.endswith(("s", "t"))
            return rest if fits and _measure(rest) > 1 else word
    return word


def _tidy(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        size = _measure(rest)
        if size > 1 or (size == 1 and not _short_end(rest)):
            word = rest
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word


def _consonant(word: str, at: int) -> bool:
    letter = word[at]
    if letter in _VOWELS:
        return False
    return letter != "y" or at == 0 or not _consonant(word, at - 1)


def _has_vowel(word: str) -> bool:
    return any(not _consonant(word, at) for at in range(len(word)))


def _measure(word: str) -> int:
    """How often a vowel is followed by a consonant: Porter's m."""
    kinds = [_consonant(word, at) for at in range(len(word))]
    return sum(after and not before for before, after in pairwise(kinds))


def _short_end(word: str) -> bool:
    """Consonant, vowel, consonant other than w, x, y: as in "hop"."""
    if len(word) < 3 or word[-1] in "wxy":
        return False
    end = len(word)
    return _consonant(word, end - 1) and not _consonant(word, end - 2) and _consonant(word, end - 3)
