"""Runbooks and shell steps."""
