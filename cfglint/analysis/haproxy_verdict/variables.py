"""Variables on a line, as far as versions read them differently."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.line import Line

_IN_2_4 = 0b1


def check_variables(line: Line) -> None:
    """Report a default value in ``${NAME-value}``, which 2.4 takes for a brace that is never closed."""
    for index, word in enumerate(line.directive.words):
        for reference in word.references:
            if reference.default is not None:
                message = f"HAProxy 2.4 knows no default values of variables: it refuses ${{{reference.name}-…}}"
                line.fail("too-new", index - line.shift, message, _IN_2_4, help="set the variable, and write its name")
                return
