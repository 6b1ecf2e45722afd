"""The rules there are: every module of ``cfglint.rules`` holds one, and its place is its name."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from types import ModuleType

from cfglint.engine.rule import ATTRIBUTE, Rule, RuleDefinitionError, load_rule

PACKAGE = "cfglint.rules"


class UnknownRuleError(Exception):
    """A name that no rule has; the message suggests the nearest ones."""


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by name, sorted.

    Raises:
        RuleDefinitionError: a rule's metadata is wrong, or a module holds no rule, or several.
    """
    package = importlib.import_module(PACKAGE)
    found: dict[str, Rule] = {}
    for theme in pkgutil.iter_modules(package.__path__):
        if not theme.ispkg:
            continue
        folder = importlib.import_module(f"{PACKAGE}.{theme.name}")
        for entry in pkgutil.iter_modules(folder.__path__):
            name = f"{theme.name}/{entry.name}".replace("_", "-")
            found[name] = _rule_of(name, importlib.import_module(f"{PACKAGE}.{theme.name}.{entry.name}"))
    for loaded in found.values():
        for other in loaded.metadata.yields_to:
            if other not in found:
                raise RuleDefinitionError(f"{loaded.name}: yields to {other!r}, which does not exist")
    return dict(sorted(found.items()))


def select_rules(select: tuple[str, ...], ignore: tuple[str, ...]) -> list[Rule]:
    """The rules to run.

    Args:
        select: names or themes; empty means all.
        ignore: names or themes to leave out.

    Raises:
        UnknownRuleError: a name or theme that does not exist.
    """
    rules = all_rules()
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
