// SPDX-License-Identifier: GPL-3.0-or-later
import ActivityFile
import Analysis
import Measurement
import TCX
import Testing

@Suite struct TextActivityTests {
    @Test func commaSeparatedValuesHaveTheColumnsThatAreRead() {
        let lines = Samples.text { CSVActivityWriter(Samples.activity).write($0) }.split(separator: "\n")
        #expect(lines[0] == "# start 2026-01-05T06:00:00Z")
        #expect(lines[1] == "t_s,hr_bpm,speed_mps,cadence_spm,distance_m,effort,phase")
        #expect(lines[2] == "0,100,,,,,warmup")
        #expect(lines[52] == "50,125,6.063,161,125,0.866,sprint")
        #expect(lines.count == 103)
    }

    @Test func jsonLinesTellOneThingEach() {
        let lines = Samples.text { JSONLinesActivityWriter(Samples.activity).write($0) }.split(separator: "\n")
        #expect(lines.count == 107)
        #expect(
            lines[0]
                == #"{"class":"activity","start":"2026-01-05T06:00:00Z","duration_s":99.75,"athlete":"Ada & <Co>","program":"sprintd 1.2.3"}"#
        )
        #expect(
            lines[51]
                == #"{"class":"record","t_s":50,"hr_bpm":125,"speed_mps":6.063,"cadence_spm":161,"distance_m":125,"effort":0.8661,"phase":"sprint","rr_s":[0.5,0.5078]}"#
        )
        #expect(
            lines[105] == #"{"class":"sprint","index":1,"start_s":40.4,"end_s":60.6,"effort":0.866,"on_target":true}"#)
        #expect(lines[106].hasPrefix(#"{"class":"analysis","analysis":{"schema":"sprintd.analysis/1""#))
    }

    @Test func anIntervalHasALineAsASprintHas() throws {
        var activity = Samples.activity
        var interval = try #require(activity.document.sprints.first)
        interval.start = 70
        interval.end = 90.5
        activity.document.intervals = [interval]
        let lines = Samples.text { JSONLinesActivityWriter(activity).write($0) }.split(separator: "\n")
        #expect(lines[105].hasPrefix(#"{"class":"sprint","index":1,"start_s":40.4,"#))
        #expect(
            lines[106] == #"{"class":"interval","index":1,"start_s":70,"end_s":90.5,"effort":0.866,"on_target":true}"#)
        #expect(lines[107].hasPrefix(#"{"class":"analysis""#))
    }

    @Test func trainingCenterXMLHasALapForEachPhase() {
        let text = Samples.text { TCXActivityWriter(Samples.activity).write($0) }
        #expect(text.components(of: "<Lap StartTime=") == 3)
        #expect(text.contains("<Lap StartTime=\"2026-01-05T06:00:40.400Z\">"))
        #expect(text.contains("<TotalTimeSeconds>20.2</TotalTimeSeconds><DistanceMeters>121.2</DistanceMeters>"))
        #expect(
            text.contains(
                "<Trackpoint><Time>2026-01-05T06:00:50Z</Time><DistanceMeters>125</DistanceMeters><HeartRateBpm><Value>125"
                    + "</Value></HeartRateBpm><Extensions><ns3:TPX><ns3:Speed>6.063</ns3:Speed><ns3:RunCadence>81"
                    + "</ns3:RunCadence></ns3:TPX></Extensions></Trackpoint>"))
        #expect(text.hasSuffix("</TrainingCenterDatabase>\n"))
    }

    @Test func trainingCenterXMLComesBackAsSamples() throws {
        var reader = TCXSampleReader()
        reader.append(Array(Samples.text { TCXActivityWriter(Samples.activity).write($0) }.utf8).span)
        reader.endOfInput()
        var rates: [Double] = []
        while let sample = try reader.next() {
            if case .heartRate(let reading) = sample.reading { rates.append(reading.beatsPerMinute ?? -1) }
        }
        #expect(rates == FITActivityWriterTests.rates)
        #expect(reader.recordCount == 101)
        #expect(reader.notes == [])
    }

    @Test func anEmptyActivityIsWrittenToo() {
        #expect(Samples.text { TCXActivityWriter(Samples.empty).write($0) }.components(of: "<Lap ") == 1)
        #expect(Samples.text { CSVActivityWriter(Samples.empty).write($0) }.split(separator: "\n").count == 2)
        #expect(Samples.text { JSONLinesActivityWriter(Samples.empty).write($0) }.split(separator: "\n").count == 2)
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func components(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
