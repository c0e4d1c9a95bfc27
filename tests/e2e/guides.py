"""Guides that cannot go stale: a test does what a newcomer does, and writes down each step and what is seen then.

`make guides` writes them to docs/guides; every other run fails when what it wrote differs from what is there.
"""

import os
import re

from tests.conftest import ROOT
from tests.e2e.portal import settled

FOLDER = ROOT / "docs" / "guides"
SUFFIXES = {"en": "", "zh": ".zh-CN"}


class Guide:
    """One guide in one language, and the page on which it is done."""

    def __init__(self, name, language, page):
        self.page = page
        self.clicks = 0
        self._name, self._language = name, language
        self._lines, self._pictures, self._steps = [], {}, 0

    def say(self, en, zh):
        """The words of the guide's language."""
        return {"en": en, "zh": zh}[self._language]

    def title(self, en, zh):
        """The first line."""
        self._lines.append(f"# {self.say(en, zh)}")

    def text(self, en, zh):
        """A paragraph between steps."""
        self._lines.append(self.say(en, zh))

    def step(self, en, zh):
        """What is done next; the test does it after this line."""
        self._steps += 1
        self._lines.append(f"{self._steps}. {self.say(en, zh)}")

    def code(self, text, language="sh"):
        """What is typed or answered, within the last step."""
        block = f"```{language}\n{text.strip()}\n```"
        self._lines.append(re.sub("^", "   ", block, flags=re.MULTILINE))

    def click(self, locator):
        """Clicks, and counts."""
        self.clicks += 1
        locator.click()

    def see(self, en, zh, of=None):
        """A picture of the window, or of a part of the page, with what is on it in words."""
        settled(self.page)
        name = f"{self._name}-{len(self._pictures) + 1}.{self._language}.png"
        if of is not None:
            of.scroll_into_view_if_needed()
        self._pictures[name] = (of or self.page).screenshot(animations="disabled")
        self._lines.append(f"   ![{self.say(en, zh)}](images/{name})")

    def done(self):
        """Writes the guide, or compares it with the one that is there."""
        path = FOLDER / f"{self._name}{SUFFIXES[self._language]}.md"
        written = "\n\n".join(self._lines) + "\n"
        images = FOLDER / "images"
        kept = {found.name for found in images.glob(f"{self._name}-*.{self._language}.png")}
        if os.environ.get("FENRUN_GUIDES") == "write":
            images.mkdir(parents=True, exist_ok=True)
            path.write_text(written, "utf-8")
            for name in kept - self._pictures.keys():
                (images / name).unlink()
            for name, content in self._pictures.items():
                (images / name).write_bytes(content)
            return
        assert path.read_text("utf-8") == written, f"{path.name} is stale: run `make guides`"
        assert kept == self._pictures.keys(), f"The pictures of {path.name} are stale: run `make guides`"
