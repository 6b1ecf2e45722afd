"""What contradicts itself in a host's sysctl files."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.model.kernel_settings import KernelSettings, SysctlValue

VENDOR = ("/usr/lib/", "/lib/", "/usr/local/lib/")


@dataclass(frozen=True, slots=True)
class Overridden:
    """A key that two lines set to different values.

    Attributes:
        loser: the line that has no effect.
        winner: the line that counts.
        after_reload: the value after ``sysctl --system``, where it differs from the boot's; else None.
    """

    loser: SysctlValue
    winner: SysctlValue
    after_reload: SysctlValue | None


def overridden(settings: KernelSettings) -> list[Overridden]:
    """The keys below ``net`` that an administrator's line sets in vain, in the order of the losing lines.

    A vendor's file (below /usr/lib) is there to be overridden and never loses; a glob that a written key beats is how
    both loaders mean it.
    """
    found: list[Overridden] = []
    last: dict[str, SysctlValue] = {}
    for entry in settings.assignments:
        if entry.origin == "file" and not entry.excludes and not entry.is_glob and entry.path.startswith("net/"):
            previous = last.get(entry.path)
            if previous is not None and not _same(previous, entry) and not _is_vendors(previous):
                found = [item for item in found if item.loser.path != entry.path]
                found.append(Overridden(previous, entry, None))
            last[entry.path] = entry
    results = []
    for item in found:
        winner = last[item.loser.path]
        reloaded = settings.after_reload(item.loser.key)
        differs = reloaded is not None and not _same(reloaded, winner)
        if not _same(item.loser, winner):
            results.append(Overridden(item.loser, winner, reloaded if differs else None))
    return results


def _same(one: SysctlValue, other: SysctlValue) -> bool:
    if one.number is not None and other.number is not None:
        return one.number == other.number
    return one.value.split() == other.value.split()


def _is_vendors(entry: SysctlValue) -> bool:
    return any(folder in f"/{entry.span.path}" for folder in VENDOR)
