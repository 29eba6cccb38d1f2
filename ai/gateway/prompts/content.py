"""What a model is asked for teaching material. Change VERSION with every change of wording."""

from collections.abc import Sequence

from ai.enums import ContentKind
from ai.gateway.content.shape import Numbered
from ai.gateway.talk import Data, Prompt

VERSION = "1"
SYSTEM = """\
You help a teacher to write teaching material. Work from the numbered source blocks alone: say \
nothing that they do not say, and give for each piece the numbers of the blocks it rests on in \
`sources`. Write plain Markdown without links, pictures, HTML and headings of your own. Write in \
the language of the source unless told otherwise."""
FROM_TITLE = """\
There are no source blocks, only a title: write what is commonly taught under it, leave `sources` \
empty, and leave out what you are not sure of."""
TASKS = {
    ContentKind.OUTLINE: "Plan a course: sections in the order of learning, each with a title, "
    "two to four learning objectives that begin with a verb, and its lessons with objectives.",
    ContentKind.LESSON: "Write a lesson: two to six parts, each with a short title and one to "
    "four paragraphs of running text; lists where they help.",
    ContentKind.SUMMARY: "Summarise in three to six items, each one sentence; leave titles empty.",
    ContentKind.KEY_TERMS: "Name up to eight key terms; `title` is the term, `text` one sentence "
    "that defines it as the source does.",
    ContentKind.FLASHCARDS: "Make up to eight flashcards; `title` is the front, a short question "
    "or term, `text` the back, at most two sentences.",
    ContentKind.EXAMPLES: "Write one or two worked examples: `title` the problem in one "
    "sentence, `text` the solution as a numbered list of steps, each with its reason.",
    ContentKind.SIMPLER: "Retell each part for {level}: short sentences, everyday words, hard "
    "terms explained where they come first. Keep every fact and number.",
    ContentKind.TRANSLATION: "Translate each part completely into {language}. Keep Markdown, "
    "formulas, code, names and numbers as they are; `title` is empty.",
    ContentKind.DISCUSSION: "Write three to five open questions for a discussion; `text` is the "
    "question, `title` its topic in two or three words. None has one right answer.",
    ContentKind.RUBRIC: "Write a rubric of three to six criteria for work about this text, each "
    "with what earns full marks, part of them, and none.",
}


def content_prompt(
    kind: ContentKind, blocks: Sequence[Numbered], *, title: str, level: str, language: str
) -> Prompt:
    """The prompt of one window. What people wrote (title, level, language) travels as data, too."""
    task = TASKS[kind].format(
        level='the readers named under "level"', language='the language named under "language"'
    )
    data = [Data("title", title)] if title else []
    if kind == ContentKind.SIMPLER:
        data.append(Data("level", level))
    if kind == ContentKind.TRANSLATION:
        data.append(Data("language", language))
    if blocks:
        data.append(Data("source blocks", "\n\n".join(_block(block) for block in blocks)))
    system = SYSTEM if blocks else f"{SYSTEM}\n{FROM_TITLE}"
    return Prompt(f"content-{kind.value}", VERSION, system, task, tuple(data))


def _block(block: Numbered) -> str:
    place = " > ".join(block.heading_path)
    return f"[{block.ref}]{f' ({place})' if place else ''} {block.text}"
