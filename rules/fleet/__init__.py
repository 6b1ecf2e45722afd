"""Many nodes at once: what is missing, and what was never rendered."""
