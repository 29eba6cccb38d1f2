"""How questions are filed: a tree of categories, tags, and the learning outcomes of a course."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL

MAX_NAME = 100
MAX_TAG = 50
MAX_CODE = 30
MAX_OUTCOME_TITLE = 200
# `folded` may be longer than what it is made of: one letter can fold to three.
MAX_FOLDED = 3 * MAX_NAME


class QuestionCategory(Stamped, Versioned):
    """A folder of a bank, inside another one or at the top; a question is in at most one.

    `folded` is the name as names are compared; `depth` counts from 1 at the top and is kept by
    services, as is `ordinal`, the place among its siblings.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    bank = models.ForeignKey("QuestionBank", on_delete=models.CASCADE, related_name="categories")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    name = models.CharField(_("name"), max_length=MAX_NAME)
    folded = models.CharField(max_length=MAX_FOLDED, editable=False)
    ordinal = models.PositiveIntegerField(default=0, editable=False)
    depth = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("category of questions")
        verbose_name_plural = _("categories of questions")
        ordering: ClassVar = ["ordinal", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parent", "folded"],
                condition=Q(parent__isnull=False),
                name="category_named_once",
            ),
            models.UniqueConstraint(
                fields=["bank", "folded"],
                condition=Q(parent__isnull=True),
                name="top_category_named_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuestionTag(Stamped):
    """A word that questions of a bank carry; `folded` is the name as names are compared."""

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    bank = models.ForeignKey("QuestionBank", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(_("name"), max_length=MAX_TAG)
    folded = models.CharField(max_length=3 * MAX_TAG, editable=False)

    class Meta:
        verbose_name = _("tag of questions")
        verbose_name_plural = _("tags of questions")
        ordering: ClassVar = ["folded", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "folded"], name="tag_named_once"),
        ]

    def __str__(self) -> str:
        return self.name


class LearningOutcome(Stamped, Versioned):
    """What learners of a course should be able to do; questions serve it.

    `folded` is the code as codes are compared. `description` is Markdown. `prerequisites` are
    outcomes of the same course that it builds on; none builds on itself by way of others.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="learning_outcomes")
    code = models.CharField(_("code"), max_length=MAX_CODE)
    folded = models.CharField(max_length=3 * MAX_CODE, editable=False)
    title = models.CharField(_("title"), max_length=MAX_OUTCOME_TITLE)
    description = models.TextField(_("description"), blank=True)
    ordinal = models.PositiveIntegerField(default=0, editable=False)
    prerequisites = models.ManyToManyField("self", symmetrical=False, related_name="built_upon")

    class Meta:
        verbose_name = _("learning outcome")
        ordering: ClassVar = ["ordinal", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "folded"], name="outcome_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
