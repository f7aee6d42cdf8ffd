"""Geometry of the charts that ``templates/components/_trend.html``, ``_plot.html`` and ``_sparkline.html`` draw.

Everything is computed here in SVG user units, so that a page needs no chart library and no script.
"""

from medapp.ui.charts.plots import Plot, decision_curve, precision_recall, reliability, roc
from medapp.ui.charts.spark import sparkline
from medapp.ui.charts.trend import Event, Reading, Trend, trend

__all__ = [
    "Event",
    "Plot",
    "Reading",
    "Trend",
    "decision_curve",
    "precision_recall",
    "reliability",
    "roc",
    "sparkline",
    "trend",
]
