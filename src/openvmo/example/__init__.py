"""An invented public agency, told month by month: something to look at before there are data of one's own."""

from openvmo.example.history import ExampleHistory, example_history, example_portfolio

__all__ = ["ExampleHistory", "example_history", "example_portfolio"]
