"""The command line's worker side: serve, worker, demo, import, backup, restore."""

import click

COMMANDS: list[click.Command] = []
