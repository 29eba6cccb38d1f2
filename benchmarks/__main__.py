"""Run every benchmark and print the figures as Markdown."""

import platform
import sys

from benchmarks import (
    course_list,
    events,
    exam,
    gradebook,
    patterns,
    room,
    sockets,
    web_processes,
    worded,
)


def main() -> int:
    """Each benchmark under its heading."""
    print(f"Python {platform.python_version()}, {platform.machine()}")
    print("\n## Course list\n")
    print("\n".join(course_list.main()), flush=True)
    print("\n## Web processes\n")
    print("\n".join(web_processes.main()), flush=True)
    print("\n## Room\n")
    print("\n".join(room.main()), flush=True)
    print("\n## Rooms beside peers\n")
    print("\n".join(sockets.main([])), flush=True)
    print("\n## Ten million events\n")
    print("\n".join(events.main([])), flush=True)
    print("\n## Exam")
    print("\n".join(exam.main([])), flush=True)
    print("\n## Gradebook\n")
    print("\n".join(gradebook.main()), flush=True)
    print("\n## Learning patterns\n")
    print("\n".join(patterns.main()), flush=True)
    print("\n## Questions worded once\n")
    print("\n".join(worded.main()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
