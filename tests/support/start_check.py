"""Starts an installed `fortytwo --demo` in a pty, chats once, and leaves.

Run by the CI script against a wheel that was installed elsewhere.
"""

from __future__ import annotations

import sys
import tempfile

from tests.support.pty_program import PtyProgram, program_env


def main() -> int:
    command = sys.argv[1]
    with (
        tempfile.TemporaryDirectory() as home,
        PtyProgram([command, "--demo"], env=program_env(home), cwd=home) as program,
    ):
        program.wait_for("Conversations")
        program.type("What can you do?")
        program.wait_for("› What can you do?")
        program.type("\r")
        # An answer has its count of tokens beside its name once it has ended.
        program.wait_for(" tokens", patience=60)
        program.type(b"\x11")
        code = program.wait_ended()
    sys.stdout.write(f"installed elsewhere: started, answered, left with {code}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
