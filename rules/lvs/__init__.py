"""IPVS: virtual servers, NAT and direct routing."""
