# SPDX-License-Identifier: GPL-3.0-or-later
"""One session as a picture: speed, heart rate, and lanes of truth, our phases and the bouts of other methods."""

from html import escape

from rule import Bout

WIDTH, LEFT, RIGHT, TOP, PLOT, LANE = 1400, 92, 44, 40, 250, 20
COLOURS = {
    "rest": "#d9d9d9",
    "warmup": "#fbe3b3",
    "sprint": "#d7301f",
    "interval": "#7b4bb3",
    "recovery": "#bfe3c4",
    "steady": "#bcd7ee",
    "cooldown": "#c9ece8",
}


def picture(result: dict, lanes: dict[str, list[Bout]]) -> str:
    session = result["session"]
    length = max(session["duration_s"], 1)
    rows = 2 + len(lanes)
    height = TOP + PLOT + 34 + rows * LANE + 40

    def x(seconds: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * seconds / length

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="11" fill="#333">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="18" font-size="14" font-weight="bold">{escape(session["condition"])} · '
        f'{escape(session["name"])} · {escape(session["half"])}</text>',
    ]
    ours = result["ours"]
    if ours is not None:
        parts.append(
            f'<text x="{WIDTH - RIGHT}" y="18" text-anchor="end" font-size="12">{len(ours.pairs)} of {ours.truth} true bouts, '
            f"{ours.found} found</text>"
        )
    axis = TOP + PLOT
    step = next(s for s in (60, 120, 300, 600, 1200, 3600) if length / s <= 16 or s == 3600)
    for mark in range(0, int(length) + 1, step):
        parts.append(f'<line x1="{x(mark):.1f}" y1="{TOP}" x2="{x(mark):.1f}" y2="{axis}" stroke="#eee"/>')
        parts.append(f'<text x="{x(mark):.1f}" y="{axis + 14}" text-anchor="middle">{mark // 60} min</text>')

    for bout in session["truth"] or []:
        a, b = x(bout["start_s"]), x(bout["end_s"])
        parts.append(f'<rect x="{a:.1f}" y="{TOP}" width="{b - a:.1f}" height="{PLOT}" fill="{COLOURS[bout["kind"]]}" opacity="0.09"/>')

    speeds = [v for v in session["speed_mps"] if v is not None]
    fast = max([4.0, *speeds])
    column, top, unit = ("speed_mps", fast, "m/s") if speeds else ("cadence_spm", 240.0, "steps/min")
    drawn = any(v is not None for v in session[column])
    for part in range(5):
        value = top * part / 4
        y = axis - PLOT * part / 4
        text = f"{value:.1f}" if speeds else f"{value:.0f}"
        if drawn:
            parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#1f5fa8">{text}</text>')
        parts.append(f'<text x="{WIDTH - RIGHT + 6}" y="{y + 4:.1f}" fill="#b33">{40 + 40 * part}</text>')
    if drawn:
        parts.append(f'<text x="{LEFT - 6}" y="{TOP - 8}" text-anchor="end" fill="#1f5fa8">{unit}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT + 6}" y="{TOP - 8}" fill="#b33">bpm</text>')
    parts += _line(session, "hr_bpm", x, lambda v: axis - PLOT * (v - 40) / 160, "#d88", 1)
    parts += _line(session, column, x, lambda v: axis - PLOT * v / top, "#1f5fa8", 1.1)

    y = axis + 26

    def lane(title: str) -> None:
        parts.append(f'<text x="{LEFT - 6}" y="{y + 14}" text-anchor="end">{escape(title)}</text>')

    def block(kind: str, start: float, end: float, colour: str, title: str) -> None:
        width = max(x(end) - x(start), 0.8)
        parts.append(
            f'<rect x="{x(start):.1f}" y="{y + 2}" width="{width:.1f}" height="{LANE - 5}" fill="{colour}">'
            f"<title>{escape(kind)} {start:.1f}–{end:.1f} s{title}</title></rect>"
        )

    lane("truth" if session["truth"] is not None else "truth: unknown")
    for phase in session["true_phases"] or session["truth"] or []:
        block(phase["kind"], phase["start_s"], phase["end_s"], COLOURS[phase["kind"]], "")
    for stride in session["strides"]:
        block("stride", stride["start_s"], stride["end_s"], "#e8b04a", "")
    y += LANE
    lane("sprintd")
    for phase in session["phases"]:
        block(phase["kind"], phase["start_s"], phase["end_s"], COLOURS[phase["kind"]], f', known at {phase["decided_s"]:.1f} s')
    y += LANE
    for name, found in lanes.items():
        lane(name)
        for bout in found:
            block(bout.kind, bout.start, bout.end, COLOURS[bout.kind], "")
        y += LANE

    place = LEFT
    for name, colour in COLOURS.items():
        parts.append(f'<rect x="{place}" y="{y + 14}" width="12" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{place + 16}" y="{y + 23}">{name}</text>')
        place += 90
    parts.append("</svg>\n")
    return "\n".join(parts)


def _line(session: dict, column: str, x, y, colour: str, width: float) -> list[str]:
    """A line, broken where the signal was silent for more than 12 s; at most some 3000 points."""
    times, values = session["t_s"], session[column]
    every = max(1, len(times) // 3000)
    pieces: list[list[str]] = [[]]
    last = None
    for time, value in list(zip(times, values))[::every]:
        if value is None:
            continue
        if last is not None and time - last > 12 and pieces[-1]:
            pieces.append([])
        pieces[-1].append(f"{x(time):.1f},{y(value):.1f}")
        last = time
    return [
        f'<polyline points="{" ".join(piece)}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
        for piece in pieces
        if piece
    ]
