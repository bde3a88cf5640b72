"""Where work runs: this machine's threads or processes."""

from openvmo.compute.executors import executor

__all__ = ["executor"]
