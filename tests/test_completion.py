"""Completion as a user installs it: into a new home, then a key in a new shell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect", reason="it types into shells")


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # the child becomes a shell at once
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_tab_completes_verbs_options_and_kinds(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    beside = Path(sys.executable).parent
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / ".config"),
        "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}",
        "TERM": "dumb",
    }
    subprocess.run(
        [shell, "-c", "sigmajet --install-completion; true"], env=environment, check=True
    )  # which shell it is, it finds by who called; `true` keeps that one running
    typing = pexpect.spawn(shell, ["-i"], env=environment, encoding="utf-8", dimensions=(40, 200))
    try:
        for begun, whole in (("sol", "solve"), ("solve --to", "--tol"), ("new po", "poisson")):
            typing.send(f"sigmajet {begun}")
            for _ in range(5):  # the first one may come before the shell is ready
                typing.send("\t")
                if typing.expect([whole, pexpect.TIMEOUT], timeout=10) == 0:
                    break
            else:
                pytest.fail(f"{begun} did not become {whole}: {typing.before!r}")
            typing.sendcontrol("u")
    finally:
        typing.close(force=True)
