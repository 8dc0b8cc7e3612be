"""What the backbone scripts share: state dicts, TorchScript files with stable bytes, cards."""

import hashlib
import json
import os
import struct
import sys
import zipfile

SCHEMA_VERSION = 1
# The precision of networks that compute in float32 and are made for CPUs.
FOR_CPUS = "float32-cpu"
# libtorch maps tensor data at multiples of this, as torch.jit.save writes it.
ALIGNMENT = 64


def fail(message):
    """One line for the user instead of a stack trace."""
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def import_torch():
    try:
        import torch
    except ImportError:
        fail("PyTorch is missing; on Debian: apt-get install python3-torch python3-torchvision")
    torch.set_grad_enabled(False)
    return torch


def read_state(torch, path):
    """The tensors of a state dict by name; what torch.save wrote around them is taken off."""
    if not os.path.isfile(path):
        fail(f"there is no file {path}")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        fail(f"{path} is not a state dict that torch.save wrote: {first_line(error)}")
    for around in ("state_dict", "model", "teacher"):
        if isinstance(state, dict) and isinstance(state.get(around), dict):
            state = state[around]
    tensors = {k: v for k, v in state.items() if isinstance(v, torch.Tensor)} \
        if isinstance(state, dict) else {}
    if not tensors:
        fail(f"{path} is no state dict: it has no tensors with names")
    for name, value in tensors.items():
        if not bool(torch.isfinite(value).all()):
            fail(f"{path}: {name} has values that are not finite")
    return {k[len("module."):] if k.startswith("module.") else k: v for k, v in tensors.items()}


def first_line(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def last_line(error):
    """What went wrong: TorchScript puts its own trace before it."""
    return (str(error).strip() or type(error).__name__).splitlines()[-1]


def frozen(torch, scripted):
    """A scripted module with its weights as constants: nothing can change them."""
    return torch.jit.freeze(scripted.eval(), optimize_numerics=False)


def trainable(torch, scripted):
    """A scripted module whose weights are parameters that take gradients."""
    for parameter in scripted.parameters():
        parameter.requires_grad_(True)
    return scripted


def save_torchscript(module, path):
    """Writes a scripted module so that the same weights give the same bytes.

    torch.jit.save adds debug records that hold the paths of the exporting machine, and names the
    archive's folder after the file; neither is needed to run it.
    """
    raw = path + ".raw"
    module.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            name = "backbone/" + info.filename.split("/", 1)[1]
            if name.endswith((".debug_pkl", "serialization_id")):
                continue
            stored = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            header = target.fp.tell() + 30 + len(name.encode())
            pad = -(header + 4) % ALIGNMENT
            stored.extra = struct.pack("<HH", 0x4246, pad) + bytes(pad)
            target.writestr(stored, source.read(info))
    os.remove(raw)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def shortest_float32(value):
    """The shortest decimal that is the same float32: what a reader in single precision prints."""
    single = struct.unpack("<f", struct.pack("<f", value))[0]
    for digits in range(1, 10):
        text = f"{single:.{digits}g}"
        if struct.pack("<f", float(text)) == struct.pack("<f", single):
            return float(text)
    return single


def write_card(folder, name, taps, scale, shift, precision, licence, source):
    """Writes card.json beside backbone.pt; taps are (name, channels, stride), last layer first."""
    card = {
        "schema-version": SCHEMA_VERSION,
        "name": name,
        "taps": [{"name": n, "channels": c, "stride": s} for n, c, s in taps],
        "scale": [shortest_float32(x) for x in scale],
        "shift": [shortest_float32(x) for x in shift],
        "precision": precision,
        "licence": licence,
        "source": source,
        "sha256": sha256(os.path.join(folder, "backbone.pt")),
    }
    with open(os.path.join(folder, "card.json"), "w", encoding="utf-8") as file:
        json.dump(card, file, indent=2)
        file.write("\n")
