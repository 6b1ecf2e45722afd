"""Rules: one file a rule, found by the engine, imported by nobody."""
