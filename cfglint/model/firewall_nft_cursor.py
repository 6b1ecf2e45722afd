"""The words of one nftables rule, taken one after the other."""

from __future__ import annotations

from cfglint.syntax.nftables import Item, Word

STATEMENTS = {
    "accept",
    "drop",
    "continue",
    "return",
    "jump",
    "goto",
    "reject",
    "queue",
    "counter",
    "log",
    "comment",
    "notrack",
    "dnat",
    "snat",
    "masquerade",
    "redirect",
    "tproxy",
    "limit",
    "quota",
    "add",
    "update",
    "delete",
    "flow",
    "dup",
    "synproxy",
    "set",
    "xt",
}
"""Words that begin a statement, not a condition."""


class NotUnderstoodError(Exception):
    """A rule has something that is not understood; the message says what."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Cursor:
    """The rest of a rule."""

    def __init__(self, items: list[Item]) -> None:
        self._items = items
        self._at = 0

    @property
    def done(self) -> bool:
        """True at the end of the rule."""
        return self._at >= len(self._items)

    @property
    def peek(self) -> str:
        """The next plain word; empty for a string, a brace or the end."""
        if self.done:
            return ""
        item = self._items[self._at]
        return item.text if isinstance(item, Word) and not item.quoted else ""

    def words(self, count: int) -> list[str]:
        """Up to so many plain words ahead."""
        found: list[str] = []
        for item in self._items[self._at : self._at + count]:
            if not isinstance(item, Word) or item.quoted:
                break
            found.append(item.text)
        return found

    def take_item(self) -> Item:
        """The next word or brace group."""
        if self.done:
            raise NotUnderstoodError("the end of the rule")
        item = self._items[self._at]
        self._at += 1
        return item

    def take(self) -> str:
        """The next word."""
        item = self.take_item()
        if not isinstance(item, Word):
            raise NotUnderstoodError("a brace")
        return item.text

    def rest(self) -> list[Item]:
        """Everything up to the end."""
        found = self._items[self._at :]
        self._at = len(self._items)
        return found

    def until_statement(self) -> list[Item]:
        """Everything up to the next statement word."""
        found: list[Item] = []
        while not self.done and self.peek not in STATEMENTS:
            found.append(self.take_item())
        return found
