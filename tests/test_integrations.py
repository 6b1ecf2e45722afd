"""The files that other programs read: each against its own schema, and the hooks with the real pre-commit."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import FIXTURES, ROOT, program

yaml = pytest.importorskip("yaml", reason="the development extras are not installed")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
BIN = Path(sys.executable).parent


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", ".github/workflows/ci.yml"),
        ("vendor.github-workflows", ".github/workflows/release.yml"),
        ("vendor.readthedocs", ".readthedocs.yaml"),
        ("vendor.gitlab-ci", "integrations/cfglint.gitlab-ci.yml"),
    ],
)
def test_files_for_services_fit_their_schemas(schema: str, file: str) -> None:
    if not (BIN / "check-jsonschema").exists():
        pytest.skip("check-jsonschema is not installed")
    done = run(BIN / "check-jsonschema", "--builtin-schema", schema, file)
    assert done.returncode == 0, done.stdout + done.stderr


def snippets(page: str, kind: str) -> list[str]:
    text = (ROOT / page).read_text()
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_documented_workflow_and_gitlab_job_fit_their_schemas(tmp_path: Path) -> None:
    if not (BIN / "check-jsonschema").exists():
        pytest.skip("check-jsonschema is not installed")
    github, gitlab = snippets("docs/how-to/ci.md", "yaml")
    for name, schema, text in (("github", "github-workflows", github), ("gitlab", "gitlab-ci", gitlab)):
        file = tmp_path / f"{name}.yml"
        file.write_text(text)
        done = run(BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", file)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_documented_piece_of_yaml_parses() -> None:
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for text in snippets(page.relative_to(ROOT).as_posix(), "yaml"):
            yaml.safe_load(text)


@pytest.mark.parametrize(
    ("path", "starts"),
    [
        ("lb1/keepalived.conf", True),
        ("lb1/etc/haproxy/haproxy.cfg", True),
        ("web1/etc/sysctl.d/90-lb.conf", True),
        ("lb1/etc/firewalld/zones/public.xml", True),
        ("lb1/etc/sysconfig/network-scripts/ifcfg-eth0", True),
        ("lb1/check_haproxy.sh", True),
        ("cfglint.toml", True),
        ("README.md", False),
        ("src/main.py", False),
    ],
)
def test_the_hook_starts_for_files_of_nodes(path: str, starts: bool) -> None:
    assert bool(re.search(HOOKS[0]["files"], path)) is starts


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the demo pair and our hooks, run with this very interpreter instead of an installation."""
    if program("git") is None or not (BIN / "pre-commit").exists():
        pytest.skip("git or pre-commit is not installed")
    for node in ("lb1", "lb2"):
        shutil.copytree(FIXTURES / "demo" / node, tmp_path / node)
    (tmp_path / "lb2" / "keepalived.conf").write_text(
        (tmp_path / "lb2" / "keepalived.conf").read_text().replace("_id 52", "_id 51")
    )
    (tmp_path / "lb2" / "sysctl.conf").write_text("net.ipv4.ip_nonlocal_bind = 1\n")
    (tmp_path / "README.md").write_text("x\n")
    hooks = [
        {**hook, "language": "system", "entry": f"{sys.executable} -m {hook['entry']}", "stages": [stage]}
        for hook, stage in zip(HOOKS, ("pre-commit", "manual"), strict=True)
    ]
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x", "--no-verify")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    done = run(str(program("git")), *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr


def pre_commit(folder: Path, stage: str = "pre-commit") -> subprocess.CompletedProcess[str]:
    return run(BIN / "pre-commit", "run", "--hook-stage", stage, cwd=folder)


def change(folder: Path, path: str, old: str, new: str) -> None:
    (folder / path).write_text((folder / path).read_text().replace(old, new))
    git(folder, "add", path)


def test_the_hook_sees_both_nodes_when_one_is_staged(repository: Path) -> None:
    change(repository, "lb1/keepalived.conf", "_id 51", "_id 61")
    done = pre_commit(repository)
    assert done.returncode == 1
    assert "vrrp/vrid-mismatch" in done.stdout
    assert "lb2/keepalived.conf:12" in done.stdout


def test_the_hook_sees_the_peer_as_it_is_in_the_index(repository: Path) -> None:
    change(repository, "lb1/keepalived.conf", "advert_int 1", "advert_int 1 ")
    unstaged = repository / "lb2" / "keepalived.conf"
    unstaged.write_text(unstaged.read_text().replace("_id 51", "_id 77"))
    assert pre_commit(repository).returncode == 0
    assert "_id 77" in unstaged.read_text()


def test_the_hook_does_not_start_for_other_files_nor_for_deletions(repository: Path) -> None:
    change(repository, "README.md", "x", "y")
    assert "no files to check" in pre_commit(repository).stdout
    git(repository, "rm", "-q", "lb2/keepalived.conf")
    assert "no files to check" in pre_commit(repository).stdout


def test_the_hook_for_every_commit_sees_a_deleted_peer(repository: Path) -> None:
    git(repository, "rm", "-q", "lb2/keepalived.conf")
    done = pre_commit(repository, "manual")
    assert "no files to check" not in done.stdout
    assert done.returncode == 1, done.stdout


def test_the_hook_sees_a_node_that_is_not_tracked_yet(repository: Path) -> None:
    shutil.copytree(repository / "lb1", repository / "lb3")
    change(repository, "lb1/keepalived.conf", "advert_int 1", "advert_int 1 ")
    assert "lb3" in pre_commit(repository).stdout
