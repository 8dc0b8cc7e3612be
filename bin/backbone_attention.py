"""Attention units of a residual network, from a state file.

CBAM (Woo et al., ECCV 2018), with its authors' names. A unit multiplies a map by a gate for each
channel, then by a gate for each cell:

  PLACE.ChannelGate.mlp.{1,3}.{weight,bias}          sigmoid(MLP(mean) + MLP(maximum)), two layers
  PLACE.SpatialGate.spatial.conv.weight              sigmoid(BN(7x7 convolution of the maximum
  PLACE.SpatialGate.spatial.bn.{weight,bias,           and the mean over the channels))
      running_mean,running_var}

PLACE is a stage or a block, such as layer3 or layer4.1: the unit follows it; or BLOCK.cbam: the
unit is inside the block, before its sum, as the authors train their networks. A place may have
either gate alone.

AGeM (Gu, Li, Xu, 2018): three units in the last stage, which must have three blocks. att1 sees what
enters the stage, and multiplies the first block's map; att2_1 and att2_2 see the second's and the
third's, multiply it, and the last product is added to its map:

  att1.conv{1,2,3,4}.{weight,bias}    3x3 of stride 2, 3x3, 1x1, 1x1; then a sigmoid
  att1.bn{1,2,3}.{weight,bias,running_mean,running_var}   and ReLU, after the first three
  att2_1.conv.{weight,bias}, att2_2.conv.{weight,bias}    1x1, then a sigmoid

Biases of convolutions may be missing. The authors give no code: how the units are joined to the
blocks is read from their text.
"""

import re

from backbone_artifact import fail

CBAM = re.compile(r"(.+)\.(ChannelGate|SpatialGate)\.(.+)")
AGEM = re.compile(r"(att1|att2_1|att2_2)\.(.+)")
PLACE = re.compile(r"layer([1-4])(?:\.(\d+))?(\.cbam)?")
COUNTER = "num_batches_tracked"
CHANNEL_GATE = {f"mlp.{i}.{what}" for i in (1, 3) for what in ("weight", "bias")}
NORM = ("weight", "bias", "running_mean", "running_var")
SPATIAL_GATE = {"spatial.conv.weight", *(f"spatial.bn.{what}" for what in NORM)}
AGEM_BLOCKS = 3


def is_attention(name):
    """Whether a weight of a whole network's state dict belongs to an attention unit."""
    return bool(CBAM.fullmatch(name) or AGEM.fullmatch(name))


def attach(torch, model, state, path):
    """Puts the units of a state dict (of the file path, for messages) into a residual network."""
    state = {k: v.float() for k, v in state.items() if not k.endswith(COUNTER)}
    strange = [name for name in state if not is_attention(name)]
    if strange:
        fail(f"{path}: {strange[0]} belongs to no attention unit that is known "
             "(ChannelGate and SpatialGate of CBAM, att1 and att2_1 and att2_2 of AGeM)")
    agem = {k: v for k, v in state.items() if AGEM.fullmatch(k)}
    cbam = {k: v for k, v in state.items() if k not in agem}
    places = {}
    for key in cbam:
        places.setdefault(CBAM.fullmatch(key)[1], set()).add(CBAM.fullmatch(key)[2])
    stages = {n: getattr(model, f"layer{n}") for n in range(1, 5)}
    channels = {n: stage[0].conv3.out_channels for n, stage in stages.items()}
    entering = stages[4][0].conv1.in_channels
    # From the inside to the outside: of a block, behind it, behind its stage.
    for place in sorted(places, key=lambda p: (not p.endswith(".cbam"), "." not in p, p)):
        attach_cbam(torch, stages, channels, place, places[place], Weights(cbam, path))
    if agem:
        attach_agem(torch, stages[4], entering, channels[4], Weights(agem, path))


class Weights:
    """Tensors by name, each of which must have the shape that its reader wants."""

    def __init__(self, state, path):
        self.state, self.path = state, path

    def take(self, name, *shape):
        """The tensor; None in the shape stands for any size."""
        if name not in self.state:
            fail(f"{self.path} lacks {name}")
        found = tuple(self.state[name].shape)
        if len(found) != len(shape) or any(w not in (None, f) for w, f in zip(shape, found)):
            wanted = "x".join("any" if w is None else str(w) for w in shape)
            fail(f"{self.path}: {name} has the shape {'x'.join(map(str, found)) or 'of a number'}, "
                 f"must be {wanted}")
        return self.state[name]

    def has(self, name):
        return name in self.state

    def refuse_others(self, prefix, known):
        for name in self.state:
            if name.startswith(prefix) and name[len(prefix):] not in known:
                fail(f"{self.path}: {name} is not a weight of this unit, "
                     f"which has {', '.join(sorted(known))}")


def conv(torch, weights, name, ins, outs, side, stride=1):
    weight = weights.take(name + ".weight", outs, ins, side, side)
    biased = weights.has(name + ".bias")
    layer = torch.nn.Conv2d(
        weight.shape[1], weight.shape[0], side, stride, side // 2, bias=biased)
    layer.weight = torch.nn.Parameter(weight)
    if biased:
        layer.bias = torch.nn.Parameter(weights.take(name + ".bias", weight.shape[0]))
    return layer


def norm(torch, weights, name, channels):
    layer = torch.nn.BatchNorm2d(channels)
    layer.weight, layer.bias = (
        torch.nn.Parameter(weights.take(f"{name}.{what}", channels)) for what in NORM[:2])
    layer.running_mean, layer.running_var = (
        weights.take(f"{name}.{what}", channels) for what in NORM[2:])
    if bool((layer.running_var < 0).any()):
        fail(f"{weights.path}: {name}.running_var has a negative value")
    return layer.eval()


# --- CBAM --------------------------------------------------------------------------------------


def attach_cbam(torch, stages, channels, place, gates, weights):
    match = PLACE.fullmatch(place)
    blocks = len(stages[int(match[1])]) if match else 0
    block = int(match[2]) if match and match[2] else blocks - 1
    if not 0 <= block < blocks or (match[3] and not match[2]):
        fail(f"{weights.path}: {place} is no place of this network for an attention unit: "
             "name a stage (layer4), a block (layer4.1) or the inside of a block (layer4.1.cbam)")
    stage = int(match[1])
    units = []
    if "ChannelGate" in gates:
        units.append(channel_gate(torch, weights, place + ".ChannelGate.", channels[stage]))
    if "SpatialGate" in gates:
        units.append(spatial_gate(torch, weights, place + ".SpatialGate."))
    unit, before = torch.nn.Sequential(*units), stages[stage][block]
    stages[stage][block] = (
        inside(torch, before, unit) if match[3] else torch.nn.Sequential(before, unit))


def channel_gate(torch, weights, prefix, channels):
    weights.refuse_others(prefix, CHANNEL_GATE)
    first = weights.take(prefix + "mlp.1.weight", None, channels)
    hidden = first.shape[0]
    values = {
        "mlp.0.weight": first,
        "mlp.0.bias": weights.take(prefix + "mlp.1.bias", hidden),
        "mlp.2.weight": weights.take(prefix + "mlp.3.weight", channels, hidden),
        "mlp.2.bias": weights.take(prefix + "mlp.3.bias", channels),
    }

    class ChannelGate(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.mlp = torch.nn.Sequential(torch.nn.Linear(channels, hidden), torch.nn.ReLU(),
                                           torch.nn.Linear(hidden, channels))

        def forward(self, x):
            gate = torch.sigmoid(self.mlp(x.mean((2, 3))) + self.mlp(x.amax((2, 3))))
            return x * gate.unsqueeze(2).unsqueeze(3)

    gate = ChannelGate()
    gate.load_state_dict(values)
    return gate


def spatial_gate(torch, weights, prefix):
    weights.refuse_others(prefix, SPATIAL_GATE)

    class SpatialGate(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.spatial = torch.nn.Sequential(
                conv(torch, weights, prefix + "spatial.conv", 2, 1, 7),
                norm(torch, weights, prefix + "spatial.bn", 1))

        def forward(self, x):
            both = torch.cat((x.amax(1, keepdim=True), x.mean(1, keepdim=True)), 1)
            return x * torch.sigmoid(self.spatial(both))

    return SpatialGate()


def inside(torch, block, unit):
    class Bottleneck(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.branch = torch.nn.Sequential(
                block.conv1, block.bn1, torch.nn.ReLU(), block.conv2, block.bn2, torch.nn.ReLU(),
                block.conv3, block.bn3, unit)
            self.shortcut = block.downsample or torch.nn.Identity()

        def forward(self, x):
            return torch.relu(self.branch(x) + self.shortcut(x))

    return Bottleneck()


# --- AGeM --------------------------------------------------------------------------------------


def attach_agem(torch, stage, entering, channels, weights):
    if len(stage) != AGEM_BLOCKS:
        fail(f"AGeM's units are for {AGEM_BLOCKS} blocks, the last stage has {len(stage)}")
    known = {f"conv{i}.{what}" for i in range(1, 5) for what in ("weight", "bias")}
    weights.refuse_others("att1.", known | {f"bn{i}.{what}" for i in range(1, 4) for what in NORM})
    layers, width = [], entering
    for i, side, stride in ((1, 3, 2), (2, 3, 1), (3, 1, 1)):
        layers.append(conv(torch, weights, f"att1.conv{i}", width, None, side, stride))
        width = layers[-1].out_channels
        layers += [norm(torch, weights, f"att1.bn{i}", width), torch.nn.ReLU()]
    layers.append(conv(torch, weights, "att1.conv4", width, channels, 1))
    others = []
    for name in ("att2_1", "att2_2"):
        weights.refuse_others(name + ".", {"conv.weight", "conv.bias"})
        others.append(conv(torch, weights, name + ".conv", channels, channels, 1))

    class First(torch.nn.Module):
        def __init__(self, block, attention):
            super().__init__()
            self.block, self.attention = block, attention

        def forward(self, x):
            return self.block(x) * torch.sigmoid(self.attention(x))

    class Second(First):
        def forward(self, x):
            y = self.block(x)
            return y * torch.sigmoid(self.attention(y))

    class Third(First):
        def forward(self, x):
            y = self.block(x)
            return y + y * torch.sigmoid(self.attention(y))

    stage[0] = First(stage[0], torch.nn.Sequential(*layers))
    stage[1] = Second(stage[1], others[0])
    stage[2] = Third(stage[2], others[1])
