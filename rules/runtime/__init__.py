"""HAProxy: timeouts, limits, logs and versions."""
