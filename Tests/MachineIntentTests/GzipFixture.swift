@testable import MachineIntent

/// What `gzip` made of a few texts.
enum GzipFixture {
  /// The archive of "sctp" and a newline.
  static let sctpBase64 = "H4sIAAAAAAACAytOLingAgCLZdHNBQAAAA=="
  static let sctp = Base64.decode(sctpBase64.utf8) ?? []

  /// The archive of 3,000 newlines.
  static let newlinesBase64 =
    "H4sIAAAAAAACA+3BIQEAAADDIL/+gV/jAigAAODdAPvUZ464CwAA"

  /// The archive of a MachineConfig that loads sctp.
  static let machineConfigBase64 =
    "H4sIAAAAAAACA4WPsW7DMAxEd38Ftyyu3KCdtHbu2iXowEq0TVgWBYlOB0P/HtlB527E8e7xiIm/KBeWaGFFN3MkJ3HkacuoTTWS"
    + "KJaZRzUsw/3aLRy9hc+n9eO0dispelS0sEdcyUJCt5DvIeAPhdLk/9FZQgv+Sl4o19qVRM52AM/EMQHwFFnPpvv9r/ObeTev9VwX"
    + "lYxTg+wjB2pXb3tCnS0MpG5YxW9NfQmC3vgBzUHuD75S1KNjkS27Fr+cr/TFabrU+l27B80vPVIkAQAA"
  static let machineConfig = Base64.decode(machineConfigBase64.utf8) ?? []
}
