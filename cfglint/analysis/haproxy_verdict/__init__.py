"""What HAProxy refuses or warns about, version by version: the check behind its own `-c`, without the daemon."""
