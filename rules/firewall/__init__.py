"""Rules about packet filters: do adverts and clients get through, and do marks and translation fit the service."""
