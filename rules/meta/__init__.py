"""Findings about the check itself: suppressions, and what was not understood."""
