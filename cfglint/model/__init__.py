"""What a node means: proxies, VRRP instances, virtual servers, addresses, firewall, kernel settings, clusters."""
