"""Vision transformers as backbones: their patch tokens as feature maps.

Reads a state dict with the names of DINOv2's (patch_embed.proj, cls_token, register_tokens,
pos_embed, blocks.N.{norm1,attn.qkv,attn.proj,ls1.gamma,norm2,mlp.fc1,mlp.fc2,ls2.gamma}, norm),
which the DeiT and many of the timm models share; the geometry is told from the shapes of the
weights. Source of the arithmetic: Dosovitskiy et al., ICLR 2021, and Oquab et al., 2023 (registers:
Darcet et al., ICLR 2024).
"""

import re

from backbone_artifact import fail

BLOCK = re.compile(r"blocks\.(?:\d+\.)?(\d+)\.(.+)")  # DINOv2 may nest blocks in chunks
NEEDED = ("norm1.weight", "norm1.bias", "attn.qkv.weight", "attn.proj.weight", "attn.proj.bias",
          "norm2.weight", "norm2.bias", "mlp.fc1.weight", "mlp.fc1.bias", "mlp.fc2.weight",
          "mlp.fc2.bias")
HEAD = 64  # channels of a head in all published sizes; --heads says otherwise


def transformer(torch, state, heads):
    """The module of a state dict: a picture in, the maps of the last and second-last block out."""
    blocks = {}
    for key, value in state.items():
        if match := BLOCK.fullmatch(key):
            blocks.setdefault(int(match[1]), {})[match[2]] = value
    for key in ("patch_embed.proj.weight", "pos_embed", "cls_token", "norm.weight", "norm.bias"):
        if key not in state:
            fail(f"the weights lack {key}: these are not a vision transformer's by DINOv2's names")
    if sorted(blocks) != list(range(len(blocks))) or len(blocks) < 2:
        fail(f"the weights have blocks {sorted(blocks)}: needs two or more, counted from 0")
    for number, block in sorted(blocks.items()):
        lacking = [name for name in NEEDED if name not in block]
        if lacking:
            fail(f"block {number} lacks {lacking[0]} (a SwiGLU network is not supported)"
                 if lacking[0].startswith("mlp") else f"block {number} lacks {lacking[0]}")
    patches = tuple(state["patch_embed.proj.weight"].shape)
    if len(patches) != 4 or patches[1] != 3 or patches[2] != patches[3]:
        fail(f"patch_embed.proj.weight has the shape {patches}, must be (channels, 3, side, side)")
    dimension = patches[0]
    for number, block in sorted(blocks.items()):
        check_shapes(block, f"blocks.{number}.", dimension)
    for key in ("norm.weight", "norm.bias", "patch_embed.proj.bias"):
        check_shape(state, key, key, (dimension,))
    for key in ("cls_token", "pos_embed", "register_tokens"):
        check_shape(state, key, key, (1, None, dimension))
    heads = heads or dimension // HEAD
    if heads < 1 or dimension % heads:
        fail(f"{dimension} channels cannot be split into {heads} heads: give --heads")
    prefix = 1
    grid = int((state["pos_embed"].shape[1] - prefix) ** 0.5)
    if grid * grid + prefix != state["pos_embed"].shape[1]:
        fail(f"pos_embed has {state['pos_embed'].shape[1]} places: not one and a square grid")

    class Block(torch.nn.Module):
        def __init__(self, weights):
            super().__init__()
            self.heads: int = heads
            self.norm1 = norm(torch, weights["norm1.weight"], weights["norm1.bias"])
            self.qkv = linear(torch, weights["attn.qkv.weight"], weights.get("attn.qkv.bias"))
            self.proj = linear(torch, weights["attn.proj.weight"], weights["attn.proj.bias"])
            self.norm2 = norm(torch, weights["norm2.weight"], weights["norm2.bias"])
            self.fc1 = linear(torch, weights["mlp.fc1.weight"], weights["mlp.fc1.bias"])
            self.fc2 = linear(torch, weights["mlp.fc2.weight"], weights["mlp.fc2.bias"])
            one = torch.ones(dimension)
            self.scale1 = torch.nn.Parameter(weights.get("ls1.gamma", one).float())
            self.scale2 = torch.nn.Parameter(weights.get("ls2.gamma", one).float())

        def forward(self, x):
            n, t, c = x.shape
            qkv = self.qkv(self.norm1(x)).reshape(n, t, 3, self.heads, c // self.heads)
            q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
            weights = (q * (c // self.heads) ** -0.5 @ k.transpose(-2, -1)).softmax(-1)
            x = x + self.scale1 * self.proj((weights @ v).transpose(1, 2).reshape(n, t, c))
            hidden = torch.nn.functional.gelu(self.fc1(self.norm2(x)))
            return x + self.scale2 * self.fc2(hidden)

    class Tokens(torch.nn.Module):
        def __init__(self):
            super().__init__()
            weight = state["patch_embed.proj.weight"].float()
            self.patch: int = weight.shape[2]
            self.grid: int = grid
            self.patches = torch.nn.Conv2d(3, dimension, self.patch, self.patch)
            self.patches.weight = torch.nn.Parameter(weight)
            bias = state.get("patch_embed.proj.bias", torch.zeros(dimension))
            self.patches.bias = torch.nn.Parameter(bias.float())
            self.first = torch.nn.Parameter(
                (state["cls_token"] + state["pos_embed"][:, :1]).float())
            registers = state.get("register_tokens", torch.zeros(1, 0, dimension))
            self.registers = torch.nn.Parameter(registers.float())
            self.places = torch.nn.Parameter(state["pos_embed"][:, 1:].float())
            ordered = [Block(blocks[i]) for i in range(len(blocks))]
            self.front = torch.nn.ModuleList(ordered[:-1])
            self.back = ordered[-1]
            self.norm = norm(torch, state["norm.weight"], state["norm.bias"])

        def positions(self, height: int, width: int):
            if height == self.grid and width == self.grid:
                return self.places
            square = self.places.reshape(1, self.grid, self.grid, -1).permute(0, 3, 1, 2)
            scaled = torch.nn.functional.interpolate(
                square, size=[height, width], mode="bicubic", align_corners=False)
            return scaled.flatten(2).transpose(1, 2)

        def as_map(self, x, height: int, width: int):
            tokens = self.norm(x)[:, 1 + self.registers.shape[1]:]
            return tokens.transpose(1, 2).reshape(x.shape[0], -1, height, width).contiguous()

        def forward(self, x):
            cells = self.patches(x)
            height, width = cells.shape[2], cells.shape[3]
            tokens = cells.flatten(2).transpose(1, 2) + self.positions(height, width)
            n = tokens.shape[0]
            tokens = torch.cat(
                [self.first.expand(n, -1, -1), self.registers.expand(n, -1, -1), tokens], 1)
            for block in self.front:
                tokens = block(tokens)
            second = self.as_map(tokens, height, width)
            return self.as_map(self.back(tokens), height, width), second

    return torch.jit.script(Tokens().eval())


def check_shapes(block, prefix, d):
    """Refuses weights of another width than the patches have."""
    hidden = block["mlp.fc1.weight"].shape[0]
    wanted = {"attn.qkv.weight": (3 * d, d), "attn.qkv.bias": (3 * d,), "attn.proj.weight": (d, d),
              "mlp.fc1.weight": (hidden, d), "mlp.fc1.bias": (hidden,),
              "mlp.fc2.weight": (d, hidden)}
    others = ("norm1.weight", "norm1.bias", "attn.proj.bias", "ls1.gamma", "norm2.weight",
              "norm2.bias", "mlp.fc2.bias", "ls2.gamma")
    for name, shape in {**wanted, **{name: (d,) for name in others}}.items():
        check_shape(block, name, prefix + name, shape)


def check_shape(state, key, name, shape):
    found = tuple(state[key].shape) if key in state else shape
    if len(found) != len(shape) or any(w not in (None, f) for w, f in zip(shape, found)):
        fail(f"{name} has the shape {found}, must be "
             f"{tuple('any' if w is None else w for w in shape)}")


def linear(torch, weight, bias):
    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    layer.weight = torch.nn.Parameter(weight.float())
    if bias is not None:
        layer.bias = torch.nn.Parameter(bias.float())
    return layer


def norm(torch, weight, bias):
    layer = torch.nn.LayerNorm(weight.shape[0], eps=1e-6)
    layer.weight, layer.bias = torch.nn.Parameter(weight.float()), torch.nn.Parameter(bias.float())
    return layer
