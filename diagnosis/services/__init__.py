"""Ask a model, decide on what it said. Only a decision writes to the record."""

from diagnosis.services.decide import decide_suggestion
from diagnosis.services.request import request_prediction

__all__ = ["decide_suggestion", "request_prediction"]
