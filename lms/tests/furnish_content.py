"""Generated teaching material for the small world: waiting, accepted, rejected."""

from ai.enums import ContentKind, DraftState
from ai.models import ContentPiece, Dependence, Draft, SourceDocument
from ai.services.pieces import accept_piece, reject_piece
from ai.services.review import accept_draft
from lms.kernel.models import Job
from lms.tests.world import World


def furnish_content(world: World) -> None:
    """A job with its source and four pieces, and an accepted question."""
    teacher, lesson = world.actors["instructor"], world.lessons["published live"]
    job = Job.objects.create(
        kind="ai.generate_content",
        actor_kind="user",
        created_by_id=teacher.user_id,
        course_id=world.course.pk,
        params={"kind": "summary", "into": lesson.pk},
    )
    SourceDocument.objects.create(
        job=job,
        course=world.course,
        origin="text",
        markdown="Stones.",
        created_by_id=teacher.user_id,
    )
    rows = [
        ContentPiece.objects.create(
            job=job,
            ordinal=at,
            course=world.course if at < 4 else None,
            lesson=lesson if at < 4 else None,
            kind=ContentKind.SUMMARY,
            heading="Summary",
            title=f"Piece {at}",
            markdown=f"- Stones stand by their weight, said for the {at}. time.",
            source={
                "origin": "text",
                "title": "Stones",
                "address": "",
                "sha256": "0",
                "blocks": [],
            },
            provider="extractive",
            model="rules",
            prompt_version="content-rules-1",
            created_by_id=teacher.user_id,
        )
        for at in (1, 2, 3, 4)
    ]
    world.things |= {
        "content job": job,
        "piece": rows[0],
        "accepted piece": accept_piece(actor=teacher, piece=rows[1]),
        "rejected piece": reject_piece(actor=teacher, piece=rows[2]),
        "loose piece": rows[3],
    }
    kept = world.things["draft"]
    accepted = Draft.objects.get(pk=kept.pk)
    accepted.pk, accepted.public_id, accepted.ordinal = None, "acceptedDraft", 2
    accepted._state.adding = True
    accepted.save()
    world.things["accepted draft"] = accept_draft(actor=teacher, draft=accepted)
    assert world.things["accepted draft"].state == DraftState.ACCEPTED
    Dependence.objects.create(
        course=world.course,
        lesson=lesson,
        block_key="gone",
        sha256="0" * 64,
        piece=world.things["accepted piece"],
    )
