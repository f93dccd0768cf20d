"""The demo's photos, drawn: a gauge, a display with an alarm, an iced outdoor unit and a wet floor."""

import io
import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = (1200, 900)
THUMB = (480, 360)


def drawn(kind: str, chance: Random) -> tuple[bytes, bytes]:
    """The picture and its thumbnail, as JPEG."""
    picture = background(chance)
    DRAWINGS[kind](ImageDraw.Draw(picture), chance)
    picture = picture.filter(ImageFilter.GaussianBlur(0.8))
    return jpeg(picture), jpeg(picture.resize(THUMB, Image.Resampling.BILINEAR))


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=82)
    return file.getvalue()


def background(chance: Random) -> Image.Image:
    """A wall with light from above: a gradient drawn small and made large."""
    red, green, blue = chance.choice(((186, 190, 188), (176, 180, 190), (196, 188, 176)))
    column = Image.new("RGB", (1, 9))
    for row in range(9):
        shade = 1.08 - row * 0.05
        column.putpixel((0, row), tuple(min(255, int(value * shade)) for value in (red, green, blue)))
    return column.resize(SIZE, Image.Resampling.BICUBIC)


def gauge(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    draw.rectangle((540, 760, 660, 900), fill=(178, 140, 70))
    draw.ellipse((250, 100, 950, 800), fill=(60, 62, 66))
    draw.ellipse((280, 130, 920, 770), fill=(244, 244, 240))
    for step in range(41):
        angle = math.radians(135 + step * 6.75)
        inner = 250 if step % 10 == 0 else 275
        draw.line([around(angle, inner), around(angle, 300)], fill=(30, 30, 30), width=8 if step % 10 == 0 else 3)
        if step % 10 == 0:
            draw.text(around(angle, 215), str(step // 10), fill=(30, 30, 30), font=letters(48), anchor="mm")
    draw.text((600, 610), "bar", fill=(30, 30, 30), font=letters(44), anchor="mm")
    needle = math.radians(135 + chance.uniform(1.5, 4.5) * 6.75)
    draw.line([around(needle, -60), around(needle, 270)], fill=(190, 30, 30), width=14)
    draw.ellipse((570, 420, 630, 480), fill=(40, 40, 40))


def around(angle: float, radius: float) -> tuple[float, float]:
    return 600 + radius * math.cos(angle), 450 + radius * math.sin(angle)


def panel(draw: ImageDraw.ImageDraw, _chance: Random) -> None:
    draw.rounded_rectangle((180, 140, 1020, 760), 40, fill=(232, 234, 236), outline=(150, 154, 160), width=6)
    draw.rectangle((270, 230, 930, 520), fill=(28, 44, 60))
    draw.text((600, 320), "LARM A32", fill=(255, 190, 90), font=letters(110), anchor="mm")
    draw.text((600, 440), "Se anvisning", fill=(200, 220, 235), font=letters(54), anchor="mm")
    for number in range(4):
        draw.rounded_rectangle(
            (280 + number * 170, 590, 410 + number * 170, 690),
            24,
            fill=(206, 210, 214),
            outline=(150, 154, 160),
            width=4,
        )
    draw.ellipse((940, 170, 985, 215), fill=(215, 40, 40))


def unit(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    draw.rectangle((0, 720, 1200, 900), fill=(222, 228, 234))
    draw.rounded_rectangle((200, 180, 1000, 740), 24, fill=(238, 240, 240), outline=(140, 146, 150), width=6)
    draw.ellipse((290, 240, 730, 680), fill=(70, 76, 82))
    for spoke in range(12):
        angle = math.radians(spoke * 30)
        draw.line(
            [(510, 460), (510 + 215 * math.cos(angle), 460 + 215 * math.sin(angle))], fill=(120, 126, 132), width=10
        )
    for ring in (70, 130, 190):
        draw.ellipse((510 - ring, 460 - ring, 510 + ring, 460 + ring), outline=(150, 156, 162), width=5)
    for _ in range(60):
        x, y, radius = chance.randint(210, 760), chance.randint(560, 730), chance.randint(14, 52)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(236, 244, 250))
    for slit in range(8):
        draw.line([(790, 280 + slit * 45), (950, 280 + slit * 45)], fill=(150, 156, 160), width=8)


def floor(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    draw.rectangle((0, 380, 1200, 900), fill=(150, 146, 138))
    for line in range(9):
        draw.line([(600 + (line - 4) * 90, 380), (600 + (line - 4) * 420, 900)], fill=(128, 124, 118), width=4)
    for row in (430, 510, 630, 800):
        draw.line([(0, row), (1200, row)], fill=(128, 124, 118), width=4)
    for _ in range(14):
        x, y = chance.randint(420, 780), chance.randint(600, 760)
        draw.ellipse((x - 170, y - 46, x + 170, y + 46), fill=(116, 122, 128))
    draw.ellipse((480, 640, 640, 676), fill=(176, 184, 190))
    draw.rectangle((880, 60, 940, 560), fill=(170, 120, 80))
    draw.rectangle((860, 520, 960, 570), fill=(140, 100, 66))


def letters(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


DRAWINGS: dict[str, Callable[[ImageDraw.ImageDraw, Random], None]] = {
    "gauge": gauge,
    "panel": panel,
    "unit": unit,
    "floor": floor,
}
