"""``openvmo user``: adds an administrator, who can then add everybody else."""

import argparse
import getpass
import sys

from openvmo_web.config.start import migrate_database, prepare

NAME = "user"
HELP = "add an administrator"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("email", help="the e-mail address to sign in with")
    parser.add_argument("--name", required=True, help="the name that others see")


def run(arguments: argparse.Namespace) -> int:
    """Ask for a password, or read it from a pipe, and add the administrator."""
    prepare()
    migrate_database()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from openvmo_web.access.actions import administrator_create
    from openvmo_web.access.models import User

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password, User(email=arguments.email, name=arguments.name))
        user = administrator_create(email=arguments.email, name=arguments.name, password=password, at=timezone.now())
    except ValidationError as error:
        raise SystemExit("openvmo: " + " ".join(error.messages)) from error
    print(f"{user.name} can now sign in as {user.email}.")
    return 0
