"""The server's commands, one a module: ``NAME``, ``HELP``, ``add_arguments(parser)`` and ``run(arguments) -> int``."""
