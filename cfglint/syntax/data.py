"""The data files of ``grammars/``: keyword tables, Lark grammars, names of services."""

from __future__ import annotations

import pkgutil

_PACKAGE = "cfglint.grammars"


def data_text(name: str) -> str:
    """The text of one file of ``grammars/``.

    Raises:
        FileNotFoundError: there is no such file.
    """
    # Quicker than importlib.resources, whose import alone takes as long as reading ten of these files.
    raw = pkgutil.get_data(_PACKAGE, name)
    if raw is None:
        raise FileNotFoundError(name)
    return raw.decode("utf-8")
