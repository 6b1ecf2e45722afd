"""Interface files, addresses and routes."""
