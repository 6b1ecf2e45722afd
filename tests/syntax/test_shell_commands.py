import pytest

from cfglint.source import SourceFile
from cfglint.syntax.shell_commands import ShellCommand, read_shell_commands


def commands(text: str) -> list[ShellCommand]:
    return read_shell_commands(SourceFile("setup.sh", text))


def words(text: str) -> list[list[str | None]]:
    return [command.words for command in commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ip addr add 10.0.0.1/32 dev lo", [["ip", "addr", "add", "10.0.0.1/32", "dev", "lo"]]),
        ("VIP=10.0.0.1\nip addr add $VIP/32 dev lo", [["ip", "addr", "add", "10.0.0.1/32", "dev", "lo"]]),
        ('VIP="10.0.0.1"\necho "${VIP}"', [["echo", "10.0.0.1"]]),
        ("VIP=a\nVIP=b\necho $VIP", [["echo", None]]),
        ("echo $(hostname) `id` $1 *.conf", [["echo", None, None, None, None]]),
        ("echo 'a b' \"c d\" e\\ f", [["echo", "a b", "c d", "e f"]]),
        ("sysctl -w a=1 \\\n  b=2", [["sysctl", "-w", "a=1", "b=2"]]),
        ("echo one; echo two # three", [["echo", "one"], ["echo", "two"]]),
        ("LANG=C sudo -n -u root sysctl -p", [["sysctl", "-p"]]),
        ("echo a#b", [["echo", "a#b"]]),
    ],
)
def test_plain_commands_give_their_words(text: str, expected: list[list[str | None]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "if true; then\n  sysctl -w a=1\nfi",
        "case $1 in\nstart)\n  sysctl -w a=1\n  ;;\nesac",
        "for i in a b; do sysctl -w a=1; done",
        "setup() {\n  sysctl -w a=1\n}",
        "test -f x && sysctl -w a=1",
        "while read x\ndo\n  sysctl -w a=1\ndone",
    ],
)
def test_commands_that_may_not_run_are_conditional(text: str) -> None:
    found = [command for command in commands(text) if command.program == "sysctl"]
    assert [command.conditional for command in found] == [True]


def test_a_command_behind_a_closed_block_is_not_conditional() -> None:
    found = commands("if a; then b; fi\ncase x in\n a) b;;\nesac\nf() {\n b\n}\nsysctl -w a=1\n")
    assert not found[-1].conditional


def test_sudo_and_a_redirection() -> None:
    (command,) = commands('sudo echo "a = 1" >> /etc/sysctl.conf 2>&1\n')
    assert command.as_root
    assert command.words == ["echo", "a = 1"]
    assert [(part.operator, part.target) for part in command.redirections] == [(">>", "/etc/sysctl.conf")]
    assert str(command.span) == "setup.sh:1:1"


def test_a_pipe_knows_its_reader() -> None:
    first, second = commands("echo 'a = 1' | sudo tee -a /etc/sysctl.conf > /dev/null")
    assert first.pipes_to is second
    assert second.words == ["tee", "-a", "/etc/sysctl.conf"]


def test_a_here_document_belongs_to_its_command() -> None:
    first, second = commands("cat > /etc/sysctl.d/x.conf <<'EOF'\na = 1\nb = 2\nEOF\necho done\n")
    assert first.body == (2, ["a = 1", "b = 2"])
    assert second.words == ["echo", "done"]


@pytest.mark.parametrize(
    "text", ["'", '"' * 5000, "(" * 5000, "<<", "a <<EOF", "\\", "| | |", ")}", "${", "$((", "sudo -u"]
)
def test_text_that_no_shell_takes_is_no_fault(text: str) -> None:
    commands(text + "\n" + text)
