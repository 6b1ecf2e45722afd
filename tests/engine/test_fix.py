from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cfglint.engine import check as check_module
from cfglint.engine.check import Request
from cfglint.engine.edits import EditError, apply_edits, without_conflicts
from cfglint.engine.finding import Edit, Finding, Fix
from cfglint.engine.fix import repair, write_files
from cfglint.engine.rule import load_rule, rule
from cfglint.model.cluster import Fleet
from cfglint.report import diff
from cfglint.source import SourceFile, Span
from tests.support import program

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.chdir(tmp_path)

    def _write(path: str, text: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        return file

    return _write


@rule(severity="warning", sources=["a test"])
def words(fleet: Fleet) -> Iterator[Finding]:
    """Files hold words that are to be replaced.

    Why it hurts: it is a test. When it stays silent: without them. What to do: replace them.
    """
    files = [file.source for node in fleet.nodes for file in node.files]
    for word, new, safe in (("wrong", "right", True), ("stuck", "stuck", True), ("risky", "calm", False)):
        edits = tuple(
            Edit(source.span(number, line.index(word), line.index(word) + len(word)), new)
            for source in files
            for number, line in enumerate(source.lines, 1)
            if word in line
        )
        if edits:
            yield Finding(at=edits[0].span, message=word, subject=(word,), fix=Fix(f"write {new}", edits, safe=safe))


@pytest.fixture(autouse=True)
def only_our_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_rule("sample/words", words)
    monkeypatch.setattr(check_module, "select_rules", lambda _select, _ignore, _folders: [loaded])


def request_of(*paths: str) -> Request:
    return Request(paths)


def test_a_fix_edits_both_nodes_files_and_changes_nothing_else(write: Write) -> None:
    one = write("lb1/keepalived.conf", "a\r\n\t wrong  # caf\udce9\r\nb")
    two = write("lb2/keepalived.conf", "wrong {\n}\n")
    done = repair(request_of("lb1", "lb2"), unsafe=False)
    assert one.read_bytes().count(b"wrong") == 1
    assert write_files(list(done.files.values())) == []
    assert one.read_bytes() == b"a\r\n\t right  # caf\xe9\r\nb"
    assert two.read_bytes() == b"right {\n}\n"
    assert [finding.message for finding in done.fixed] == ["wrong"]
    assert done.result.findings == []


def test_a_fix_that_does_not_remove_its_finding_is_not_written(write: Write) -> None:
    write("lb1/keepalived.conf", "stuck\nwrong\n")
    done = repair(request_of("lb1"), unsafe=False)
    assert [finding.message for finding in done.fixed] == ["wrong"]
    assert [finding.message for finding, _ in done.failed] == ["stuck"]
    assert done.files["lb1/keepalived.conf"].after.text == "stuck\nright\n"


def test_unsafe_fixes_are_applied_only_when_asked_for(write: Write) -> None:
    write("lb1/keepalived.conf", "risky\n")
    assert repair(request_of("lb1"), unsafe=False).files == {}
    assert repair(request_of("lb1"), unsafe=True).files["lb1/keepalived.conf"].after.text == "calm\n"


def test_writing_keeps_mode_and_follows_links_inside_the_node(write: Write) -> None:
    real = write("lb1/real.conf", "wrong\n")
    real.chmod(0o640)
    link = Path("lb1/keepalived.conf")
    link.symlink_to("real.conf")
    done = repair(request_of("lb1"), unsafe=False)
    assert write_files(list(done.files.values())) == []
    assert link.is_symlink()
    assert real.read_text() == "right\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(entry.name for entry in Path("lb1").iterdir()) == ["keepalived.conf", "real.conf"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give files away")
def test_writing_keeps_the_owner(write: Write) -> None:
    file = write("lb1/keepalived.conf", "wrong\n")
    os.chown(file, 1234, 4321)
    write_files(list(repair(request_of("lb1"), unsafe=False).files.values()))
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 4321)


def test_nothing_is_written_when_one_file_has_changed_meanwhile(write: Write) -> None:
    one = write("lb1/keepalived.conf", "wrong\n")
    two = write("lb2/keepalived.conf", "wrong\n")
    done = repair(request_of("lb1", "lb2"), unsafe=False)
    two.write_text("wrong and new\n")
    assert [why for _, why in write_files(list(done.files.values()))] == ["it has changed since it was read"]
    assert one.read_text() == "wrong\n"


def test_the_diff_masks_secrets_and_says_where_no_line_end_is() -> None:
    before = SourceFile("a", "-- wrong\nauth_pass s3cret\nend")
    after = SourceFile("a", "-- right\nauth_pass s3cret\nend")
    assert diff.render([(before, after)]) == (
        "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n--- wrong\n+-- right\n auth_pass ••••\n end\n\\ No newline at end of file\n"
    )


def test_a_diff_without_secrets_can_be_applied(tmp_path: Path) -> None:
    git = program("git")
    if git is None:
        pytest.skip("git is not installed")
    before = SourceFile("a", "one  \n\n\ttwo\nwrong \nthree\n\n")
    after = SourceFile("a", before.text.replace("wrong", "right"))
    (tmp_path / "a").write_text(before.text)
    patch = tmp_path / "patch"
    patch.write_text(diff.render([(before, after)]))
    subprocess.run([git, "apply", str(patch)], cwd=tmp_path, check=True)
    assert (tmp_path / "a").read_text() == after.text


def edit(line: int, start: int, end: int, text: str = "x") -> Edit:
    return Edit(Span("f", line, start, line, end), text)


def test_edits_are_applied_from_the_original_places() -> None:
    source = SourceFile("f", "abc\ndef\n")
    edits = [edit(2, 1, 2, "D"), edit(1, 2, 2, "--"), Edit(Span("f", 1, 3, 2, 1), "")]
    assert apply_edits(source, edits) == "a--bDef\n"


@pytest.mark.parametrize("bad", [edit(9, 1, 2), edit(1, 1, 99), Edit(Span("f", 2, 1, 1, 1), "")])
def test_edits_outside_of_the_text_are_refused(bad: Edit) -> None:
    with pytest.raises(EditError):
        apply_edits(SourceFile("f", "abc\ndef\n"), [bad])


def test_of_fixes_that_touch_the_same_text_the_first_is_taken() -> None:
    fixes = [Fix("a", (edit(1, 1, 3),), safe=True), Fix("b", (edit(1, 2, 4), edit(5, 1, 2)), safe=True)]
    fixes += [Fix("c", (edit(5, 1, 2),), safe=True), Fix("d", (edit(1, 3, 4),), safe=True)]
    assert without_conflicts(fixes) == [0, 2, 3]
