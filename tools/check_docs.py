"""Check that the documentation tells the truth: the README's report is what a run prints, and links lead somewhere.

Usage: check_docs.py [--write]    (--write puts the current report into README.md)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- demo: begin[^\n]*-->\n)(.*?)(<!-- demo: end -->)", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?://|#|mailto:)([^)#\s]+)")


def demo_report() -> str:
    """What the demo's check prints when piped, as a block of Markdown."""
    command = [sys.executable, "-m", "cfglint", "check", "--fail-on", "never", "fixtures/demo"]
    environment = {key: value for key, value in os.environ.items() if key not in {"FORCE_COLOR", "GITHUB_ACTIONS"}}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"the demo ends with status {run.returncode}:\n{run.stdout}{run.stderr}")
    # The number of rules changes with every new rule, which must edit no page.
    return f"```text\n{re.sub(r', [0-9]+ rules[)]', ')', run.stdout.rstrip())}\n```\n"


def check_readme(*, write: bool) -> list[str]:
    """Compare the README's report with a run."""
    readme = ROOT / "README.md"
    text = readme.read_text()
    current = BLOCK.sub(lambda match: match[1] + demo_report() + match[3], text)
    if text == current:
        return []
    if write:
        readme.write_text(current)
        return []
    return ["README.md: the demo's report is not what a run prints; run tools/check_docs.py --write"]


def check_links() -> list[str]:
    """Find relative links of the documentation that lead nowhere."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [
        f"{page.relative_to(ROOT)}: the link {target} leads nowhere"
        for page in sorted(pages)
        for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]


def main() -> None:
    """Run every check; end with status 1 when one fails."""
    problems = [*check_readme(write="--write" in sys.argv[1:]), *check_links()]
    print("\n".join(problems) or "The documentation is current.")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
