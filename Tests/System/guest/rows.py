# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the rows that the task names, one after the other, and writes a line of JSON for each to the shared folder."""
import json, os, subprocess, sys, time, traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine_parts import SHARE, TASK, Failure, Skip, journal, shell
import faults, installation, operation, rights, session

ROWS = {**installation.ROWS, **session.ROWS, **operation.ROWS, **rights.ROWS, **faults.ROWS}


def report(row, verdict, seconds, note):
    with open(SHARE + "/results", "a") as file:
        file.write(json.dumps({"row": row, "verdict": verdict, "seconds": round(seconds, 1), "note": note}) + "\n")


def run(name):
    began = time.monotonic()
    shell(f"logger -t system-test 'row {name}'", check=False)
    try:
        verdict, note = "ok", ROWS[name]() or ""
    except Skip as reason:
        verdict, note = "skipped", str(reason)
    except Failure as reason:
        verdict, note = "FAILED", str(reason)
    except Exception as error:
        verdict, note = "FAILED", f"{type(error).__name__}: {error}"
        with open(f"{SHARE}/artifacts/{name}.traceback", "w") as file:
            traceback.print_exc(file=file)
    if verdict == "FAILED":
        with open(f"{SHARE}/artifacts/{name}.journal", "w") as file:
            file.write(journal())
    report(name, verdict, time.monotonic() - began, note)
    return verdict


try:
    os.environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    for name in TASK["rows"]:
        # Without it there is nothing to test.
        if run(name) == "FAILED" and name == "install":
            break
finally:
    with open(SHARE + "/artifacts/journal", "w") as file:
        subprocess.run(["journalctl", "-b", "-o", "short-monotonic", "--no-pager"], stdout=file)
    subprocess.run(["dmesg"], stdout=open(SHARE + "/artifacts/dmesg", "w"))
    with open(SHARE + "/done", "w") as file:
        file.write("done\n")
    # Nothing of the machine is kept: a slow shutdown would only cost time.
    with open("/proc/sysrq-trigger", "w") as file:
        file.write("o")
    time.sleep(60)
