"""The command line: options, exit codes, wiring; one thin module a command."""
