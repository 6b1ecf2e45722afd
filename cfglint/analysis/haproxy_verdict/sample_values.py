"""Values that a sample fetch or a converter refuses although their types fit."""

from __future__ import annotations

import re
from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.values import integer_of
from cfglint.syntax.haproxy_keywords import ALL

Values = tuple[str, ...]
Refusal = tuple[str, int]
"""Why values are refused, and by which branches."""

_UP_TO_2_6 = 0b11
_UP_TO_2_8 = 0b111
_FROM_3_0 = ALL & ~_UP_TO_2_8
_UP_TO_3_0 = 0b1111
_FINE = ("", 0)
_SCOPED = re.compile(r"(proc|p?sess|p?txn|p?req|p?res|check)\.[A-Za-z0-9_.]+")
_MASK = re.compile(r"\+?\d{1,2}|\d{1,3}(?:\.\d{1,3}){3}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_CHUNK_LIMIT = 8
_MASK_BITS = 32
_CONDITIONS = ("stopping", "normal", "error", "forwarded", "toapplet", "processed", "acl")


def bad_variable(name: str) -> str:
    """Why a variable's name is none, or empty."""
    if _SCOPED.fullmatch(name):
        return ""
    return f"variable {name!r} needs a scope in front: proc., sess., txn., req., res. or check."


def odd_values(name: str, values: Values, *, fetch: bool) -> Refusal:
    """Why a function refuses its values, and in which branches; empty when it does not, or that is not known.

    Args:
        name: the fetch or converter.
        values: its arguments, some of them empty.
        fetch: it is a sample fetch: a few converters have the same name.
    """
    check = _CHECKS.get(name) if not fetch or name not in _OF_FETCHES else _OF_FETCHES[name]
    return check((*values, "", "", "")) if check is not None else _FINE


def _all(why: str) -> Refusal:
    return why, ALL


def _choice(index: int, allowed: tuple[str, ...], *, needed: bool = False) -> Callable[[Values], Refusal]:
    def check(values: Values) -> Refusal:
        value = values[index]
        if value in allowed or not (value or needed):
            return _FINE
        return _all(f"{value!r} is none of {', '.join(allowed)}" if value else f"{', '.join(allowed)} is expected")

    return check


def _arithmetic(values: Values) -> Refusal:
    first = values[0]
    if not first or integer_of(first) is not None or _SCOPED.fullmatch(first):
        return _FINE
    return _all(f"{first!r} is neither a number nor a variable")


def _variable(index: int, *, needed: bool = True) -> Callable[[Values], Refusal]:
    def check(values: Values) -> Refusal:
        value = values[index]
        if not value:
            return _all("the name of a variable is missing") if needed else _FINE
        return _all(bad_variable(value))

    return check


def _since(index: int, refused: int) -> Callable[[Values], Refusal]:
    """An argument that older branches do not take."""
    return lambda values: (f"its argument {index + 1} is not known", refused) if values[index] else _FINE


def _bytes(values: Values) -> Refusal:
    offset, length = values[0], values[1]
    if not offset:
        return "its argument 1 (an offset) is missing", _UP_TO_2_8
    for value in (offset, length):
        if value and integer_of(value) is None:
            if not _SCOPED.fullmatch(value):
                return _all(f"{value!r} is neither a number nor a variable")
            return f"{value!r} is no number", _UP_TO_2_8
    if (integer_of(offset) or 0) < 0:
        return f"{offset!r} is below 0", _FROM_3_0
    if length and (integer_of(length) or 0) < 1 and not _SCOPED.fullmatch(length):
        return f"{length!r} is no length above 0", _FROM_3_0
    return _FINE


def _from_one(values: Values) -> Refusal:
    return _all("they count from 1 (or from -1 at the end)") if integer_of(values[0]) == 0 else _FINE


def _chunk(values: Values) -> Refusal:
    if 1 <= (integer_of(values[1]) or 0) <= _CHUNK_LIMIT:
        return _FINE
    return _all(f"its argument 2, how many bytes make a number, must be 1 to {_CHUNK_LIMIT}")


def _hex_chunk(values: Values) -> Refusal:
    if not values[0] or (integer_of(values[1]) or 0) > 0:
        return _FINE
    return _all("its argument 2, how many bytes stand together, must be above 0")


def _query(values: Values) -> Refusal:
    wrong = _choice(0, ("with_qm",))(values)
    return wrong if wrong[0] or not values[0] else ("its argument 1 is not known", _UP_TO_3_0)


def _mask(values: Values) -> Refusal:
    value = values[0]
    if not value or (_MASK.fullmatch(value) and ("." in value or int(value) <= _MASK_BITS)):
        return _FINE
    return _all(f"{value!r} is no mask of IPv4 addresses")


def _binary(values: Values) -> Refusal:
    return _FINE if _HEX.fullmatch(values[0]) else _all(f"{values[0]!r} is no even number of hexadecimal digits")


def _json_path(values: Values) -> Refusal:
    return _choice(1, ("int",))(values) if values[0] else _all("its argument 1, a path, is missing")


_TIME_UNITS = ("s", "ms", "us")
_CHECKS: dict[str, Callable[[Values], Refusal]] = {
    **dict.fromkeys(("add", "sub", "mul", "div", "mod", "and", "or", "xor"), _arithmetic),
    **dict.fromkeys(("fc_rtt", "fc_rttvar", "bc_rtt", "bc_rttvar"), _choice(0, ("us", "ms"))),
    **dict.fromkeys(("accept_date", "request_date"), _choice(0, _TIME_UNITS)),
    **dict.fromkeys(("http_date",), _choice(1, _TIME_UNITS)),
    **dict.fromkeys(("field", "word"), _from_one),
    **dict.fromkeys(("strcmp", "secure_memcmp", "set-var", "unset-var"), _variable(0)),
    **dict.fromkeys(("concat", "add_item"), _variable(1, needed=False)),
    **dict.fromkeys(("be2dec", "le2dec"), _chunk),
    **dict.fromkeys(("jwt_header_query", "jwt_payload_query"), _choice(1, ("int",))),
    **dict.fromkeys(("url_param", "urlp"), _since(2, _UP_TO_2_6)),
    "be2hex": _hex_chunk,
    "bytes": _bytes,
    "ipmask": _mask,
    "json": _choice(0, ("utf8", "utf8s", "utf8p", "utf8ps", "ascii")),
    "json_query": _json_path,
    "sha2": _choice(0, ("224", "256", "384", "512")),
    "url_enc": _choice(0, ("query",)),
    "when": _choice(0, _CONDITIONS, needed=True),
}
_OF_FETCHES: dict[str, Callable[[Values], Refusal]] = {
    "bin": _binary,
    "bool": _choice(0, ("true", "false", "yes", "no", "1", "0"), needed=True),
    "query": _query,
    "req.body_param": _since(1, _UP_TO_2_6),
}
