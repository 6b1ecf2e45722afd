"""Secrets, TLS and who may do what."""
