"""Run the command line with ``python -m cfglint``."""

from cfglint.cli.main import run

if __name__ == "__main__":
    run()
