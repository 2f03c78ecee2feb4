"""The picture: a row for each case, a column for each measure; each cell holds the range of the ratios."""
import math
from xml.sax.saxutils import escape

ROW, HEAD, FOOT, LABELS, CELL, GAP = 20, 58, 36, 290, 140, 40
LONG_LABELS = 470  # of the panel whose rows name case and measure
COLORS = {True: "#1a7f4b", False: "#b3372b", None: "#5b6470"}
STYLE = ("text{font-family:system-ui,'DejaVu Sans',sans-serif;font-size:12px;fill:#1f2328}"
         ".small{font-size:10px;fill:#57606a}.title{font-size:15px;font-weight:600}.head{font-weight:600}")
COLUMNS = ("tps", "p50_us", "added_p50_us", "p99_us", "cpu_us")


def text(x, y, content, css="", anchor="start", color=None):
    fill = f' style="fill:{color}"' if color else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}"{fill}>'
            f'{escape(content)}</text>')


def line(x1, y1, x2, y2, color, width=1.0, dash=""):
    extra = f' stroke-dasharray="{dash}"' if dash else ""
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
            f'stroke-width="{width}"{extra}/>')


class Axis:
    """A log axis with 1 in the middle, as wide as the ratios ask for, but never beyond 1/64 and 64."""

    def __init__(self, ratios):
        reach = max([abs(math.log2(ratio)) for ratio in ratios if ratio > 0] + [0.4])
        self.reach = min(math.ceil(reach * 2) / 2, 6.0)

    def place(self, ratio, left, width):
        power = math.log2(ratio) if ratio > 0 else -self.reach
        power = max(-self.reach, min(self.reach, power))
        return left + (power + self.reach) / (2 * self.reach) * width

    def ticks(self):
        step = 2 if self.reach >= 4 else 1 if self.reach >= 1 else 0.5
        count = min(2, int(self.reach / step)) if step < 2 else int(self.reach / step)
        return [2 ** (step * i) for i in range(-count, count + 1)]


def mark(row, axis, left, y):
    """The range as a bar, the median as a dot and as a number."""
    spread = row.spread()
    if spread is None:
        return [text(left + CELL / 2, y + 4, "–", "small", "middle")]
    color = COLORS[row.better()]
    low, middle, high = (axis.place(ratio, left, CELL) for ratio in spread)
    label_left = middle > left + CELL / 2
    label_x = min(low, middle - 4) - 4 if label_left else max(high, middle + 4) + 4
    return [line(low, y, high, y, color, 3), f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>',
            text(label_x, y + 3.5, f"{spread[1]:.2f}", "small", "end" if label_left else "start", color)]


def grid(axis, left, top, bottom):
    out = []
    for tick in axis.ticks():
        x = axis.place(tick, left, CELL)
        one = abs(tick - 1) < 1e-9
        out.append(line(x, top, x, bottom, "#8c959f" if one else "#e3e7eb", 1.2 if one else 0.8))
        out.append(text(x, bottom + 13, f"{tick:.3g}", "small", "middle"))
    return out


class Panel:
    """Cases down, measures across."""

    def __init__(self, title, rows, columns):
        self.title, self.columns = title, columns
        self.cases = list(dict.fromkeys(row.case.title for row in rows))
        self.rows = rows

    def width(self):
        return LABELS + len(self.columns) * (CELL + GAP) - 8

    def height(self):
        return HEAD + ROW * len(self.cases) + FOOT

    def draw(self, top):
        bottom = top + HEAD + ROW * len(self.cases)
        out = [text(12, top + 20, self.title, "title")]
        for index, case in enumerate(self.cases):
            y = top + HEAD + ROW * index + ROW / 2
            if index % 2 == 0:
                out.append(f'<rect x="8" y="{y - ROW / 2:.1f}" width="{self.width()}" height="{ROW}" '
                           'fill="#f6f8fa"/>')
            out.append(text(12, y + 4, case))
        for index, measure in enumerate(self.columns):
            out += self._column(measure, LABELS + index * (CELL + GAP), top, bottom)
        return out

    def _column(self, measure, left, top, bottom):
        rows = [row for row in self.rows if row.measure.key == measure.key]
        axis = Axis([ratio for row in rows for ratio in row.ratios()])
        wish = "lower is better" if measure.lower_is_better else "higher is better"
        out = [text(left + CELL / 2, top + HEAD - 22, measure.title, "head", "middle"),
               text(left + CELL / 2, top + HEAD - 8, wish, "small", "middle"),
               *grid(axis, left, top + HEAD, bottom)]
        for row in rows:
            y = top + HEAD + ROW * self.cases.index(row.case.title) + ROW / 2
            out += mark(row, axis, left, y)
        return out


class ListPanel(Panel):
    """One column; each row is a case with one of its measures: these cases have few in common."""

    def __init__(self, title, rows):
        super().__init__(title, rows, (None,))
        self.cases = [row.case.title + ("" if row.case.kind == "syscalls" else f": {row.measure.title}")
                      for row in rows]

    def width(self):
        return LONG_LABELS + 2 * (CELL + GAP)

    def _column(self, measure, left, top, bottom):
        left = LONG_LABELS
        axis = Axis([ratio for row in self.rows for ratio in row.ratios()])
        out = [text(left + CELL / 2, top + HEAD - 8, "ratio", "head", "middle"),
               *grid(axis, left, top + HEAD, bottom)]
        for index, row in enumerate(self.rows):
            y = top + HEAD + ROW * index + ROW / 2
            wish = "lower is better" if row.measure.lower_is_better else "higher is better"
            out += [*mark(row, axis, left, y), text(left + CELL + GAP, y + 4, wish, "small")]
        return out


def panels_of(rows, measures):
    columns = [measures[key] for key in COLUMNS]
    panels = []
    titles = {"null": "Through the pooler to the null server", "pgbench": "pgbench to PostgreSQL"}
    for kind, title in titles.items():
        part = [row for row in rows if row.case.kind == kind]
        panels += [Panel(title, part, columns)] if part else []
    rest = [row for row in rows if row.case.kind not in ("null", "pgbench")]
    return panels + ([ListPanel("System calls, logins, large results, idle clients", rest)] if rest else [])


def picture(rows, measures, names):
    """The SVG as text."""
    panels = panels_of(rows, measures)
    width = LABELS + len(COLUMNS) * (CELL + GAP) + 20
    top = 46
    body = [text(12, 22, f"{names[0]} / {names[1]}", "title"),
            text(12, 38, "ratio of runs made in turn; bar: minimum to maximum, dot: median; green: better, "
                         "red: worse, grey: no difference these runs can show", "small")]
    for panel in panels:
        body += panel.draw(top)
        top += panel.height()
    size = f'width="{width}" height="{top}" viewBox="0 0 {width} {top}"'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{STYLE}</style>'
            f'<rect width="{width}" height="{top}" fill="#ffffff"/>' + "\n".join(body)
            + "</svg>\n")
