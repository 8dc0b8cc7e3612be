#!/usr/bin/env python3
"""The peer of bin/bench-extract: the same photographs through the same network in PyTorch, as one
would write it: Pillow decodes (JPEG at a reduced size where that suffices), a DataLoader's workers
resize, torch runs batches and takes the maxima of REMAP's regions, NumPy writes the descriptors.

Prints one line for each way of sharing the cores and each size of batches (BATCH and 8): threads, workers,
batch, images, seconds, CPU seconds.

  extract_with_pytorch.py LIST BACKBONE LONG SHORT BATCH CORES OUT [THREADS WORKERS BATCH]

With THREADS, WORKERS and BATCH only that way. LIST is a file with a path in each line, BACKBONE a folder with backbone.pt and card.json.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
from PIL import Image, ImageOps


class Photographs(torch.utils.data.Dataset):
    def __init__(self, paths, long_side, short_side):
        self.paths, self.sides = paths, (long_side, short_side)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, i):
        image = Image.open(self.paths[i])
        if image.format == "JPEG":
            image.draft("RGB", self.sides)
        image = ImageOps.exif_transpose(image).convert("RGB")
        sides = self.sides if image.width >= image.height else self.sides[::-1]
        return np.asarray(image.resize(sides, Image.Resampling.BILINEAR))


def by_shape(batch, size):
    """A list of pixels: landscape and portrait in batches of their own, the last one filled up."""
    for shape in {pixels.shape for pixels in batch}:
        same = [i for i, pixels in enumerate(batch) if pixels.shape == shape]
        for start in range(0, len(same), size):
            chosen = same[start:start + size]
            full = chosen + [chosen[-1]] * (size - len(chosen))
            yield chosen, np.stack([batch[i] for i in full])


def squares(width, height, levels=4):
    """R-MAC's squares (x, y, size) on a map."""
    short, long = min(width, height), max(width, height)
    extra = 0 if short == long else 1 + int(np.argmin(
        [round(abs(1 - (long - short) / (steps * short) - 0.4), 12) for steps in range(1, 7)]))
    for level in range(1, levels + 1):
        size = 2 * short // (level + 1)
        across, down = ([i * (side - size) // max(count - 1, 1) for i in range(count)]
                        for side, other in ((width, height), (height, width))
                        for count in [level + (extra if side > other else 0)])
        for y in down:
            for x in across:
                yield x, y, size


def remap(maps):
    taps = []
    for tap in maps:
        total = 0
        for x, y, size in squares(tap.shape[3], tap.shape[2]):
            pooled = tap[:, :, y:y + size, x:x + size].amax(dim=(2, 3))
            total = total + torch.nn.functional.normalize(pooled, dim=1)
        taps.append(total)
    return torch.cat(taps, dim=1).numpy()


def run(paths, network, card, sides, batch, threads, workers, out):
    torch.set_num_threads(threads)
    scale, shift = (torch.tensor(card[name]) for name in ("scale", "shift"))
    loader = torch.utils.data.DataLoader(
        Photographs(paths, *sides), batch_size=4 * batch, num_workers=workers, collate_fn=list)
    before, start = cpu(), time.perf_counter()
    rows = []
    for window in loader:
        described = [None] * len(window)
        for chosen, pixels in by_shape(window, batch):
            scaled = torch.from_numpy(pixels).float() * scale + shift
            with torch.inference_mode():
                vectors = remap(network(scaled.permute(0, 3, 1, 2)))
            for place, vector in zip(chosen, vectors):
                described[place] = vector
        rows += described
    np.save(out, np.stack(rows))
    return time.perf_counter() - start, cpu() - before


def warm_up(network, sides, size, threads):
    """The first passes of each shape are slow, and are not what is measured."""
    torch.set_num_threads(threads)
    with torch.inference_mode():
        for width, height in (sides, sides[::-1]):
            for _ in range(3):
                network(torch.zeros(size, 3, height, width))


def cpu():
    return sum(use.ru_utime + use.ru_stime for use in map(
        resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def main():
    listed, backbone, long_side, short_side, batch, cores, out, *way = sys.argv[1:]
    with open(listed, encoding="utf-8") as lines:
        paths = lines.read().splitlines()
    with open(backbone + "/card.json", encoding="utf-8") as file:
        card = json.load(file)
    network = torch.jit.load(backbone + "/backbone.pt", map_location="cpu").eval()
    sides, batch, cores = (int(long_side), int(short_side)), int(batch), int(cores)
    ways = {(threads, workers, size) for size in (batch, 8)
            for threads, workers in ((cores, 0), (cores, 1), (cores, cores), (max(1, cores - 1), 1))}
    ways = [tuple(map(int, way))] if way else sorted(ways)
    run(paths[:batch], network, card, sides, batch, cores, 0, out)
    for threads, _, size in ways:
        warm_up(network, sides, size, threads)
    for threads, workers, size in ways:
        seconds, used = run(paths, network, card, sides, size, threads, workers, out)
        print(threads, workers, size, len(paths), f"{seconds:.3f} {used:.3f}", flush=True)


if __name__ == "__main__":
    main()
