"""Pairs of runs and what they say."""
import statistics
from dataclasses import dataclass

# Five pairs fall on one side of 1 by chance in one case of sixteen; with fewer pairs a verdict means nothing.
RUNS_FOR_A_VERDICT = 5
SAME_WITHIN = 0.01


@dataclass
class Row:
    """One case and measure: the values of both sides, run by run, in the order in which they were taken."""
    case: object
    measure: object
    candidate: list
    baseline: list
    direct: float = None

    def candidate_median(self):
        return statistics.median(self.candidate)

    def ratios(self):
        """Candidate over baseline, pair by pair; pairs with a zero below are left out."""
        return [a / b for a, b in zip(self.candidate, self.baseline) if b > 0]

    def spread(self):
        """(min, median, max) of the ratios, or None if there are none."""
        ratios = self.ratios()
        return (min(ratios), statistics.median(ratios), max(ratios)) if ratios else None

    def better(self):
        """True, False, or None: no difference that these runs can show.

        That is so if the range of the ratios holds 1, the median is within 1 %, or the runs are too few.
        """
        spread = self.spread()
        if spread is None or len(self.ratios()) < RUNS_FOR_A_VERDICT:
            return None
        if spread[0] <= 1 <= spread[2] or abs(spread[1] - 1) < SAME_WITHIN:
            return None
        return (spread[1] < 1) == self.measure.lower_is_better


def rows_of(case, measures, pairs, direct):
    """The rows of a case from [(candidate's measures, baseline's measures), ...]."""
    rows = []
    for key, measure in measures.items():
        both = [(a[key], b[key]) for a, b in pairs if key in a and key in b]
        if both:
            rows.append(Row(case, measure, [a for a, _ in both], [b for _, b in both],
                            (direct or {}).get(key)))
    return rows
