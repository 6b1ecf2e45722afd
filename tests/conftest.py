"""How property tests draw: the same examples in every run, so that a red test is red for everybody.

Set HYPOTHESIS_PROFILE=explore to draw new ones.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
