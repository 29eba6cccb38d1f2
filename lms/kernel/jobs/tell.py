"""Tell the person who started a job how far it is; the row stays the truth."""

from lms.kernel import push
from lms.kernel.models import Job


def tell(job: Job) -> None:
    """Push state and progress to the creator's sockets; frames carry ids and numbers only."""
    if job.created_by_id is None:
        return
    push.to_person(
        job.created_by_id,
        {
            "type": "job",
            "id": job.public_id,
            "kind": job.kind,
            "state": job.state,
            "progress": job.progress,
        },
    )
