"""A signature as it comes from the page: drawn with a finger, or only the name."""

from models.file import File
from models.order import Order
from models.protocol import Signature, Signer
from models.refusals import Refused, refuse
from models.user import User
from tasks import vault
from tasks.photos import Unreadable, signature_png

NOT_DRAWN = "signature.empty"


def sign(order: Order, signer: Signer, name: str, drawn: str, *, by: User) -> Signature:
    """Keep the signature. `drawn` is a PNG as a data URL, or "" where the name was typed.

    Raises Refused where the drawing is no picture.
    """
    picture = drawing(drawn, name)
    key = File.new_key("png") if picture else ""
    if picture:
        vault().put(key, picture)
    return Signature.write(order, signer, name, key, by=by)


def drawing(drawn: str, name: str) -> bytes:
    """The strokes as a fresh PNG; an empty pad is as good as none."""
    if not drawn:
        return b""
    try:
        return signature_png(drawn)
    except Unreadable as error:
        if error.code == NOT_DRAWN:
            return b""
        raise Refused([refuse("upload.unreadable", name=name, code="upload.unreadable")]) from error
