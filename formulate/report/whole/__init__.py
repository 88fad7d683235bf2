"""The whole report on one formulation: what it is, how it is made, what it does, and why one may believe it."""

from formulate.report.whole.document import report_on
from formulate.report.whole.summary import comparison_summary, summary_on

__all__ = ["comparison_summary", "report_on", "summary_on"]
