"""Differences between nodes that should be alike."""
