"""Names by which other programs recognise a finding in the next run: stable when lines move, unique within a run."""

from __future__ import annotations

import hashlib

from cfglint.engine.finding import Finding
from cfglint.report.options import RenderOptions
from cfglint.report.places import repository_path


class Fingerprints:
    """The fingerprints of one report.

    Args:
        options: paths are taken relative to the repository that they name, so that the place of a checkout and the way
            a path is written on the command line make no difference.
    """

    def __init__(self, options: RenderOptions) -> None:
        self._options = options
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def of(self, finding: Finding) -> str:
        """The fingerprint of the next finding of the report; a second one of the same rule and subject gets another."""
        first = finding.fingerprint_at(repository_path(finding.at.path, self._options))
        # A thousand findings of one subject must not try the same numbers again and again.
        fingerprint, number = first, self._numbers.get(first, 1)
        while fingerprint in self._taken:
            number += 1
            fingerprint = hashlib.sha256(f"{first}:{number}".encode()).hexdigest()[:16]
        self._numbers[first] = number
        self._taken.add(fingerprint)
        return fingerprint
