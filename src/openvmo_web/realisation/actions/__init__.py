"""What is written while benefits arrive: measurements, requests, hand-over, reviews."""

from openvmo_web.realisation.actions.measurements import measurement_record, measurement_verify, measurements_import

__all__ = ["measurement_record", "measurement_verify", "measurements_import"]
