// SPDX-License-Identifier: GPL-3.0-or-later
import SocketProtocol

@testable import LiveView

/// A session in its third sprint, as a daemon would tell it.
enum Messages {
    static let greeting = #"{"class":"version","program":"sprintd 0.1.0","protocol":"sprintd.socket/1"}"#

    static func status(_ names: [String] = ["Ada"], storage: String = "disk") -> String {
        let athletes = names.map { name in
            """
            {"name":"\(name)","session":{"id":"20261123T110000Z-ada","start":"2026-11-23T11:00:00Z","elapsed_s":551.0,
             "plan":"sprint-5x30-90","phases":[
              {"kind":"warmup","start_s":0,"end_s":311,"decided_s":0,"evidence":"speed","confidence":0.9},
              {"kind":"sprint","start_s":311,"end_s":341,"decided_s":311,"evidence":"speed","confidence":0.9},
              {"kind":"recovery","start_s":341,"end_s":431,"decided_s":341,"evidence":"speed","confidence":0.9},
              {"kind":"sprint","start_s":431,"end_s":461,"decided_s":431,"evidence":"speed","confidence":0.9},
              {"kind":"recovery","start_s":461,"end_s":550,"decided_s":461,"evidence":"speed","confidence":0.9},
              {"kind":"sprint","start_s":550,"end_s":null,"decided_s":550,"evidence":"speed","confidence":0.9}],
             "sprints":[
              {"index":1,"start_s":311,"end_s":341,"effort":0.893,"effort_basis":"speed","on_target":true,
               "time_on_target_s":27,"peak_hr_bpm":177,"mean_speed_mps":6.05,"hr_recovery_bpm":{"30":19,"60":41,"90":54}},
              {"index":2,"start_s":431,"end_s":461,"effort":0.742,"effort_basis":"speed","on_target":false,
               "time_on_target_s":9,"peak_hr_bpm":173,"mean_speed_mps":5.15,"hr_recovery_bpm":{"30":16,"60":-3,"90":null}}]},
             "max_speed_mps":{"value":6.94,"basis":"measured"},"max_hr_bpm":{"value":192,"basis":"estimated"},"target":0.8}
            """
        }
        return """
            {"class":"status","time":"2026-11-23T11:09:11Z","uptime_s":600.5,"storage":"\(storage)","frames":4410,"dropped_frames":0,
             "athletes":[\(athletes.joined(separator: ","))],"sensors":\(sensors),
             "devices":[{"name":"USB 1-2 0fcf:1008","kind":"stick","state":"listening","message":null},
                        {"name":"hci0","kind":"adapter","state":"failed","message":"hci0 is switched off by rfkill"}]}
            """
    }

    static let sensors = """
        [{"id":"ant:120:16815","kind":"heart_rate","name":null,"athlete":"Ada","transport":"ant","state":"connected",
          "signal_dbm":-61,"battery_percent":68,"last_s":0.2},
         {"id":"ble:C4:12:F5:00:A0:01","kind":"footpod","name":"Stryd","athlete":null,"transport":"ble","state":"lost",
          "signal_dbm":null,"battery_percent":9,"last_s":31.5}]
        """

    static func now(_ name: String = "Ada") -> String {
        """
        {"class":"now","athlete":"\(name)","t_s":562.25,"phase":{"kind":"sprint","start_s":550},"speed_mps":6.1,"hr_bpm":171,
         "cadence_spm":184,"effort":0.879,"on_target":true,"target":0.8,
         "step":{"index":5,"of":12,"kind":"sprint","elapsed_s":12.25,"planned_s":30,"left_s":17.75,"repetition":3,"repetitions":5},
         "next":{"kind":"recovery","planned_s":90}}
        """
    }

    /// - Returns: `nil` for what is no message.
    static func message(_ text: String) -> SocketMessage? {
        try? SocketMessage.read(Array(text.utf8).span)
    }

    /// What follows from texts.
    static func state(_ texts: [String]) -> LiveState {
        var state = LiveState()
        for text in texts { if let message = message(text) { _ = state.fold(message, at: 0) } }
        return state
    }

    static var running: LiveState { state([greeting, status(), now()]) }
}
