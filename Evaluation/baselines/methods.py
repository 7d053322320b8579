# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods that see the whole recording before they say where its bouts were.

Each is a function from a signal to its candidates: pairs of a setting and the bouts that it gives. The caller, who knows the truth, takes the
best of them, which no real user could. All get the same signal as the segmenter under evaluation, after fusion has dropped what no runner does:
speed where there is one, else cadence, else heart rate, as means of one second, gaps bridged by straight lines.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import numpy as np
import ruptures
from sport_activities_features.interval_identification import (
    IntervalIdentificationByHeartRate,
    IntervalIdentificationByPower,
)

from rule import Bout, bout

Candidates = Iterator[tuple[tuple, list[Bout]]]


class Signal:
    """One value a second; second k is the mean of k - 0.5 to k + 0.5."""

    def __init__(self, session: dict) -> None:
        time = np.array(session["t_s"], dtype=float)
        columns = {}
        for name in ("speed_mps", "cadence_spm", "hr_bpm"):
            values = np.array([np.nan if v is None else v for v in session[name]], dtype=float)
            columns[name] = self._per_second(time, values)
        self.speed = columns["speed_mps"]
        self.heart_rate = columns["hr_bpm"]
        moves = self.speed is not None and self.speed.max() > 1
        self.name = "speed" if moves else "cadence" if columns["cadence_spm"] is not None else "heart rate"
        self.values = self.speed if moves else columns["cadence_spm"]
        if self.values is None:
            self.values = self.heart_rate

    @staticmethod
    def _per_second(time: np.ndarray, values: np.ndarray) -> np.ndarray | None:
        known = ~np.isnan(values)
        if known.sum() < 10:
            return None
        seconds = np.rint(time[known]).astype(int)
        sums = np.bincount(seconds, values[known])
        counts = np.bincount(seconds)
        have = np.flatnonzero(counts)
        return np.interp(np.arange(len(sums)), have, sums[have] / counts[have])


def _runs(is_hard: np.ndarray) -> list[tuple[int, int]]:
    """First and one past the last index of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_hard, [False])).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist()))


def _bouts_of_segments(values: np.ndarray, ends: list[int], prefix: tuple) -> Candidates:
    """Segments become bouts by level: those whose mean lies above a level are hard, neighbours among them are one.

    Every level between two of the segments' means is tried, at most 24 of them.
    """
    bounds = [0, *ends]
    means = np.array([values[a:b].mean() for a, b in zip(bounds, bounds[1:])])
    ordered = np.unique(means)
    levels = (ordered[1:] + ordered[:-1]) / 2
    if len(levels) > 24:
        levels = np.quantile(levels, np.linspace(0, 1, 24))
    yield (*prefix, 1.0), []
    for rank, level in enumerate(levels):
        found = [bout(bounds[a] - 0.5, bounds[b] - 0.5) for a, b in _runs(means > level)]
        yield (*prefix, round((rank + 1) / (len(levels) + 1), 2)), found


PENALTIES = np.logspace(-1, 2.5, 15)


def _normal(values: np.ndarray) -> np.ndarray:
    return ((values - values.mean()) / max(values.std(), 1e-9)).reshape(-1, 1)


def pelt(signal: Signal) -> Candidates:
    """PELT with the cost of a constant mean. `KernelCPD` is ruptures' compiled PELT; its linear kernel is that cost."""
    fitted = ruptures.KernelCPD(kernel="linear", min_size=3, jump=1).fit(_normal(signal.values))
    for penalty in PENALTIES:
        yield from _bouts_of_segments(signal.values, fitted.predict(pen=penalty), (round(penalty, 2),))


class _SquaredError(ruptures.base.BaseCost):
    """ruptures' `l2` cost, from running sums: the same numbers in a fraction of the time."""

    model = "l2 by running sums"
    min_size = 1

    def fit(self, signal: np.ndarray) -> "_SquaredError":
        self.signal = signal
        self.sums = [0.0, *np.cumsum(signal[:, 0]).tolist()]
        self.squares = [0.0, *np.cumsum(signal[:, 0] ** 2).tolist()]
        return self

    def error(self, start: int, end: int) -> float:
        total = self.sums[end] - self.sums[start]
        return self.squares[end] - self.squares[start] - total * total / (end - start)


def binary_segmentation(signal: Signal) -> Candidates:
    fitted = ruptures.Binseg(custom_cost=_SquaredError(), min_size=3, jump=1).fit(_normal(signal.values))
    for penalty in PENALTIES:
        yield from _bouts_of_segments(signal.values, fitted.predict(pen=penalty), (round(penalty, 2),))


def threshold(signal: Signal) -> Candidates:
    """Above a level, after a moving mean; short pauses bridged, short bouts dropped. All four are tried, and a level out of reach."""
    yield (1, 1.0, 0, 0), []
    for width in (1, 3, 7):
        smooth = np.convolve(np.pad(signal.values, width // 2, mode="edge"), np.ones(width) / width, "valid")
        low, high = np.quantile(smooth, (0.01, 0.995))
        for step in range(1, 40):
            runs = _runs(smooth > low + (high - low) * step / 40)
            for bridge in (0, 4, 12):
                joined: list[tuple[int, int]] = []
                for start, end in runs:
                    if joined and start - joined[-1][1] <= bridge:
                        joined[-1] = (joined[-1][0], end)
                    else:
                        joined.append((start, end))
                for shortest in (0, 6, 15):
                    found = [bout(a - 0.5, b - 0.5) for a, b in joined if b - a >= shortest]
                    yield (width, step / 40, bridge, shortest), found


def sport_activities_features(signal: Signal) -> Candidates:
    """The package's two interval identifications: by power (on a flat course: speed) and by heart rate, each above its mean.

    The shortest interval is tried at the package's own 30 s and below. What it refuses with an error it has not found.
    """
    start = datetime(2000, 1, 1)

    def bouts(identification) -> list[Bout]:
        try:
            identification.identify_intervals()
            return [bout(i[0] - 0.5, i[-1] + 0.5) for i in identification.return_intervals()]
        except (ValueError, IndexError, ZeroDivisionError):
            return []

    for shortest in (30, 20, 10, 5):
        if signal.speed is not None:
            count = len(signal.speed)
            times = [start + timedelta(seconds=k) for k in range(count)]
            distances = np.concatenate(([0.0], np.cumsum(signal.speed)[:-1])).tolist()
            by_power = IntervalIdentificationByPower(distances, times, [0.0] * count, 70, shortest)
            yield ("power", shortest), bouts(by_power)
        if signal.heart_rate is not None:
            count = len(signal.heart_rate)
            times = [start + timedelta(seconds=k) for k in range(count)]
            rates = [int(v) for v in np.rint(signal.heart_rate)]
            by_rate = IntervalIdentificationByHeartRate([0.0] * count, times, [0.0] * count, rates, shortest)
            yield ("heart rate", shortest), bouts(by_rate)
    yield ("nothing", 0), []


def _with_lags(method: Callable[[Signal], Candidates]) -> Callable[[Signal], Candidates]:
    """Heart rate follows effort late: where there is nothing else, all bouts are also tried up to 40 s earlier."""

    def candidates(signal: Signal) -> Candidates:
        lags = range(0, 41, 4) if signal.name == "heart rate" else (0,)
        for setting, found in method(signal):
            for lag in lags:
                yield (*setting, lag), [Bout(b.kind, b.start - lag, b.end - lag) for b in found]

    return candidates


METHODS = {
    "PELT": _with_lags(pelt),
    "binary seg.": _with_lags(binary_segmentation),
    "threshold": _with_lags(threshold),
    "s-a-features": _with_lags(sport_activities_features),
}
