"""nftables sets and maps, named and anonymous, as sets of values (nft(8), SETS and MAPS)."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_nft_values import Kind, read_values
from cfglint.model.value_sets import ValueSet
from cfglint.syntax.nftables import Group, Item, Word

MAX_ELEMENTS = 100_000
"""Elements read of one set; a larger one leaves its rules undecided."""

_DETAILS = frozenset({"timeout", "expires", "counter", "comment", "limit", "quota"})
"""Words after which an element carries details, not values."""


@dataclass(eq=False)
class NftSet:
    """A named set or map.

    Attributes:
        name: as declared.
        elements: one list of words (and groups) an element, values of maps included.
        unclear: why its content at run time cannot be told; empty when it can.
    """

    name: str
    elements: list[list[Item]] = field(default_factory=list)
    unclear: str = ""


def split_elements(group: Group) -> list[list[Item]] | None:
    """The elements of a brace group; None when there are too many to be read."""
    if group.commas > MAX_ELEMENTS:
        return None
    elements: list[list[Item]] = []
    here: list[Item] = []
    for item in group.items:
        if isinstance(item, Word) and item.text == "," and not item.quoted:
            if here:
                elements.append(here)
            here = []
        else:
            here.append(item)
    if here:
        elements.append(here)
    return elements


def element_values(words: list[Item], kinds: tuple[Kind, ...]) -> tuple[ValueSet, ...] | None:
    """The values of one element, one set for each dimension; None when it does not read."""
    dimensions: list[list[str]] = [[]]
    for item in words:
        if not isinstance(item, Word):
            return None
        if item.text == "." and not item.quoted:
            dimensions.append([])
        elif item.text in _DETAILS and not item.quoted:
            break
        else:
            dimensions[-1].append(item.text)
    if len(dimensions) != len(kinds):
        return None
    found: list[ValueSet] = []
    for kind, parts in zip(kinds, dimensions, strict=True):
        text = "".join(parts)
        values = read_values(kind, [text]) if text and text != "*" else None
        if values is None:
            return None
        found.append(values)
    return tuple(found)


def map_parts(words: list[Item]) -> tuple[list[Item], list[Item]] | None:
    """Key and value of a map's element; None without a colon."""
    for at, item in enumerate(words):
        if isinstance(item, Word) and item.text == ":" and not item.quoted:
            key = [part for part in words[:at] if not (isinstance(part, Word) and part.text in _DETAILS)]
            return key, words[at + 1 :]
    return None
