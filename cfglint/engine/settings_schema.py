"""The JSON schema of settings files, for editors."""

from __future__ import annotations

import json

from cfglint.engine.shapes import SETTINGS

ADDRESS = "https://cfglint.readthedocs.io/cfglint.schema.json"


def schema_text() -> str:
    """The schema as JSON text with a line end."""
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "$id": ADDRESS, "title": "cfglint.toml"}
    return json.dumps(schema | SETTINGS.schema(), indent=2) + "\n"
