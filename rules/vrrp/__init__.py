"""VRRP: what the nodes of a virtual router must agree on, and what one node must get right."""
