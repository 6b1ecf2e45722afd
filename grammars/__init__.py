"""Lark grammars and the keyword tables of the daemons: data only."""
