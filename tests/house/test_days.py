"""The day of a moment is that of the organisation's time zone, never that of Greenwich."""

import re
from pathlib import Path

ROOMS = Path(__file__).parents[2] / "src" / "openvmo_web"
# What is given to the daily tasks is the present moment there; the example is a story, told in days.
LOCAL_ALREADY = ("jobs/rules.py", "config/example.py", "config/example_value.py")
DAY_OF_A_MOMENT = re.compile(r"\b(?:at|now|moment|\w+_at)\.date\(\)|\b(?:at|now|moment):%")


def test_no_room_takes_the_day_of_greenwich() -> None:
    found = [
        f"{path.relative_to(ROOMS)}: {line.strip()}"
        for path in sorted(ROOMS.rglob("*.py"))
        if str(path.relative_to(ROOMS)) not in LOCAL_ALREADY
        for line in path.read_text().splitlines()
        if DAY_OF_A_MOMENT.search(line)
    ]
    assert found == [], "Write timezone.localdate(moment), or formats.day(moment, locale)."
