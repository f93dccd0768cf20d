"""Importing registers."""


def resume_waiting() -> None:
    """Go on with imports whose worker died."""
