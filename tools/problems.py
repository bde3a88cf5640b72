"""The one exception of the front door: something went wrong that the reader can put right."""

from __future__ import annotations


class Problem(Exception):
    """What happened and what to do about it.

    ``what`` is one sentence; ``remedy`` may have several lines.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
