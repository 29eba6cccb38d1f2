"""Forms of the forum; the services decide whether what they hold will do."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import LearnerGroup
from realtime.enums import MAX_POST, MAX_TITLE, ThreadKind
from realtime.models import ForumBoard
from realtime.services.forum_editing import MAX_REASON
from realtime.services.forum_keeping import MAX_ABOUT
from realtime.services.forum_task import MOST_NEEDED


def _text(label: Any, **more: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 8, "data-draft": ""})
    return forms.CharField(label=label, max_length=MAX_POST, widget=area, **more)


class ThreadForm(forms.Form):
    """A new thread. What the course or the person has no choice of is not asked."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=ThreadKind.choices, initial=ThreadKind.DISCUSSION
    )
    board = forms.ChoiceField(label=_("Board"), required=False)
    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    body = _text(_("Text"), help_text=_("Markdown works: **bold**, `code`, lists, $maths$."))
    anonymous = forms.BooleanField(
        label=_("Do not show my name to other learners"),
        required=False,
        help_text=_("The people who teach can look who you are; each look is recorded."),
    )
    group = forms.ChoiceField(label=_("Who reads it"), required=False)

    def __init__(
        self,
        *args: object,
        boards: Iterable[ForumBoard],
        groups: Iterable[LearnerGroup],
        may_hide: bool,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        places = [(row.public_id, row.title) for row in boards]
        circles: list[Any] = [(row.public_id, row.name) for row in groups]
        self._offer("board", places)
        self._offer("group", [("", _("Everybody in the course")), *circles] if circles else [])
        if not may_hide:
            del self.fields["anonymous"]

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields[name]


class PostForm(forms.Form):
    """Other words for a post; a first post has a title, somebody else's needs a reason."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    body = _text(_("Text"))
    reason = forms.CharField(
        label=_("Why you change it"),
        max_length=MAX_REASON,
        help_text=_("Everybody reads that you changed it, and why."),
    )

    def __init__(self, *args: object, first: bool, own: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not first:
            del self.fields["title"]
        if own:
            del self.fields["reason"]


class DeleteForm(forms.Form):
    """Why somebody else's post is taken away."""

    reason = forms.CharField(
        label=_("Why it is deleted"),
        max_length=MAX_REASON,
        help_text=_("It stands in its place, for everybody."),
    )


class BoardForm(forms.Form):
    """A board."""

    title = forms.CharField(label=_("Title"), max_length=80)
    about = forms.CharField(label=_("What it is for"), max_length=MAX_ABOUT, required=False)
    kind = forms.ChoiceField(label=_("What is begun here"), choices=ThreadKind.choices)


class TaskForm(forms.Form):
    """What a graded discussion asks for."""

    points = forms.DecimalField(
        label=_("Points"), min_value=0, max_digits=9, decimal_places=4, initial=10
    )
    due_at = forms.DateTimeField(
        label=_("Due"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("What is written later does not count."),
    )
    posts_needed = forms.IntegerField(
        label=_("Posts of their own"), min_value=0, max_value=MOST_NEEDED, initial=1
    )
    replies_needed = forms.IntegerField(
        label=_("Replies to others"), min_value=0, max_value=MOST_NEEDED, initial=2
    )
    post_first = forms.BooleanField(
        label=_("Learners see what others wrote once they have written themselves"), required=False
    )
