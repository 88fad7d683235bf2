"""The whole report on one formulation: what it is, how it is made, what it does, and why one may believe it."""

from formulate.report.whole.document import report_on

__all__ = ["report_on"]
