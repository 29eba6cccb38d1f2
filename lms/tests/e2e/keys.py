"""A page worked by its keyboard alone: Tab to what a screen reader would name, then keys."""

from collections.abc import Iterable

from playwright.sync_api import Page

NAME = """() => {
    const one = document.activeElement;
    const labels = one.labels ? [...one.labels].map((label) => label.textContent) : [];
    const own = one.tagName === "SELECT" ? "" : one.textContent;
    const said = one.getAttribute("aria-label") || labels.join(" ") || own || "";
    return said.replace(/\\s+/g, " ").trim();
}"""
MOST = 400


class Keys:
    """Somebody who never touches a pointer."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, name: str, *, back: bool = False) -> None:
        """Press Tab until what has the focus is named so; fails when nothing on the page is."""
        for _press in range(MOST):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if self.page.evaluate(NAME).startswith(name):
                return
        message = f"no key leads to {name!r} on {self.page.url}"
        raise AssertionError(message)

    def press(self, name: str, key: str = "Enter", *, back: bool = False) -> None:
        """Reach something and press a key on it."""
        self.reach(name, back=back)
        self.page.keyboard.press(key)

    def go(self, name: str, *, back: bool = False) -> None:
        """Reach a link or a button and press Enter; another page comes."""
        self.reach(name, back=back)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type(self, name: str, text: str) -> None:
        """Reach a field and write over what is in it."""
        self.reach(name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, name: str, option: str) -> None:
        """Reach a select and type the beginning of an option."""
        self.reach(name)
        self.page.keyboard.type(option)

    def file(self, name: str, path: str) -> None:
        """Reach a field for files; the dialog that a key opens there is the system's own."""
        self.reach(name)
        self.page.locator(":focus").set_input_files(path)

    def fill(self, fields: Iterable[tuple[str, str]]) -> None:
        """Type into fields in their order; " " ticks."""
        for name, text in fields:
            if text == " ":
                self.press(name, "Space")
            else:
                self.type(name, text)
