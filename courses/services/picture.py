"""The size of a picture, read from its file."""

from django.utils.translation import gettext as _

from courses.models import Attachment, Course
from courses.queries.picture import TYPES
from lms.kernel.errors import Invalid


def picture_size(course: Course, public_id: str) -> tuple[int, int]:
    """Width and height in pixels of a picture of the course itself.

    Raises Invalid(field="image") for anything else, also for a picture of one lesson, which not
    all learners of the course may see.
    """
    from PIL import Image

    rows = Attachment.objects.filter(course=course, lesson=None, content_type__in=TYPES)
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Invalid(_("Choose a picture among the files of the course."), field="image")
    try:
        with found.file.open("rb") as file, Image.open(file) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise Invalid(_("This picture cannot be read."), field="image") from problem
