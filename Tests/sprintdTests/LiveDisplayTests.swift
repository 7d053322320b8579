// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import sprintd

@Suite struct LiveDisplayTests {
    /// What tells who is recorded now was dropped, because nobody had taken events for long.
    @Test func anAthleteOfWhomItWasNotToldHasAPlaceAllTheSame() {
        var display = LiveDisplay(names: ["Ada"], showsStatus: true)
        display.begin(3, nil)
        display.rename(["Ada", "Bob"])
        display.begin(5, nil)
    }
}
