"""Convolutional networks of torchvision as backbones: their taps, weights and batch norms."""

import os

import backbone_attention
from backbone_artifact import FOR_CPUS, fail, first_line, read_state

RESIDUAL = ("resnet50", "resnet101", "resnext101_32x8d")
FULLY_CONNECTED = ("alexnet", "vgg16")
TAPS = {
    "resnet50": ("layer4.2", "layer4.1"),
    "resnet101": ("layer4.2", "layer4.1"),
    "resnext101_32x8d": ("layer4.2", "layer4.1"),
    "vgg16": ("conv5_3", "conv5_2"),
    "mobilenet_v2": ("last-convolution", "last-block-expansion"),
}
# Families all of whose layers oneDNN can keep in its own layout.
PACKABLE = (*RESIDUAL, "alexnet", "vgg16")
CLASSIFIER = ("fc.", "classifier.")
# Pixels of the picture that the fully connected layers see, and cells of the last map in that.
WINDOW, CELLS = 224, 7


def network(torch, arguments):
    """The torchvision model with its attention units, the source and the licence for the card."""
    try:
        import torchvision
    except ImportError:
        fail("torchvision is missing; on Debian: apt-get install python3-torch python3-torchvision")
    create, weights = getattr(torchvision.models, arguments.arch), arguments.weights
    named = f"torchvision {arguments.arch}, "
    if weights == "torchvision":
        try:
            model = create(weights="IMAGENET1K_V1")
        except OSError as error:
            fail(f"torchvision could not download the {arguments.arch} weights "
                 f"({first_line(error)}); fetch them where there is a network and pass the file "
                 "with --weights FILE")
        named, licence = named + "IMAGENET1K_V1", "BSD-3-Clause (torchvision); trained on ImageNet"
    elif weights.startswith("random:"):
        torch.manual_seed(seed(weights))
        model, named, licence = create(weights=None), f"{named}{weights} weights", "none needed"
    else:
        model = create(weights=None)
        load(torch, model, arguments)
        named, licence = f"{named}weights of {os.path.basename(weights)}", "unstated"
    if arguments.attention:
        add_attention(torch, model, arguments)
        named += f", attention units of {os.path.basename(arguments.attention)}"
    return model.eval(), named, licence


def seed(weights):
    number = weights[len("random:"):]
    if not (number.isascii() and number.isdigit() and int(number) < 2 ** 63):
        fail(f"--weights {weights}: the seed must be a whole number below 2^63, as in random:7")
    return int(number)


def load(torch, model, arguments):
    """Takes the weights of the layers that are tapped; those of a classifier may be of any size."""
    path = arguments.weights
    given = read_state(torch, path)
    if arguments.attention and os.path.realpath(arguments.attention) == os.path.realpath(path):
        given = {k: v for k, v in given.items() if not backbone_attention.is_attention(k)}
    wanted = model.state_dict()
    kept = classifier_prefixes(torch, model, arguments.fully_connected)

    def counts(name):
        return name.startswith(kept) or not name.startswith(CLASSIFIER)

    missing = [k for k in wanted if counts(k) and k not in given
               and not k.endswith("num_batches_tracked")]
    unexpected = [k for k in given if counts(k) and k not in wanted]
    if missing or unexpected:
        fail(f"{path} does not fit the architecture: {len(missing)} weights missing "
             f"{missing[:3]}, {len(unexpected)} unknown {unexpected[:3]}")
    state = {k: v for k, v in given.items() if counts(k)}
    for name, value in state.items():
        if value.shape != wanted[name].shape:
            fail(f"{path} does not fit the architecture: {name} has the shape "
                 f"{tuple(value.shape)}, must be {tuple(wanted[name].shape)}")
    model.load_state_dict(state, strict=False)


def classifier_prefixes(torch, model, layer):
    """What the names of weights of the fully connected layers begin with, up to the tapped one."""
    return tuple(f"classifier.{i}." for i, _ in linears(torch, model, layer)) if layer else ("-",)


def linears(torch, model, layer):
    """The fully connected layers up to fc6 or fc7, with their places in the classifier."""
    found = [(i, m) for i, m in enumerate(model.classifier) if isinstance(m, torch.nn.Linear)]
    return found[:{"fc6": 1, "fc7": 2}[layer]]


def add_attention(torch, model, arguments):
    path = arguments.attention
    state = read_state(torch, path)
    if os.path.realpath(path) == os.path.realpath(arguments.weights):
        state = {k: v for k, v in state.items() if backbone_attention.is_attention(k)}
        if not state:
            fail(f"{path} has no attention units")
    backbone_attention.attach(torch, model, state, path)


# --- taps --------------------------------------------------------------------------------------


def tap_names(arguments):
    layer = arguments.fully_connected
    return (layer,) if layer else TAPS[arguments.arch]


def split(torch, model, architecture):
    """Cuts the model in two: picture to second-last tap, second-last tap to last tap."""
    chain = torch.nn.Sequential
    if architecture == "vgg16":
        return model.features[:28], model.features[28:30]
    if architecture == "mobilenet_v2":
        block = model.features[17].conv
        return (chain(*model.features[:17], block[0]), chain(*block[1:], model.features[18]))
    stem = (model.conv1, model.bn1, model.relu, model.maxpool, model.layer1, model.layer2,
            model.layer3)
    return chain(*stem, *model.layer4[:-1]), model.layer4[-1]


def parts(torch, model, arguments):
    """Chains from tap to tap, the first from the picture on."""
    if arguments.fully_connected:
        layers = as_convolutions(torch, model, arguments.fully_connected)
        return [torch.nn.Sequential(*model.features, *layers)]
    return split(torch, model, arguments.arch)


def as_convolutions(torch, model, layer):
    """Fully connected layers, each with its ReLU, as convolutions of a window of the last map.

    A picture of 224x224 becomes a map of one cell, which is what the layer says of it. Windows of
    larger pictures lie side by side: the map's stride is a whole number (224) as for others.
    """
    chain = []
    side, stride = model.avgpool.output_size[0], CELLS
    for _, linear in linears(torch, model, layer):
        outs, ins = linear.weight.shape
        convolution = torch.nn.Conv2d(ins // side ** 2, outs, side, stride)
        convolution.weight = torch.nn.Parameter(linear.weight.reshape(outs, -1, side, side))
        convolution.bias = linear.bias
        chain += [convolution, torch.nn.ReLU()]
        side, stride = 1, 1
    return chain


def fold_batch_norms(torch, module):
    """Folds every BatchNorm2d into the Conv2d before it, in float32, before any rounding."""
    children = list(module.named_children())
    for (name, first), (next_name, second) in zip(children, children[1:]):
        if isinstance(first, torch.nn.Conv2d) and isinstance(second, torch.nn.BatchNorm2d):
            fused = torch.nn.utils.fusion.fuse_conv_bn_eval(first, second)
            setattr(module, name, fused)
            setattr(module, next_name, torch.nn.Identity())
    for _, child in module.named_children():
        fold_batch_norms(torch, child)


def is_packed(arguments):
    return (arguments.precision == FOR_CPUS and arguments.arch in PACKABLE
            and not arguments.attention)


def taps_module(torch, chains, precision="float32", pack=False):
    """The chains as one module whose outputs are the taps, the last layer first."""

    class Taps(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.chains = torch.nn.ModuleList(chains)

        def forward(self, x):
            taps = []
            for chain in self.chains:
                x = chain(x)
                taps.insert(0, x)
            return tuple(taps)

    class TapsInBfloat16(Taps):
        """bf16 pays only together with channels_last; callers see float32 NCHW on both ends."""

        def forward(self, x):
            x = x.to(torch.bfloat16).contiguous(memory_format=torch.channels_last)
            return tuple(tap.float().contiguous() for tap in super().forward(x))

    if pack:
        return packed(torch, Taps().eval())
    if precision != "bf16":
        return Taps().eval()
    return TapsInBfloat16().to(torch.bfloat16).to(memory_format=torch.channels_last).eval()


def packed(torch, taps):
    """The same with weights in oneDNN's own layout, in which maps stay from layer to layer; callers
    see NCHW on both ends. Weights are packed when the file is loaded."""
    from torch.utils import mkldnn

    class PackedTaps(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.taps = mkldnn.to_mkldnn(taps)

        def forward(self, x):
            return tuple(tap.to_dense() for tap in self.taps(x.to_mkldnn()))

    return PackedTaps().eval()


def traced(torch, model, arguments):
    """The taps as TorchScript, and what the network gave of a picture before anything was changed.

    The picture has another size and the batch another number than the traced one: nothing of these
    may be baked in.
    """
    torch.manual_seed(1)
    whole = bool(arguments.fully_connected)
    probe = torch.randn(2, 3, WINDOW, WINDOW) if whole else torch.randn(2, 3, 160, 224)
    expected = fully_connected(torch, model, arguments.fully_connected, probe) if whole \
        else taps_module(torch, parts(torch, model, arguments))(probe)
    fold_batch_norms(torch, model)
    module = taps_module(
        torch, parts(torch, model, arguments), arguments.precision, is_packed(arguments))
    side = WINDOW if whole else 64
    return torch.jit.trace(module, torch.zeros(1, 3, side, side)), probe, expected


def fully_connected(torch, model, layer, picture):
    """The layer as the network computes it: map of one window, vector, ReLU."""
    x = model.avgpool(model.features(picture)).flatten(1)
    for _, linear in linears(torch, model, layer):
        x = torch.relu(linear(x))
    return (x.unsqueeze(2).unsqueeze(3),)
