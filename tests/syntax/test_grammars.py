import json
from importlib import resources

import pytest

from cfglint.syntax import grammars
from cfglint.syntax.grammars import compile_grammar, grammar_text, load_grammar

NAMES = sorted(
    entry.name.removesuffix(".lark")
    for entry in resources.files("cfglint.grammars").iterdir()
    if entry.name.endswith(".lark")
)


def test_there_are_grammars() -> None:
    assert "haproxy" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_thecompiled_form_is_fresh(name: str) -> None:
    stored = (resources.files("cfglint.grammars") / f"{name}.lark.json").read_text("utf-8")

    assert json.loads(stored)["sha256"] == json.loads(compile_grammar(grammar_text(name)))["sha256"], (
        "run python tools/compile_grammars.py"
    )


def test_thecompiled_form_parses_as_the_text_does(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "global\n  daemon # yes\n\nfrontend f\n  bind :80\n"
    compiled = load_grammar("haproxy").parse(text)
    monkeypatch.setattr(grammars, "compiled_form", lambda *_: None)

    assert load_grammar("haproxy").parse(text) == compiled


def test_another_lark_version_is_not_trusted_with_thecompiled_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lark.__version__", "0.0.1")

    assert grammars.compiled_form("haproxy", grammar_text("haproxy")) is None
    assert load_grammar("haproxy").parse("global\n").data == "start"


def test_a_changed_grammar_is_not_read_from_its_oldcompiled_form() -> None:
    assert grammars.compiled_form("haproxy", grammar_text("haproxy") + "// changed\n") is None
