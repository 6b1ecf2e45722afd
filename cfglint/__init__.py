"""cfglint: a linter that understands a high-availability load balancer as a whole."""

__version__ = "0.1.0"
