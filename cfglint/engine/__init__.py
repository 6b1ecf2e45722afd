"""What a rule file needs: the decorator and what it may yield."""

from cfglint.engine.finding import Edit, Finding, Fix, Related, Severity, Unchecked
from cfglint.engine.rule import rule

__all__ = ["Edit", "Finding", "Fix", "Related", "Severity", "Unchecked", "rule"]
