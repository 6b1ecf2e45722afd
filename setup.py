from setuptools import find_packages, setup

# `rules/` and `grammars/` stand at the top level and install inside the package; a new theme folder needs no edit here.
setup(
    packages=[
        *find_packages(include=["cfglint", "cfglint.*"]),
        "cfglint.grammars",
        "cfglint.rules",
        *(f"cfglint.rules.{theme}" for theme in find_packages("rules")),
    ]
)
