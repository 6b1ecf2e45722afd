"""Where HAProxy's certificates come from: ``crt-store`` sections (from 3.0 on) and ``acme`` sections (from 3.2 on)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cfglint.model.haproxy_lines import ConfigLine
from cfglint.model.haproxy_services import NamedSection
from cfglint.model.haproxy_values import number_setting, switch_setting
from cfglint.model.haproxy_variables import Value
from cfglint.model.value import Setting

_FILES = frozenset({"crt", "key", "ocsp", "issuer", "sctl"})


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A ``load`` line of a certificate store.

    Attributes:
        parameters: ``crt``, ``key``, ``alias``, ``acme``, ``domains``, … to the word behind each.
        line: the line.
    """

    parameters: dict[str, Value]
    line: ConfigLine

    @property
    def files(self) -> dict[str, Value]:
        """The files among its parameters."""
        return {name: value for name, value in self.parameters.items() if name in _FILES}

    @property
    def alias(self) -> Value | None:
        """The name by which bind lines know it (``crt @store/alias``), or None: then its file's name."""
        return self.parameters.get("alias")


@dataclass(eq=False, frozen=True)
class CertificateStore(NamedSection):
    """A ``crt-store`` section."""

    @property
    def base(self) -> Setting[str] | None:
        """``crt-base``: where relative certificate files lie, or None: the global one."""
        return self.section.setting("crt-base")

    @property
    def key_base(self) -> Setting[str] | None:
        """``key-base``: where relative key files lie, or None: the global one."""
        return self.section.setting("key-base")

    @cached_property
    def certificates(self) -> tuple[StoredCertificate, ...]:
        """What it loads."""
        return tuple(StoredCertificate(_pairs(line), line) for line in self.section.all("load"))


@dataclass(eq=False, frozen=True)
class AcmeProvider(NamedSection):
    """An ``acme`` section: a certificate authority that HAProxy asks by itself."""

    @property
    def directory(self) -> Setting[str] | None:
        """The URL of the authority's directory."""
        return self.section.setting("directory")

    @property
    def contact(self) -> Setting[str] | None:
        """The account's mail address, or None."""
        return self.section.setting("contact")

    @property
    def account_key(self) -> Setting[str] | None:
        """The file of the account's key, or None: named after the section."""
        return self.section.setting("account-key")

    @property
    def challenge(self) -> Setting[str] | None:
        """``HTTP-01``, ``DNS-01``, …, or None: HAProxy's own choice."""
        return self.section.setting("challenge")

    @property
    def key_type(self) -> Setting[str] | None:
        """``RSA`` or ``ECDSA``, or None: HAProxy's own choice."""
        return self.section.setting("keytype")

    @cached_property
    def bits(self) -> Setting[int] | None:
        """The length of RSA keys, or None: HAProxy's own choice."""
        return number_setting(self.section, "bits", None)

    @property
    def token_map(self) -> Setting[str] | None:
        """``map``: the map in which challenges and their answers are kept, or None."""
        return self.section.setting("map")

    @cached_property
    def reuses_key(self) -> Setting[bool]:
        """``reuse-key``: a renewed certificate keeps its key (default off)."""
        return switch_setting(self.section, "reuse-key", default=False)


def _pairs(line: ConfigLine) -> dict[str, Value]:
    words = line.values[1:]
    return {name: words[at + 1] for at, name in enumerate(words[:-1]) if at % 2 == 0 and isinstance(name, str)}
