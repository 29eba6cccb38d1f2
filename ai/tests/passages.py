"""Expository passages, written for tests and evaluation, in the style of an introductory course."""

from ai.gateway.corpus import passages

_TEXTS = passages()
PHOTOSYNTHESIS = _TEXTS["photosynthesis"]
PLATES = _TEXTS["plates"]
NETWORKS = _TEXTS["networks"]
REVOLUTION = _TEXTS["revolution"]
MARKETS = _TEXTS["markets"]
ALL = {
    "photosynthesis": PHOTOSYNTHESIS,
    "plates": PLATES,
    "networks": NETWORKS,
    "revolution": REVOLUTION,
    "markets": MARKETS,
}
