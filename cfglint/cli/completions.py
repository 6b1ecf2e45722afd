"""``cfglint completions``: the script that completes commands, options, formats and rule names in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completions(ctx: click.Context, shell: str) -> None:
    """Print a shell's completion script.

    For bash: `cfglint completions bash > ~/.local/share/bash-completion/completions/cfglint`; for zsh, write it to a
    file `_cfglint` in a directory of `fpath`; for fish, to `~/.config/fish/completions/cfglint.fish`.
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"this installation knows no completion for {shell}")
    root = ctx.find_root().command
    script = found(root, {}, "cfglint", "_CFGLINT_COMPLETE")
    # The class's own source() would start the shell to learn its version; the template alone needs nothing.
    click.echo(script.source_template % script.source_vars())
