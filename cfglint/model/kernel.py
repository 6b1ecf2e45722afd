"""Reads a node's kernel settings: every sysctl file in the order the loaders apply them, and captures.

Folders and their order: sysctl.d(5) and sysctl(8), both run (procps 4.0.2, systemd 252); ``/etc/ufw/sysctl.conf`` is
applied by ufw on top of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cfglint.model.host_files import files_in, first_file, places
from cfglint.model.host_scripts import ScriptSetting, script_effects
from cfglint.model.kernel_settings import EffectiveValue, KernelSettings, SysctlValue
from cfglint.model.value import Unknown
from cfglint.source import SourceFile
from cfglint.syntax.sysctl import dotted, parse_sysctl
from cfglint.tree import NodeTree

__all__ = ["EffectiveValue", "KernelSettings", "SysctlValue", "read_kernel_settings"]

FOLDERS = ("etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d")
"""From the strongest to the weakest: a file hides those of the same name in later folders."""

VENDOR_FOLDERS = ("usr/lib/sysctl.d", "lib/sysctl.d")
LINK_NAME = "99-sysctl.conf"
FLAT_DROP_IN = re.compile(r"(?!sysctl\.conf$)([\w.-]+[-_.])?sysctl([-_.][\w.-]+)?\.conf")
CAPTURE = re.compile(r"sysctl(_-a|-a|_a|-all|_all|\.all)(\.(txt|out|log|dump))?|sysctl\.(txt|out|log|dump)")
CAPTURE_FOLDERS = ("", "sos_commands/kernel", "captured", "state", "capture")


def read_kernel_settings(tree: NodeTree) -> KernelSettings:
    """Read every sysctl file of a node, in the order the loaders apply them."""
    settings = KernelSettings()
    drop_ins = dict(_drop_ins(tree))
    main = first_file(tree, "etc/sysctl.conf")
    linked = _main_links(tree, drop_ins, main)
    boot_files = {name: path for name, path in drop_ins.items() if name not in linked}
    if main is not None:
        for name in linked or ([LINK_NAME] if LINK_NAME not in drop_ins else []):
            boot_files[name] = main
    boot = [boot_files[name] for name in sorted(boot_files)]
    reload = [drop_ins[name] for name in sorted(drop_ins)]
    if main is not None:
        reload.append(main)
    ufw = list(_ufw_file(tree))
    lines = {path: list(_assignments(tree, path, settings)) for path in dict.fromkeys([*boot, *reload, *ufw])}
    settings.assignments = [entry for path in [*boot, *ufw] for entry in lines[path]]
    if _without_repeats(boot) != _without_repeats(reload):
        settings.reload_assignments = [entry for path in [*reload, *ufw] for entry in lines[path]]
    settings.has_sysctl_files = bool(boot or reload)
    settings.has_vendor_files = any(tree.files(folder, "*.conf") for folder in VENDOR_FOLDERS)
    for path in _captures(tree):
        for entry in _assignments(tree, path, settings, capture=True):
            settings.captured[entry.path] = entry
    _replay_scripts(tree, settings)
    return settings


def _replay_scripts(tree: NodeTree, settings: KernelSettings) -> None:
    """Add what scripts set that no sysctl file of the node holds."""
    for effect in script_effects(tree):
        if not isinstance(effect, ScriptSetting) or effect.path in settings.captured:
            continue
        if effect.file and first_file(tree, effect.file.lstrip("/")) is not None:
            continue  # the file itself is here and tells what it holds
        key = dotted(effect.path)
        in_file = settings.value(key)
        why = effect.why_uncertain
        if effect.value is None:
            why = why or "a script sets it to a value that takes a shell to tell"
        elif in_file is not None and in_file.value.split() != effect.value.split() and not why:
            why = f"a file sets it to {in_file.value} at boot, a script to {effect.value} later"
        if why and (in_file is None or in_file.value.split() != (effect.value or "").split()):
            settings.uncertain.setdefault(effect.path, Unknown(why, effect.span))
        elif not why and in_file is None:
            settings.append(SysctlValue(key, effect.value or "", effect.span, origin="script"))


def _drop_ins(tree: NodeTree) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for folder in FOLDERS:
        for path in files_in(tree, folder, "*.conf"):
            name = path.rsplit("/", 1)[-1]
            if name not in seen:
                seen.add(name)
                yield name, path
        for place in places(folder):
            seen.update(tree.masks(place))
    for path in tree.files("", "*.conf"):
        if FLAT_DROP_IN.fullmatch(path) and path not in seen:
            yield path, path


def _main_links(tree: NodeTree, drop_ins: dict[str, str], main: str | None) -> list[str]:
    """The names below sysctl.d that are /etc/sysctl.conf: links to it, or copies that followed the link."""
    if main is None:
        return []
    place = tree.locate(main)
    found = [name for name, path in drop_ins.items() if path != main and tree.locate(path) == place]
    if not found and LINK_NAME in drop_ins:
        copy, original = tree.read(drop_ins[LINK_NAME]), tree.read(main)
        if copy is not None and original is not None and copy.text == original.text:
            return [LINK_NAME]
    return found


def _ufw_file(tree: NodeTree) -> Iterator[str]:
    path, switch = first_file(tree, "etc/ufw/sysctl.conf"), first_file(tree, "etc/ufw/ufw.conf")
    source = tree.read(switch) if path is not None and switch is not None else None
    if path is not None and source is not None and re.search(r"(?mi)^\s*ENABLED=[\"']?yes\b", source.text):
        yield path


def _captures(tree: NodeTree) -> Iterator[str]:
    for folder in CAPTURE_FOLDERS:
        for path in tree.files(folder, "sysctl*"):
            if CAPTURE.fullmatch(path.rsplit("/", 1)[-1]):
                yield path


def _assignments(
    tree: NodeTree, path: str, settings: KernelSettings, *, capture: bool = False
) -> Iterator[SysctlValue]:
    source = tree.read(path)
    if source is None:
        return
    settings.files.append(source.path)
    yield from _entries(source, settings, capture=capture)


def _entries(source: SourceFile, settings: KernelSettings, *, capture: bool) -> Iterator[SysctlValue]:
    parsed = parse_sysctl(source)
    if not capture:
        settings.problems.extend(parsed.problems)
    for line in parsed.lines:
        yield SysctlValue(
            dotted(line.path),
            line.value or "",
            line.value_span,
            excludes=line.value is None,
            origin="capture" if capture else "file",
        )


def _without_repeats(paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(paths))
