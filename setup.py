from setuptools import find_packages, setup

# `rules/`, `grammars/` and the rules' cases in `fixtures/` stand at the top level and install inside the package; a new
# theme folder needs no edit here.
setup(
    packages=[
        *find_packages(include=["cfglint", "cfglint.*"]),
        "cfglint.fixtures",
        "cfglint.grammars",
        "cfglint.rules",
        *(f"cfglint.rules.{theme}" for theme in find_packages("rules")),
    ]
)
