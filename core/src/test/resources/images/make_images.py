"""Makes the images of this folder and expected.csv. Needs numpy and Pillow; see README.md."""

import csv
import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

FOLDER = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 99, 70  # no multiples of 8: the last blocks are padded


def scene():
    """A landscape that looks like a photograph to a codec: gradients, edges, texture, noise."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    sky = np.stack([90 + 0.8 * y, 140 + 0.9 * y, 235 - 0.5 * y], axis=-1)
    hill = np.stack([60 + 20 * np.sin(x / 3), 110 + 25 * np.sin(x / 5 + y / 4), 40 + 0 * x], axis=-1)
    pixels = np.where((y > 38 + 9 * np.sin(x / 14))[..., None], hill, sky)
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.ellipse((70, 6, 88, 24), fill=(250, 225, 90))
    draw.rectangle((12, 30, 38, 58), fill=(190, 60, 50))
    draw.polygon(((8, 30), (25, 14), (42, 30)), fill=(110, 70, 60))
    image = image.filter(ImageFilter.GaussianBlur(0.6))
    noise = np.random.default_rng(7).normal(0, 6, (HEIGHT, WIDTH, 3))
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))


def ramp_alpha():
    return Image.fromarray(
        np.linspace(0, 255, WIDTH).astype(np.uint8)[None, :].repeat(HEIGHT, axis=0))


def png16(pixels):
    """A 16-bit RGB PNG, which Pillow cannot write."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def ycck(rgb):
    """Y, Cb, Cr of the inverted colour and no K, stored as Adobe does: transform 2."""
    planes = np.asarray(ImageOps.invert(rgb).convert("YCbCr"))
    # Pillow inverts four channels on their way in, so that they are inverted again here.
    four = np.concatenate([255 - planes, np.zeros_like(planes[..., :1])], axis=-1)
    data = bytearray(encoded(Image.fromarray(four, "CMYK"), "JPEG", quality=92))
    data[data.index(b"Adobe") + 11] = 2
    return bytes(data)


def upright(data):
    """Pillow's own decoding of what was written, on white."""
    image = Image.open(io.BytesIO(data))
    if image.mode == "P" or "transparency" in image.info or image.mode.endswith("A"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def quadrant_means(image):
    pixels = np.asarray(image).astype(float)
    y, x = pixels.shape[0] // 2, pixels.shape[1] // 2
    parts = pixels[:y, :x], pixels[:y, x:], pixels[y:, :x], pixels[y:, x:]
    return [round(v, 2) for part in parts for v in part.mean(axis=(0, 1))]


rgb = scene()
rgba = rgb.copy()
rgba.putalpha(ramp_alpha())
exif = Image.Exif()
exif[0x0112] = 6
sixteen = np.asarray(rgb).astype(np.uint16) * 257

files = {
    "baseline.jpg": encoded(rgb, "JPEG", quality=90),
    "progressive.jpg": encoded(rgb, "JPEG", quality=90, progressive=True),
    "restarts.jpg": encoded(rgb, "JPEG", quality=80, subsampling=0, restart_marker_blocks=7),
    "grey.jpg": encoded(rgb.convert("L"), "JPEG", quality=90),
    "cmyk.jpg": encoded(rgb.convert("CMYK"), "JPEG", quality=92),
    "ycck.jpg": ycck(rgb),
    "oriented.jpg": encoded(rgb, "JPEG", quality=85, exif=exif),
    "rgb.png": encoded(rgb, "PNG", optimize=True),
    "rgba.png": encoded(rgba, "PNG", optimize=True),
    "grey-alpha.png": encoded(rgba.convert("LA"), "PNG", optimize=True),
    "palette.png": encoded(rgb.quantize(64), "PNG", optimize=True),
    "palette-transparent.png": encoded(rgb.quantize(32), "PNG", transparency=3),
    "sixteen.png": png16(sixteen),
    "oriented.png": encoded(rgb.quantize(16), "PNG", exif=exif),
    "lossy.webp": encoded(rgb, "WEBP", quality=85),
    "lossless.webp": encoded(rgb, "WEBP", lossless=True),
    "alpha.webp": encoded(rgba, "WEBP", quality=85),
    "oriented.webp": encoded(rgb, "WEBP", quality=60, exif=exif),
    "animated.webp": encoded(
        rgb, "WEBP", quality=20, save_all=True, append_images=[rgb.rotate(180)], duration=100),
}

with open(FOLDER / "expected.csv", "w", newline="") as table:
    rows = csv.writer(table, lineterminator="\n")
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)
        if name == "sixteen.png":  # Pillow reads it in 8 bits by dropping the low byte, the same here
            rows.writerow([name] + quadrant_means(rgb))
        elif name != "animated.webp":
            rows.writerow([name] + quadrant_means(upright(data)))
