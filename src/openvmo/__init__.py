"""OpenVMO: choose the work of highest value, and see whether the value arrives."""

__version__ = "0.1.0"
