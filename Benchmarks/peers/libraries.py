# SPDX-License-Identifier: GPL-3.0-or-later
"""What others' libraries make of the work that `peer-benchmark` wrote, with what shows that they did it.

Each function returns a callable without arguments; it does the work once and returns the number that `peer-benchmark` has to come to as well.
"""

import array
import collections
import io
from importlib.metadata import version
from pathlib import Path


def openant(folder: Path):
    """A strap's broadcasts through openant's message parser and heart-rate device, without its threads, queues and USB."""
    from openant.base.ant import Ant
    from openant.base.message import Message
    from openant.devices.heart_rate import HeartRate, HeartRateData
    from openant.devices.common import CommonData

    stream = array.array("B", (folder / "strap.bytes").read_bytes())
    # Four messages at a time: their own buffer is cut for each message, which costs more the more waits in it.
    reads = [stream[start : start + 52] for start in range(0, len(stream), 52)]

    class Stick:
        def __init__(self):
            self.reads = collections.deque(reads)

        def read(self):
            if not self.reads:
                raise EOFError
            return self.reads.popleft()

    class Strap(HeartRate):
        def __init__(self):
            # Their initialiser opens a channel.
            self._event_count = [0, 0]
            self.device_id, self.name = 0, "heart_rate"
            self.data = {"heart_rate": HeartRateData(), "common": CommonData()}

        # Theirs asserts that the page is not 0.
        @staticmethod
        def on_device_data(page, page_name, data):
            pass

    def work() -> int:
        ant = Ant.__new__(Ant)
        ant._buffer, ant._driver, ant._running = array.array("B"), Stick(), True
        strap = Strap()
        values, total = strap.data["heart_rate"], 0
        try:
            while True:
                message = ant.read_message()
                if message._id == Message.ID.BROADCAST_DATA:
                    strap.on_data(message._data[1:])
                    # They give seconds; 1024 of a second are exact.
                    total += int(values.beat_time * 1024) + values.heart_rate
        except EOFError:
            return total

    return work, len(stream) // 13, f"openant {version('openant')}"


def fit_size(folder: Path) -> int:
    """Records of the activity, each with a heart rate."""
    return 20_000


def garmin(folder: Path):
    """Garmin's SDK, told to leave values as they are in the file, which is what it does fastest and what we do."""
    import garmin_fit_sdk

    content = (folder / "activity.fit").read_bytes()

    def work() -> int:
        decoder = garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(content)))
        messages, errors = decoder.read(
            apply_scale_and_offset=False,
            convert_datetimes_to_dates=False,
            convert_types_to_strings=False,
            expand_sub_fields=False,
            expand_components=False,
            merge_heart_rates=False,
        )
        if errors:
            raise SystemExit(f"garmin-fit-sdk: {errors}")
        return sum(record["heart_rate"] for record in messages["record_mesgs"])

    return work, fit_size(folder), f"garmin-fit-sdk {version('garmin-fit-sdk')}"


def fitdecode(folder: Path):
    """fitdecode without its processor of values, the fastest that it does."""
    import fitdecode as reader

    content = (folder / "activity.fit").read_bytes()

    def work() -> int:
        total = 0
        with reader.FitReader(io.BytesIO(content), processor=None) as file:
            for frame in file:
                if isinstance(frame, reader.FitDataMessage) and frame.name == "record":
                    total += frame.get_value("heart_rate")
        return total

    return work, fit_size(folder), f"fitdecode {version('fitdecode')}"


def pelt(folder: Path):
    """ruptures' compiled PELT with the cost of a constant mean, at one penalty (the evaluation tries fifteen).

    It sees the whole signal before it says anything. What it returns is not held against ours: docs/evaluation.md does that.
    """
    import numpy
    import ruptures

    values = numpy.loadtxt(folder / "speeds.txt")
    normal = ((values - values.mean()) / values.std()).reshape(-1, 1)

    def work() -> None:
        # Not below 3 s, as in Evaluation/baselines.
        ruptures.KernelCPD(kernel="linear", min_size=12, jump=1).fit(normal).predict(pen=30)

    return work, len(values), f"ruptures {version('ruptures')}, PELT"
