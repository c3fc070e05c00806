"""The table: as Markdown, as JSON, and between the markers of docs/benchmarks.md; a summary between the README's."""

import json
from statistics import median

from harness.samples import number, three

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
SUMMARY_BEGIN, SUMMARY_END = "<!-- bench-summary: begin -->", "<!-- bench-summary: end -->"
# The rows of the summary: the measure, and how the name of its peer begins.
SUMMARY = [
    ("processor time per request, 64 connections", "nginx"),
    ("RSS after 1,000,000 requests", ""),
    ("RSS, both after their requests", "node_exporter"),
    ("exec to READY", ""),
    ("drift to repaired, median", "inotifywait"),
    ("one pass with nothing to do, 25 drop-ins", "modprobe"),
    ("reading a rendered MachineConfig of 5 MB", "python3"),
    ("intent to usable SCTP, in the VM", "a reboot"),
]
VERDICTS = {True: "met", False: "**missed**", None: "reported"}


def _target(row):
    if row.target is None:
        return ""
    bound = "≥" if row.at_least else "≤"
    return f"{bound} {number(row.target)}" + ("" if row.theirs or row.failure else f" {row.unit}")


def _line(row):
    if row.failure:
        return f"| {row.measure} | | {row.peer} | | {_target(row)} | not measured: {row.failure} |"
    cells = [
        row.measure, f"{three(row.ours)} {row.unit}", f"{row.peer}: {three(row.theirs)}" if row.theirs else row.peer,
        three(row.ratios()), _target(row), VERDICTS[row.met()]]
    return f"| {' | '.join(cells)} |"


def markdown(rows, about):
    """`about`: machine, commit and date, as text."""
    lines = [
        f"Measured at {about['commit']} on {about['date']}: {about['machine']}. Each cell is minimum / **median** / maximum.",
        "", "| measure | sctp-agent | peer, same run | ratio | target | |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [_line(row) for row in rows]
    notes = [f"- {row.measure}: {row.note}" for row in rows if row.note]
    noisy = [f"- {row.measure}{f' ({row.peer})' if row.peer else ''}: {'; '.join(row.noises())}"
             for row in rows if row.noises()]
    busiest = max(row.busy for row in rows)
    if busiest > 0.1:
        noisy.append(f"- everything: others used up to {busiest:.0%} of the machine")
    if notes:
        lines += ["", "How to read it:", "", *dict.fromkeys(notes)]
    lines += ["", "Noisy:" if noisy else "Nothing was noisy.", *([""] + noisy if noisy else [])]
    return "\n".join(lines) + "\n"


def write(rows, about, directory):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "results.md").write_text(markdown(rows, about), encoding="utf-8")
    document = {**about, "rows": [row.document() for row in rows]}
    (directory / "results.json").write_text(
        json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def summary(rows, about):
    """The rows that the README shows, by their medians."""
    lines = [
        f"Medians of one run at {about['commit']} on {about['date']}: {about['machine']}.", "",
        "| measure | sctp-agent | peer, same run | ratio |", "| --- | --- | --- | --- |"]
    for measure, peer in SUMMARY:
        for row in rows:
            if not row.failure and row.measure.startswith(measure) and row.peer.startswith(peer):
                cells = [
                    row.measure, f"{number(median(row.ours))} {row.unit}",
                    f"{row.peer}: {number(median(row.theirs))} {row.unit}" if row.theirs else "",
                    number(median(row.ratios())) if row.theirs else ""]
                lines.append(f"| {' | '.join(cells)} |")
                break
    return "\n".join(lines) + "\n"


def _put(path, begin, end, text):
    page = path.read_text(encoding="utf-8")
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        return False
    path.write_text(f"{before}{begin}\n{text}{end}{after}", encoding="utf-8")
    return True


def put_into(repository, rows, about):
    """Replaces what is between the markers of both pages; False if markers are missing."""
    chart = "![each measure as a share of its target]({}Benchmarks/results.svg)\n"
    return (
        _put(repository / "docs/benchmarks.md", BEGIN, END, f"{markdown(rows, about)}\n{chart.format('../')}")
        and _put(repository / "README.md", SUMMARY_BEGIN, SUMMARY_END, f"{summary(rows, about)}\n{chart.format('')}"))
