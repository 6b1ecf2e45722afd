"""Write the compiled form of every grammar beside it: ``python tools/compile_grammars.py``."""

from __future__ import annotations

from pathlib import Path

from cfglint.syntax.grammars import compile_grammar, compiled_form

GRAMMARS = Path(__file__).parents[1] / "grammars"


def main() -> None:
    """Compile every ``grammars/*.lark`` whose compiled form is stale."""
    for grammar in sorted(GRAMMARS.glob("*.lark")):
        text = grammar.read_text("utf-8")
        if compiled_form(grammar.stem, text) is not None:
            continue  # fresh; Lark numbers its states by hash, so writing it again would only change their order
        target = grammar.with_name(f"{grammar.name}.json")
        target.write_text(compile_grammar(text), "utf-8")
        print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
