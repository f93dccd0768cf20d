"""The ways to reach a person. A new one is a class with `send` and a line in CHANNELS."""

from tasks.channels.contract import Channel, Letter, Receipt, SendError
from tasks.channels.email import Email

__all__ = ["CHANNELS", "Channel", "Letter", "Receipt", "SendError"]

CHANNELS = {"email": Email}
