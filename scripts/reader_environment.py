# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual environment for the scripts that hold our work against other people's readers."""
import os
import subprocess
import sys


def enter(name, packages):
    """Goes on in $XDG_CACHE_HOME (or ~/.cache)/sprintd/NAME, where the packages come from PyPI the first time."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(cache, "sprintd", name)
    python = os.path.join(folder, "bin", "python")
    if sys.prefix == folder:
        return
    marker = os.path.join(folder, "packages")
    if not os.path.exists(marker) or open(marker).read().split() != packages:
        print("installing", *packages, "in", folder)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        with open(marker, "w") as file:
            file.write("\n".join(packages))
    os.execv(python, [python, os.path.abspath(sys.argv[0]), *sys.argv[1:]])
