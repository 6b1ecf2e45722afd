"""Tracking and notify scripts."""
