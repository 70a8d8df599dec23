"""The `ronghe` command: one file a family of commands; what is heavy is imported by the command that needs it, when it runs."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; the exit status: 0 done, 1 a fault of Ronghe's own, 2 something the caller can mend, 130 stopped."""
    from ronghe.cli.errors import told
    from ronghe.cli.words import choose_language

    words = list(sys.argv[1:] if argv is None else argv)
    choose_language(words)  # before the commands are made: their help texts are written in it
    from ronghe.cli.app import app

    return told(app, words)
