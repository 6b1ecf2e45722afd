"""Virtual addresses and what listens on them."""
