"""How good a model is: reliability, ROC, precision-recall and decision curves on a square."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medapp.errors import Words
from medapp.ui.charts.scale import Scale, round_ticks

SIZE = 260
LEFT, RIGHT, TOP, BOTTOM = 40, 248, 12, 220
Pairs = Iterable[tuple[float, float]]


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    title: str
    radius: float = 3
    low_y: float | None = None
    high_y: float | None = None
    css: str = "dot"


@dataclass(frozen=True)
class Plot:
    title: Words
    x_label: Words
    y_label: Words
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    lines: list[tuple[str, str]]  # (CSS class, path)
    dots: list[Dot] = field(default_factory=list)
    caption: str = ""
    table: list[tuple[str, str]] = field(default_factory=list)
    table_heads: tuple[Words, Words] = ("", "")

    size = SIZE
    left, right, top, bottom = LEFT, RIGHT, TOP, BOTTOM


UNIT_X = Scale(0, 1, LEFT, RIGHT)
UNIT_Y = Scale(0, 1, BOTTOM, TOP)
DIAGONAL = ("diagonal", f"M{LEFT} {BOTTOM}L{RIGHT} {TOP}")


def _path(points: Pairs, x: Scale = UNIT_X, y: Scale = UNIT_Y) -> str:
    return "M" + "L".join(f"{x(a)} {y(b)}" for a, b in points)


def _ticks(scale: Scale) -> list[tuple[float, str]]:
    return [(scale(value), formats.number_format(value)) for value in round_ticks(scale.low, scale.high)]


def _figures(pairs: Sequence[tuple[float, float]], most: int = 11) -> list[tuple[str, str]]:
    """A few rows of the curve for the table beside it."""
    step = max(1, len(pairs) // most)
    return [(_rounded(a), _rounded(b)) for a, b in pairs[::step]]


def _rounded(value: float, digits: int = 2) -> str:
    """Write a figure with so many decimals; number_format alone would cut the rest off."""
    return formats.number_format(round(value, digits), digits)


def _unit_plot(
    title: Words, x_label: Words, y_label: Words, pairs: Sequence[tuple[float, float]], **rest: object
) -> Plot:
    return Plot(
        title, x_label, y_label, _ticks(UNIT_X), _ticks(UNIT_Y),
        table=_figures(pairs), table_heads=(x_label, y_label), **rest,  # type: ignore[arg-type]
    )  # fmt: skip


def reliability(bins: Sequence[dict[str, float]], *, ece: float | None = None) -> Plot:
    """``bins``: predicted (mean), observed (share), low, high (95 %), n; the diagonal is perfect calibration."""
    filled = [b for b in bins if b.get("n")]
    most = max((b["n"] for b in filled), default=1)
    dots = [
        Dot(
            UNIT_X(b["predicted"]), UNIT_Y(b["observed"]), _("%(n)d cases") % {"n": b["n"]},
            round(2 + 4 * (b["n"] / most) ** 0.5, 2),
            UNIT_Y(b["low"]) if "low" in b else None, UNIT_Y(b["high"]) if "high" in b else None,
        )
        for b in filled
    ]  # fmt: skip
    pairs = [(b["predicted"], b["observed"]) for b in filled]
    caption = _("Calibration error %(ece)s") % {"ece": _rounded(ece, 3)} if ece is not None else ""
    return _unit_plot(
        gettext_lazy("Calibration"), gettext_lazy("predicted"), gettext_lazy("observed"), pairs,
        lines=[DIAGONAL, *([("curve", _path(pairs))] if pairs else [])], dots=dots, caption=caption,
    )  # fmt: skip


def roc(
    points: Pairs, *, auroc: float | None = None, operating_point: tuple[float, float] | None = None
) -> Plot:
    """``points``: (1 - specificity, sensitivity), from (0, 0) to (1, 1)."""
    pairs = sorted(points)
    caption = _("AUROC %(value)s") % {"value": _rounded(auroc, 3)} if auroc is not None else ""
    return _unit_plot(
        gettext_lazy("ROC"), gettext_lazy("1 − specificity"), gettext_lazy("sensitivity"), pairs,
        lines=[DIAGONAL, ("curve", _path(pairs))], dots=_operating(operating_point), caption=caption,
    )  # fmt: skip


def precision_recall(
    points: Pairs, *, prevalence: float, operating_point: tuple[float, float] | None = None
) -> Plot:
    """``points``: (recall, precision); the dashed line is the prevalence, which a coin would reach."""
    pairs = sorted(points)
    floor = ("diagonal", _path([(0, prevalence), (1, prevalence)]))
    return _unit_plot(
        gettext_lazy("Precision and recall"), gettext_lazy("recall"), gettext_lazy("precision"), pairs,
        lines=[floor, ("curve", _path(pairs))], dots=_operating(operating_point),
        caption=_("Prevalence %(value)s %%") % {"value": _rounded(prevalence * 100, 0)},
    )  # fmt: skip


def decision_curve(model: Pairs, treat_all: Pairs) -> Plot:
    """Net benefit over threshold probability for the model, for treating all (dashed) and for treating none (zero)."""
    ours, everyone = sorted(model), sorted(treat_all)
    top = max([0.1, *(b for _a, b in [*ours, *everyone])]) * 1.1
    y = Scale(-top * 0.15, top, BOTTOM, TOP)
    shown = [(a, b) for a, b in everyone if b >= y.low]
    lines = [("diagonal", _path([(0, 0), (1, 0)], y=y)), ("curve", _path(ours, y=y))]
    if shown:
        lines.insert(0, ("diagonal", _path(shown, y=y)))
    heads = (gettext_lazy("threshold probability"), gettext_lazy("net benefit"))
    return Plot(
        gettext_lazy("Decision curve"),
        *heads,
        _ticks(UNIT_X),
        _ticks(y),
        lines,
        table=_figures(ours),
        table_heads=heads,
    )


def _operating(point: tuple[float, float] | None) -> list[Dot]:
    if point is None:
        return []
    return [Dot(UNIT_X(point[0]), UNIT_Y(point[1]), _("operating point"), 4, css="operating")]
