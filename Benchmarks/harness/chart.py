"""The table as a picture: how far each measure is from its target."""

from html import escape

from harness.samples import number

ROW, LEFT, WIDTH, TOP, ALL = 26, 560, 330, 64, 1040


def svg(rows, about):
    """Bars of value / target; the line at 1 is the target, and shorter is better."""
    rows = [row for row in rows if row.target is not None and not row.failure]
    height = TOP + ROW * len(rows) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ALL} {height}" width="{ALL}" height="{height}" role="img"'
        ' aria-label="Each measure as a share of its target" font-family="system-ui, sans-serif" font-size="13">',
        "<style>.ink{fill:#1b1f24}.soft{fill:#59636e}.met{fill:#1a7f37}.missed{fill:#b3261e}.line{stroke:#59636e}"
        ".paper{fill:#fff}@media (prefers-color-scheme:dark){.ink{fill:#e6e9ed}.soft{fill:#9aa5b1}.met{fill:#3fb950}"
        ".missed{fill:#ff8f86}.line{stroke:#9aa5b1}.paper{fill:#171b21}}</style>",
        f'<rect class="paper" width="{ALL}" height="{height}" rx="8"/>',
        '<text class="ink" x="20" y="28" font-size="16" font-weight="bold">Each measure as a share of its target</text>',
        f'<text class="soft" x="20" y="48">shorter is better; {escape(about["commit"])}, {escape(about["date"])}</text>']
    for index, row in enumerate(rows):
        share = row.target / row.value() if row.at_least else row.value() / row.target
        y = TOP + ROW * index
        length = min(share / 1.5, 1) * WIDTH
        label = row.measure + (f" / {row.peer}" if row.theirs else "")
        unit = "" if row.theirs else f" {row.unit}"
        said = f"{number(row.value())}{unit} ({'≥' if row.at_least else '≤'} {number(row.target)})"
        parts += [
            f'<text class="ink" x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="{"met" if row.met() else "missed"}" x="{LEFT}" y="{y + 3}" width="{length:.1f}" height="16" rx="3"/>',
            f'<text class="soft" x="{LEFT + max(length, WIDTH / 1.5) + 8:.1f}" y="{y + 15}">{escape(said)}</text>']
    x = LEFT + WIDTH / 1.5
    parts.append(f'<line class="line" x1="{x}" y1="{TOP - 4}" x2="{x}" y2="{height - 20}" stroke-dasharray="3 3"/>')
    return "\n".join(parts + ["</svg>"]) + "\n"
