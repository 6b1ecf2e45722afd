"""A host's kernel settings (sysctl): the value a key really has, and where it came from.

Two loaders read the same files in two orders (run: procps 4.0.2 ``sysctl --system``, systemd 252 ``systemd-sysctl``).
Both sort the files of all folders by name and let a name in an earlier folder hide the later ones. ``systemd-sysctl``,
which runs at boot, reads ``/etc/sysctl.conf`` only through the link ``sysctl.d/99-sysctl.conf`` (Debian 12, Red Hat 7
to 9; taken to be there unless another file has that name); ``sysctl --system`` reads it last. What counts here is the
boot. A key that is written out beats every glob, wherever the two stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

from cfglint.model.kernel_combine import DISTRIBUTION_KEYS, IPV4_DEFAULTS, combination, combine
from cfglint.model.value import Unknown
from cfglint.source import Span
from cfglint.syntax.problem import SyntaxProblem
from cfglint.syntax.sysctl import GLOB_CHARACTERS, dotted, kernel_number, key_path


@dataclass(frozen=True, slots=True)
class SysctlValue:
    """A key's value and where it came from.

    Attributes:
        key: in dotted form, e.g. ``net.ipv4.ip_nonlocal_bind``.
        value: as written, spaces trimmed; empty for ``-key`` alone.
        span: the value in its file.
        excludes: the line is ``-key`` alone: no glob reaches the key.
        origin: a sysctl file, a script that writes the key, or a capture of the running kernel.
    """

    key: str
    value: str
    span: Span
    excludes: bool = False
    origin: Literal["file", "script", "capture"] = "file"

    @property
    def path(self) -> str:
        """The key as a path below ``/proc/sys``."""
        return key_path(self.key)

    @property
    def is_glob(self) -> bool:
        """True when the key names several settings by a pattern."""
        return GLOB_CHARACTERS.search(self.key) is not None

    @property
    def number(self) -> int | None:
        """What an integer key takes from it; None when the kernel refuses the text."""
        return kernel_number(self.value)


@dataclass(frozen=True, slots=True)
class EffectiveValue:
    """The value that is in force.

    Attributes:
        key: the key asked for, in dotted form.
        value: the number, or why it cannot be told.
        sources: the assignments that give it, the decisive one first; empty when it is the kernel's default.
        shadowed: assignments of ``all`` or the interface that lose against the decisive one.
    """

    key: str
    value: int | Unknown
    sources: tuple[SysctlValue, ...] = ()
    shadowed: tuple[SysctlValue, ...] = ()

    @property
    def known(self) -> bool:
        """True when the files tell the value."""
        return not isinstance(self.value, Unknown)

    @property
    def span(self) -> Span | None:
        """The text that decides; None when nothing sets the key."""
        return self.sources[0].span if self.sources else None


@dataclass(eq=False)
class KernelSettings:
    """The settings one node's files make.

    Attributes:
        assignments: every assignment in the order the boot applies them (the last one of a key wins).
        reload_assignments: the same in the order of ``sysctl --system``; None when it is the same order.
        captured: what the running kernel said (``sysctl -a``), by path; it beats every file.
        uncertain: keys (paths) that a script may or may not set, with the reason.
        has_sysctl_files: False when all that is known comes from captures and scripts.
        has_vendor_files: the node shows /usr/lib/sysctl.d, so the distribution's own settings are known.
        problems: lines that no loader understands.
        files: paths (as shown) of the files read; empty when the node has none: then nothing is known.
    """

    assignments: list[SysctlValue] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    reload_assignments: list[SysctlValue] | None = None
    captured: dict[str, SysctlValue] = field(default_factory=dict)
    uncertain: dict[str, Unknown] = field(default_factory=dict)
    has_sysctl_files: bool = True
    has_vendor_files: bool = False
    problems: list[SyntaxProblem] = field(default_factory=list)

    def append(self, entry: SysctlValue) -> None:
        """Add an assignment that takes effect after all others."""
        for orders in (self.assignments, self.reload_assignments):
            if orders is not None:
                orders.append(entry)
        if entry.span.path not in self.files:
            self.files.append(entry.span.path)
        for cached in ("_boot", "_reload"):
            self.__dict__.pop(cached, None)

    def value(self, key: str) -> SysctlValue | None:
        """The assignment that wins for a key: a capture's, else the boot's; None when nothing sets it."""
        path = _canonical(key_path(key))
        return self.captured.get(path) or self._boot.winner(path)

    def after_reload(self, key: str) -> SysctlValue | None:
        """The assignment that wins after ``sysctl --system``; None when no file sets the key."""
        return (self._reload or self._boot).winner(_canonical(key_path(key)))

    def effective(self, key: str, interface: str | None = None) -> EffectiveValue:
        """The value that is in force.

        Args:
            key: a whole key (``net.ipv4.ip_nonlocal_bind``); with an interface the last part of one
                (``arp_ignore``) of ``net.ipv4.conf``, or ``ipv6/accept_ra`` for one of ``net.ipv6.conf``.
            interface: the device whose value counts, combined with ``all`` as the kernel does.
        """
        if interface is None:
            return self._single(_canonical(key_path(key)), None)
        family, _, name = key.rpartition("/")
        folder = f"net/{family or 'ipv4'}/conf"
        own = self._of_interface(folder, name, interface)
        if combination(name) == "interface" and name != "accept_redirects":
            return own
        everywhere = self._single(_canonical(f"{folder}/all/{name}"), self._default(name))
        return self._combined(name, own, everywhere, interface)

    def _combined(self, name: str, own: EffectiveValue, everywhere: EffectiveValue, interface: str) -> EffectiveValue:
        if isinstance(own.value, Unknown) or isinstance(everywhere.value, Unknown):
            known = [part for part in (own, everywhere) if not isinstance(part.value, Unknown)]
            if known and combination(name) == "or" and known[0].value:
                return EffectiveValue(own.key, 1, known[0].sources)
            if known and combination(name) == "and" and not known[0].value:
                return EffectiveValue(own.key, 0, known[0].sources)
            unknown = own.value if isinstance(own.value, Unknown) else everywhere.value
            return EffectiveValue(own.key, unknown, (*own.sources, *everywhere.sources))
        forwards = name == "accept_redirects" and self.effective("forwarding", interface).value == 1
        value = combine(name, everywhere.value, own.value, forwards=forwards)
        if own.value != everywhere.value:
            first, second = (own, everywhere) if own.value == value else (everywhere, own)
            return EffectiveValue(own.key, value, first.sources, second.sources)
        sources = (*own.sources, *everywhere.sources)
        return EffectiveValue(own.key, value, sources)

    def _of_interface(self, folder: str, name: str, interface: str) -> EffectiveValue:
        path = f"{folder}/{interface}/{name}"
        if name == "forwarding" and folder == "net/ipv4/conf" and path not in self.captured:
            return self._forwarding(path, interface)
        own = self._single(path, self._default(name))
        if own.sources or isinstance(own.value, Unknown) or interface == "lo":
            return own
        copied = self._single(f"{folder}/default/{name}", self._default(name))
        if isinstance(copied.value, Unknown) or copied.value == own.value:
            return own if copied.value == own.value else replace(own, value=copied.value)
        why = (
            f"{dotted(path)} is set nowhere, and conf.default ({copied.value}) counts only if {interface} appears "
            "after it is set"
        )
        return EffectiveValue(dotted(path), Unknown(why, copied.span), copied.sources)

    def _single(self, path: str, default: int | Unknown | None) -> EffectiveValue:
        key = dotted(path)
        captured = self.captured.get(path)
        if captured is not None:
            return _numeric(key, captured)
        if path in self.uncertain:
            return EffectiveValue(key, self.uncertain[path])
        fallback: int | Unknown = 0 if default is None else default
        if not self.files_tell_defaults:
            part = "only a part of the kernel's settings was captured"
            fallback = Unknown(part if self.captured else "the node has no sysctl file")
        winner = self._boot.winner(path)
        if winner is None:
            return EffectiveValue(dotted(path), fallback)
        if winner.number is None:
            # The write fails (EINVAL), so the kernel keeps what it has.
            return EffectiveValue(dotted(path), fallback, (winner,))
        return _numeric(dotted(path), winner)

    @property
    def files_tell_defaults(self) -> bool:
        """True when a key that nothing sets has the kernel's default: sysctl files are there, not only captures."""
        return self.has_sysctl_files and bool(self.files or self.assignments)

    def _default(self, name: str) -> int | Unknown:
        if name in DISTRIBUTION_KEYS and not self.has_vendor_files:
            return Unknown(f"the distribution's own {name} (/usr/lib/sysctl.d) is not among the files")
        return IPV4_DEFAULTS.get(name, 0)

    def _forwarding(self, path: str, interface: str) -> EffectiveValue:
        """Replay: a change of ip_forward sets every interface's forwarding; a later key of the interface holds."""
        if not self.files:
            return EffectiveValue(dotted(path), Unknown("the node has no sysctl file"))
        general, own = 0, 0
        sources: tuple[SysctlValue, ...] = ()
        explicit = any(entry.path == path for entry in self.assignments)
        for entry in self.assignments:
            number = entry.number
            if entry.excludes or number is None:
                continue
            if _canonical(entry.path) == "net/ipv4/ip_forward":
                if bool(number) != bool(general):
                    general, own, sources = number, number, (entry,)
            elif entry.path == path or (not explicit and entry.is_glob and _glob_fits(entry.path, path)):
                own, sources = number, (entry,)
        captured = self.captured.get("net/ipv4/ip_forward")
        if captured is not None and not explicit:
            return _numeric(dotted(path), captured)
        del interface
        return EffectiveValue(dotted(path), int(bool(own)), sources)

    @cached_property
    def _boot(self) -> _Order:
        return _Order(self.assignments)

    @cached_property
    def _reload(self) -> _Order | None:
        return None if self.reload_assignments is None else _Order(self.reload_assignments)


class _Order:
    """Assignments in one loader's order, ready to be asked for a path."""

    def __init__(self, assignments: list[SysctlValue]) -> None:
        self._explicit: dict[str, SysctlValue] = {}
        self._globs: list[SysctlValue] = []
        for entry in assignments:
            if entry.is_glob:
                if not entry.excludes:
                    self._globs.append(entry)
            else:
                self._explicit[_canonical(entry.path)] = entry
        self._globs.reverse()

    def winner(self, path: str) -> SysctlValue | None:
        """The assignment that gives a path its value."""
        explicit = self._explicit.get(path)
        if explicit is not None:
            return None if explicit.excludes else explicit
        return next((entry for entry in self._globs if _glob_fits(entry.path, path)), None)


def _numeric(key: str, entry: SysctlValue) -> EffectiveValue:
    number = entry.number
    if number is None:
        why = f"the kernel refuses {entry.value!r} as a number" if entry.value else "the line has no value"
        return EffectiveValue(key, Unknown(why, entry.span), (entry,))
    return EffectiveValue(key, number, (entry,))


def _canonical(path: str) -> str:
    # Both names are one variable of the kernel.
    return "net/ipv4/ip_forward" if path == "net/ipv4/conf/all/forwarding" else path


def _glob_fits(pattern: str, path: str) -> bool:
    ours, theirs = pattern.split("/"), path.split("/")
    return len(ours) == len(theirs) and all(map(fnmatchcase, theirs, ours))
