"""The rules there are: every module of ``cfglint.rules`` holds one, and its place is its name."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType

from cfglint.engine.rule import ATTRIBUTE, Rule, RuleDefinitionError, load_rule

PACKAGE = "cfglint.rules"
PACKS = "cfglint.rules"
"""The group of entry points by which installed packages offer rules."""


class UnknownRuleError(Exception):
    """A name that no rule has; the message suggests the nearest ones."""


@cache
def all_rules(folders: tuple[Path, ...] = ()) -> dict[str, Rule]:
    """Every rule by name, sorted: our own, those of installed packs, and those of some folders.

    An installed pack is a package that an entry point of the group `PACKS` names; a folder, like a package, holds a
    folder a theme and in it a file a rule.

    Args:
        folders: where to find further rules; their code is run.

    Raises:
        RuleDefinitionError: a rule's metadata is wrong, a module holds no rule or several, or two have one name.
    """
    found: dict[str, Rule] = {}
    for package in (PACKAGE, *_packs()):
        for name, module in _modules_of(package):
            _add(found, name, module)
    for folder in folders:
        for name, module in _modules_below(folder):
            _add(found, name, module)
    for loaded in found.values():
        for other in loaded.metadata.yields_to:
            if other not in found:
                raise RuleDefinitionError(f"{loaded.name}: yields to {other!r}, which does not exist")
    return dict(sorted(found.items()))


def _packs() -> list[str]:
    """The packages that entry points name, in the order of the entries' names."""
    if not any(f"[{PACKS}]".encode() in file.read_bytes() for file in _entry_point_files()):
        return []  # the usual case, told without importlib.metadata, which takes longer than everything else here
    from importlib.metadata import entry_points  # noqa: PLC0415 - only where there is a pack

    return [entry.value for entry in sorted(entry_points(group=PACKS), key=lambda entry: entry.name)]


def _entry_point_files() -> Iterator[Path]:
    for place in sys.path:
        with suppress(OSError):  # not there, or no folder
            for name in os.listdir(place or "."):  # noqa: PTH208 (a third of the time of Path.iterdir)
                file = Path(place, name, "entry_points.txt")
                if name.endswith("-info") and file.is_file():
                    yield file


def _add(found: dict[str, Rule], name: str, module: ModuleType) -> None:
    if name in found:
        raise RuleDefinitionError(f"{name}: two rules have this name; the second one is in {module.__file__}")
    found[name] = _rule_of(name, module)


def _modules_of(package: str) -> Iterator[tuple[str, ModuleType]]:
    """The rules' modules of an installed package, with the rules' names."""
    try:
        for theme in pkgutil.iter_modules(importlib.import_module(package).__path__):
            if theme.ispkg:
                folder = importlib.import_module(f"{package}.{theme.name}")
                for entry in pkgutil.iter_modules(folder.__path__):
                    name = f"{theme.name}/{entry.name}".replace("_", "-")
                    yield name, importlib.import_module(f"{package}.{theme.name}.{entry.name}")
    except (ImportError, AttributeError) as error:
        raise RuleDefinitionError(f"the rules of {package} cannot be loaded: {error}") from error


def _modules_below(folder: Path) -> Iterator[tuple[str, ModuleType]]:
    """The rules' modules of a folder: ``theme/rule_name.py``."""
    files = sorted(file for file in folder.glob("*/*.py") if not file.name.startswith("_"))
    if not files:
        raise RuleDefinitionError(f"{folder}: holds no rules (a folder a theme, in it a file a rule)")
    for file in files:
        name = f"{file.parent.name}/{file.stem}".replace("_", "-")
        spec = importlib.util.spec_from_file_location(f"cfglint_rules_dir.{file.parent.name}.{file.stem}", file)
        if spec is None or spec.loader is None:
            raise RuleDefinitionError(f"{name}: {file} cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise RuleDefinitionError(f"{name}: {file} cannot be loaded: {type(error).__name__}: {error}") from error
        yield name, module


def select_rules(select: tuple[str, ...], ignore: tuple[str, ...], folders: tuple[Path, ...] = ()) -> list[Rule]:
    """The rules to run.

    Args:
        select: names or themes; empty means all.
        ignore: names or themes to leave out.
        folders: where to find further rules.

    Raises:
        UnknownRuleError: a name or theme that does not exist.
        RuleDefinitionError: a further rule cannot be loaded.
    """
    rules = all_rules(folders)
    for wanted in (*select, *ignore):
        if not any(_fits(name, wanted) for name in rules):
            near = difflib.get_close_matches(wanted, [*rules, *{rule.theme for rule in rules.values()}], n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else "; `cfglint rules` lists them"
            raise UnknownRuleError(f"no rule or theme is called {wanted!r}{hint}")
    return [
        rule
        for name, rule in rules.items()
        if (not select or any(_fits(name, wanted) for wanted in select))
        and not any(_fits(name, unwanted) for unwanted in ignore)
    ]


def _fits(name: str, wanted: str) -> bool:
    return wanted in {name, name.split("/", maxsplit=1)[0], name.split("/")[1]}


def _rule_of(name: str, module: ModuleType) -> Rule:
    functions = [
        value
        for value in vars(module).values()
        if hasattr(value, ATTRIBUTE) and getattr(value, "__module__", None) == module.__name__
    ]
    if len(functions) != 1:
        raise RuleDefinitionError(f"{name}: a rule's module holds exactly one rule, this one {len(functions)}")
    return load_rule(name, functions[0])
