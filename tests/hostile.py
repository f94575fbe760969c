"""The strings of tests/fixtures/hostile-strings.json, and what a page made of them may hold."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

STRINGS: dict[str, str] = json.loads(
    (Path(__file__).parent / "fixtures" / "hostile-strings.json").read_text(encoding="utf-8")
)
STRINGS["very long"] = "<b>long</b> " * 20_000
#: What our own pictures and tables are made of; nothing else comes from a text.
ELEMENTS = {
    "div", "strong", "em", "br", "img", "span", "table", "thead", "tbody", "caption", "tr", "th",
    "td", "p", "ul", "ol", "li", "code",
}  # fmt: skip
ATTRIBUTES = {"style", "alt", "src"}


class Page(HTMLParser):
    """Elements, attributes and text of a piece of HTML, as a browser reads it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment came from a text: {data[:40]!r}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def check(self) -> None:
        """Only our own elements, all closed, and no address but that of an embedded picture."""
        assert set(self.tags) <= ELEMENTS and not self.open
        assert {name for name, _ in self.attributes} <= ATTRIBUTES
        for name, value in self.attributes:
            if name == "src":
                assert value.startswith("data:image/png;base64,")
            if name == "style":
                assert "url" not in value and "import" not in value


def check_sendable(text: str) -> None:
    """That a text can be sent, and steers no terminal."""
    text.encode("utf-8")
    assert not any((c < " " and c not in "\t\n") or "\x7f" <= c <= "\x9f" for c in text)
