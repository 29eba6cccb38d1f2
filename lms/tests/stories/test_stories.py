"""Stories come in from CSV files."""

from pathlib import Path

import pytest
from django.conf import settings

from lms.management.stories import StoryError, find_story, read_story, shared_folder


def write(folder: Path, text: str, name: str = "the-two-mice-story.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_story_is_read_in_the_order_of_its_sections(tmp_path: Path) -> None:
    story = read_story(write(tmp_path, 'section,text\n2,"So they left, both."\n1,Two mice met.\n'))
    assert story.title == "The Two Mice"
    assert story.source == "the-two-mice-story.csv"
    assert story.sections == ("Two mice met.", "So they left, both.")


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", "section,text\nx,words\n", "section,text\n1\n", "section,text\n1, \n"],
)
def test_unusable_file_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(StoryError, match=r"^the-two-mice-story\.csv: "):
        read_story(write(tmp_path, text))


def test_missing_story_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoryError, match="no-such-tale"):
        find_story("no-such-tale", tmp_path)


def test_story_is_found_by_name_among_the_shared_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data" / "fairytaleqa" / "stories"
    folder.mkdir(parents=True)
    path = write(folder, "section,text\n1,Words.\n")
    monkeypatch.setenv("CAIRN_SHARED", str(tmp_path))
    assert find_story("the-two-mice-story", tmp_path / "elsewhere") == path
    assert find_story(str(path), tmp_path) == path


def test_every_shared_story_can_be_read() -> None:
    folder = shared_folder(settings.BASE_DIR) / "data" / "fairytaleqa" / "stories"
    if not folder.is_dir():
        pytest.skip(f"no stories in {folder}")
    stories = [read_story(path) for path in sorted(folder.glob("*.csv"))]
    assert len(stories) == 23
    assert min(len(story.sections) for story in stories) >= 2
