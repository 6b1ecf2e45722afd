"""HAProxy: names, routes and modes."""
