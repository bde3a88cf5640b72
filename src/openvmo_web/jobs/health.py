"""Whether anybody runs the jobs."""

from openvmo_web.common.health import Finding
from openvmo_web.jobs.queries import workers_alive


def a_worker_lives() -> Finding:
    """Look for a worker process that gave a sign of life lately."""
    if workers_alive():
        return Finding(is_well=True)
    return Finding(is_well=False, detail="No worker process is running, so that jobs wait: start “openvmo worker”.")
