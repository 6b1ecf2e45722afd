"""Text to typed trees, one module a file format, losing nothing and knowing no meaning."""
