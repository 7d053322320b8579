# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the causal segmenter against methods that see the whole recording, with every setting of theirs chosen by the truth.

    python compare.py FOLDER

FOLDER is what `evaluate --out FOLDER` wrote. Prints one table; writes `comparison.json`, `comparison-sessions.txt` and a picture of each
session (`pictures/*.svg`) into it.
"""

import json
import sys
from collections import Counter, defaultdict
from multiprocessing import Pool
from pathlib import Path

from methods import METHODS, Signal
from pictures import picture
from rule import Bout, Score, bout, score


def bouts(items: list[dict]) -> list[Bout]:
    return [Bout(item["kind"], item["start_s"], item["end_s"]) for item in items]


def evaluate(path: Path) -> dict:
    """Ours and the best of each method for one session; with the score of every setting, for the best single one."""
    session = json.loads(path.read_text())
    signal = Signal(session)
    found = bouts(session["found"])
    truth = None if session["truth"] is None else bouts(session["truth"])
    result = {"session": session, "file": path.stem, "signal": signal.name, "ours": None, "best": {}, "counts": {}}
    if truth is not None:
        result["ours"] = score(truth, found)
        if len(result["ours"].pairs) != session["matched"]:
            raise SystemExit(f"{path.stem}: the two readings of the matching rule differ")
    for name, method in METHODS.items():
        best: tuple[Score, tuple, list[Bout]] | None = None
        counts = {}
        if truth == []:
            # Where there is nothing to find, the truth chooses a setting that finds nothing.
            best = (score([], []), ("nothing",), [])
        elif truth is not None:
            for setting, candidate in method(signal):
                candidate_score = score(truth, candidate)
                counts[setting] = (len(candidate_score.pairs), len(candidate))
                if best is None or candidate_score.is_better_than(best[0]):
                    best = (candidate_score, setting, candidate)
        result["best"][name] = best
        result["counts"][name] = counts
    return result


def f1(true: int, found: int, matched: int) -> str:
    return f"{2 * matched / (true + found):.3f}" if true + found else "–"


def best_single_settings(results: list[dict]) -> dict[str, tuple[tuple, int, int]]:
    """For each method the one setting that serves all sessions with something to find best, with its pairs and bouts."""
    single = {}
    true = sum(r["ours"].truth for r in results)
    for name in METHODS:
        sums: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
        for result in results:
            for setting, (matched, found) in result["counts"][name].items():
                sums[setting][0] += matched
                sums[setting][1] += found
        setting = max(sums, key=lambda s: 2 * sums[s][0] / max(true + sums[s][1], 1))
        single[name] = (setting, *sums[setting])
    return single


def table(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))).rstrip()
        for row in rows
    )


def row(name: str, results: list[dict]) -> list[str]:
    true = sum(r["ours"].truth for r in results)
    ours = [r["ours"] for r in results]
    cells = [name, str(len(results)), str(true)]
    values = [f1(true, sum(s.found for s in ours), sum(len(s.pairs) for s in ours))]
    for method in METHODS:
        best = [r["best"][method][0] for r in results]
        values.append(f1(true, sum(s.found for s in best), sum(len(s.pairs) for s in best)))
    mark = "" if true == 0 or values[0] >= max(values[1:]) else "below"
    onsets = sorted(abs(f.start - t.start) for s in ours for t, f in s.pairs)
    false = sum(s.found - len(s.pairs) for s in ours)
    hours = sum(r["session"]["duration_s"] for r in results) / 3600
    return [*cells, *values, mark, f"{onsets[len(onsets) // 2]:.2f}" if onsets else "–", f"{false / hours:.2f}"]


def main(folder: Path) -> None:
    paths = sorted(folder.glob("sessions/*.json"))
    with Pool() as pool:
        results = pool.map(evaluate, paths, chunksize=1)
    scored = [r for r in results if r["ours"] is not None]
    head = ["session", "n", "true", "ours", *METHODS, "", "our onset |m|, s", "our false/h"]

    conditions: dict[str, list[dict]] = defaultdict(list)
    for result in sorted(scored, key=lambda r: (r["session"]["half"] == "real", r["session"]["order"])):
        conditions[result["session"]["condition"]].append(result)
    rows = [head]
    for name, members in conditions.items():
        rows.append(row(name, members))
        if members[0]["session"]["half"] == "real":
            rows += [row("  " + r["session"]["name"].split("/")[-1], [r]) for r in members]
    with_bouts = [r for r in scored if r["ours"].truth]
    for name, half in (("ALL SIMULATED, tuning", "tuning"), ("ALL SIMULATED, held out", "held out"), ("ALL REAL", "real")):
        members = [r for r in with_bouts if r["session"]["half"] == half]
        if members:
            rows.append(row(name, members))
    simulated = [r for r in with_bouts if r["session"]["half"] != "real"]
    single = best_single_settings(simulated) if simulated else {}
    if simulated:
        true = sum(r["ours"].truth for r in simulated)
        ours = f1(true, sum(r["ours"].found for r in simulated), sum(len(r["ours"].pairs) for r in simulated))
        values = [f1(true, found, matched) for _, matched, found in single.values()]
        rows.append(["ALL SIMULATED, one setting each", str(len(simulated)), str(true), ours, *values, "", "", ""])

    print("F1: ours, causal, against methods that see the whole recording, their settings chosen by the truth for each session.\n")
    print(table(rows))
    better = [r for r in with_bouts if r["ours"].f1 < max(b[0].f1 for b in r["best"].values())]
    print(f"\nSessions in which an offline method with the best setting in hindsight is better: {len(better)} of {len(with_bouts)}")
    every = [head] + [row(r["session"]["name"], [r]) for members in conditions.values() for r in members]
    (folder / "comparison-sessions.txt").write_text(table(every) + "\n")
    (folder / "comparison.json").write_text(
        json.dumps(
            {
                r["session"]["name"]: {
                    "ours": r["ours"].f1,
                    **{name: {"f1": best[0].f1, "setting": best[1]} for name, best in r["best"].items()},
                }
                for r in scored
            },
            indent=1,
        )
        + "\n"
    )

    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    for result in results:
        lanes = {name: best[2] for name, best in result["best"].items() if best}
        if not lanes and single:  # No truth to choose by: the setting that serves the simulated sessions best.
            signal = Signal(result["session"])
            for name, (setting, *_) in single.items():
                lanes[name] = next((found for s, found in METHODS[name](signal) if s == setting), [])
        (pictures / (result["file"] + ".svg")).write_text(picture(result, lanes))
    print(f"Pictures: {pictures}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
