"""The table: as Markdown, as JSON, and between the README's markers."""

import json

from harness.samples import number, three

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
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


def put_into(readme, rows, about):
    """Replaces what stands between the markers; False: there are none."""
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        return False
    chart = "![each measure as a share of its target](Benchmarks/results.svg)"
    readme.write_text(f"{before}{BEGIN}\n{markdown(rows, about)}\n{chart}\n{END}{after}", encoding="utf-8")
    return True
