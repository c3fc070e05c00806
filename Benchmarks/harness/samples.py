"""What was measured, and the rows of the table that come of it."""

from dataclasses import asdict, dataclass, field
from statistics import median

# A spread of the samples, (maximum - minimum) / median, above which a row is said to be noisy.
NOISY = 0.25


@dataclass
class Row:
    """One line of the table: samples of the agent's, beside a peer's of the same run."""

    measure: str
    unit: str
    ours: list
    peer: str = ""
    theirs: list = field(default_factory=list)
    # The bound of the ratio where there is a peer, else of the median; None: reported only.
    target: float | None = None
    at_least: bool = False
    note: str = ""
    failure: str = ""
    # How busy others kept the machine before it began, as a share of all cores.
    busy: float = 0

    def ratios(self):
        if self.theirs and len(self.theirs) == len(self.ours):
            return [one / other for one, other in zip(self.ours, self.theirs)]
        return [median(self.ours) / median(self.theirs)] if self.theirs and self.ours else []

    def value(self):
        """What the target bounds."""
        return median(self.ratios()) if self.theirs else median(self.ours)

    def met(self):
        """None: there is no target."""
        if self.failure:
            return False
        if self.target is None:
            return None
        return self.value() >= self.target if self.at_least else self.value() <= self.target

    def spread(self):
        """The larger of both sides' spreads."""
        return max((max(side) - min(side)) / median(side) if side and median(side) else 0
                   for side in (self.ours, self.theirs))

    def noises(self):
        """Why not to trust it to the last digit."""
        return [f"samples spread by {self.spread():.0%}"] if not self.failure and self.spread() > NOISY else []

    def document(self):
        return asdict(self) | ({} if self.failure else {
            "ratios": self.ratios(), "value": self.value(), "met": self.met(), "noises": self.noises()})


def percentile(values, share):
    """The value below which that share of them lies."""
    return sorted(values)[int(share * (len(values) - 1))]


def number(value):
    """Three significant digits, without an exponent."""
    if value == 0:
        return "0"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def three(values):
    """minimum, median and maximum."""
    if not values:
        return ""
    if len(values) == 1:
        return number(values[0])
    return f"{number(min(values))} / **{number(median(values))}** / {number(max(values))}"
