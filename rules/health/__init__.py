"""HAProxy: health checks."""
