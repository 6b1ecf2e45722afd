"""Kernel settings of the hosts."""
