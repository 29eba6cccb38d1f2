"""The words of how a question behaves while it is answered."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Behaviour(TextChoices):
    """When answers are scored and what another try costs."""

    DEFERRED = "deferred", _("scored when handed in")
    IMMEDIATE = "immediate", _("each answer is checked once, and told at once")
    INTERACTIVE = "interactive", _("several tries with hints, each further try costs")
    ADAPTIVE = "adaptive", _("checked as often as one likes, each wrong try costs")
    CERTAINTY = "certainty", _("scored when handed in, with how sure one is")


class Certainty(IntegerChoices):
    """How sure somebody is of an answer."""

    LOW = 1, _("not sure")
    MIDDLE = 2, _("fairly sure")
    HIGH = 3, _("very sure")
