"""``openvmo migrate``: brings the database up to the installed version."""

import argparse

from openvmo_web.config.start import migrate_database, prepare

NAME = "migrate"
HELP = "bring the database up to the installed version"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is one database, named by the environment."""


def run(_arguments: argparse.Namespace) -> int:
    """Apply what is missing; doing it twice changes nothing."""
    prepare()
    migrate_database()
    print("The database is up to date.")
    return 0
