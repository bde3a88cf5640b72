"""The composition root: settings, addresses, server and the commands that start it."""
