import Testing

@testable import MachineIntent

/// What ignition-validate 2.14 says of each as a source.
@Suite struct RemoteURLTests {
  private func isAccepted(_ text: String, version: String = "3.2.0") throws -> Bool {
    let version = try #require(IgnitionVersion(version))
    return (try? RemoteURL(Array(text.utf8)[...], version: version)) != nil
  }

  @Test(arguments: [
    "http://h/x", "HTTP://h/", "http://h:80/x", "http://h:/", "http://h:65536/", "http://[::1]/",
    "http://[fe80::1%25eth0]:8/", "http://u:p@h/", "http://h/a b", "http://h/?%zz", "http://h%25/", "http://h%ff/",
    "http://ä/", "http://h\"<>/", "http:", "http:x%zz", "http://", "https:///x", "tftp://h/x", "s3://b/k", "gs://b/k",
    "s3://b/k?versionId=1", "s3://b/k?versionId=;", "http://::1/", "http://@h/", "http://h/#a\u{1}",
  ])
  func isTaken(url: String) throws { #expect(try isAccepted(url)) }

  @Test(arguments: [
    "http://h:8a/", "http://[::1", "http://[::1]x/", "http://a b/", "http://u p@h/", "http://h/%zz", "http://h/#%zz",
    "http://h%41/", "http://h\\x/", "http://h^/", "http://h|/", "http://h{}/", "http://h`/", "http://a%zz@h/",
    "http://a@b@h/x%", "s3://b/k?versionId=", "s3://b/k?versionId", "s3://b/k?versionId=&versionId=2",
    "s3://b/k?a=1&version%49d=", "ftp://h", "//h/x", "/x", "x", "x:y", " http://h/", "http://h/\u{1}",
    "http://h/\u{7F}", "1http://h", "ht_tp://h", ":x", "arn:aws:s3:::b/k",
  ])
  func isRefused(url: String) throws { #expect(try !isAccepted(url)) }

  @Test(arguments: [
    ("gs://b/k", "3.1.0", false), ("gs://b/k", "3.2.0", true), ("gs://b/k", "2.4.0", true),
    ("oem:///x", "3.2.0", false),
    ("oem:///x", "2.2.0", true), ("s3://b/k", "3.0.0", true),
  ])
  func someKindsAreOfSomeVersions(url: String, version: String, isTaken: Bool) throws {
    #expect(try isAccepted(url, version: version) == isTaken)
  }

  @Test(arguments: [
    ("arn:aws:s3:::b/k", true), ("arn:aws:s3:::b", false), ("arn:aws:iam:::b/k", false), ("arn:aws:s3", false),
    ("arn:aws:s3:r:1:accesspoint/p/o/k", true), ("arn:aws:s3:r:1:accesspoint/p", false),
    ("arn:aws:s3:::b/k?versionId=", false),
  ])
  func resourceNamesAreReadFromSpec3_4On(url: String, isTaken: Bool) throws {
    #expect(try isAccepted(url, version: "3.4.0") == isTaken)
  }
}
