"""The mathematics of value: pure functions on arrays and frozen dataclasses."""
