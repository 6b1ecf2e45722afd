"""Write the compiled form of every grammar beside it: ``python tools/compile_grammars.py``."""

from __future__ import annotations

from pathlib import Path

from cfglint.syntax.grammars import compile_grammar

GRAMMARS = Path(__file__).parents[1] / "grammars"


def main() -> None:
    """Compile every ``grammars/*.lark``."""
    for grammar in sorted(GRAMMARS.glob("*.lark")):
        target = grammar.with_name(f"{grammar.name}.json")
        target.write_text(compile_grammar(grammar.read_text("utf-8")), "utf-8")
        print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
