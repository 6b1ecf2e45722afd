"""nft variables: ``define``, ``undefine`` and ``$name`` (nft(8), SYMBOLIC VARIABLES)."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.syntax.nftables import Item, Word

MAX_SUBSTITUTIONS = 10


@dataclass(eq=False)
class NftVariables:
    """The variables defined so far, each with its value's words and groups."""

    _values: dict[str, list[Item]] = field(default_factory=dict)

    def define(self, items: list[Item]) -> None:
        """Take a ``define NAME = VALUE`` statement; variables in the value are replaced now."""
        if len(items) > 3 and isinstance(items[1], Word):
            self._values[items[1].text] = self.replaced(items[3:])

    def undefine(self, name: str) -> None:
        """Forget a variable, if there is one of this name."""
        self._values.pop(name, None)

    def replaced(self, items: list[Item], depth: int = 0) -> list[Item]:
        """The same items with variables replaced; an undefined one stays as written."""
        if depth > MAX_SUBSTITUTIONS or not any(isinstance(item, Word) and "$" in item.text for item in items):
            return items
        found: list[Item] = []
        for item in items:
            name = item.text[1:] if isinstance(item, Word) and item.text.startswith("$") and not item.quoted else ""
            if name in self._values:
                found += self.replaced(self._values[name], depth + 1)
            else:
                found.append(item)
        return found
