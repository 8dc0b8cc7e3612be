"""Tests bin/export-backbone on small seeded networks of every family; BackboneExporterTest runs it.

For each family it writes DIR/<family>/{backbone.pt, card.json} by the script, and beside them
  picture.bin      the pixels of a picture, height x width x 3 bytes; the folder's name ends in -WxH
  tap-0.bin, ...   what the network itself gives of it, by hooks and formulas of its own here,
                   float32: the Java test compares it with what the exported file gives in DJL
Then it checks what only Python sees (gradients, constants, messages) and exits with 1 on a failure.

Usage: python3 export_backbones.py DIR
"""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import sys

sys.dont_write_bytecode = True
BIN = os.path.join(os.path.dirname(os.path.realpath(__file__)), *[".."] * 4, "bin")
sys.path.insert(0, BIN)
import torch
import torch.nn.functional as F
import torchvision

torch.set_num_threads(1)
SEED = 2026
FOR_CPUS = "float32-cpu"
OUT = sys.argv[1]
LOADER = importlib.machinery.SourceFileLoader("exporter", os.path.join(BIN, "export-backbone"))
exporter = importlib.util.module_from_spec(importlib.util.spec_from_loader("exporter", LOADER))
LOADER.exec_module(exporter)


# --- small networks under the names of large ones ----------------------------------------------


def small_resnet(weights=None):
    block = torchvision.models.resnet.Bottleneck
    return torchvision.models.ResNet(block, [1, 1, 1, 3], width_per_group=2, num_classes=2)


def small_vgg(weights=None):
    layers, ins = [], 3
    for pooled, convolutions in enumerate((2, 2, 3, 3, 3)):
        for _ in range(convolutions):
            layers += [torch.nn.Conv2d(ins, 4 + pooled, 3, padding=1), torch.nn.ReLU(inplace=True)]
            ins = 4 + pooled
        layers.append(torch.nn.MaxPool2d(2, 2))
    return classified(torch.nn.Sequential(*layers), ins, 7)


def small_alexnet(weights=None):
    relu = torch.nn.ReLU
    features = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 11, stride=4, padding=2), relu(), torch.nn.MaxPool2d(3, 2),
        torch.nn.Conv2d(4, 6, 5, padding=2), relu(), torch.nn.MaxPool2d(3, 2),
        torch.nn.Conv2d(6, 5, 3, padding=1), relu(), torch.nn.MaxPool2d(3, 2))
    return classified(features, 5, 6)


def classified(features, channels, side):
    """With the classifier that both families have, dropout before and between."""
    linear, dropout = torch.nn.Linear, torch.nn.Dropout
    model = torch.nn.Module()
    model.features, model.avgpool = features, torch.nn.AdaptiveAvgPool2d((side, side))
    model.classifier = torch.nn.Sequential(
        dropout(), linear(channels * side ** 2, 9), torch.nn.ReLU(inplace=True), dropout(),
        linear(9, 8), torch.nn.ReLU(inplace=True), linear(8, 2))
    return model


def small_mobilenet(weights=None, create=torchvision.models.mobilenet_v2):
    return create(weights=None, width_mult=0.1, num_classes=2)


torchvision.models.resnet50 = small_resnet
torchvision.models.vgg16 = small_vgg
torchvision.models.alexnet = small_alexnet
torchvision.models.mobilenet_v2 = small_mobilenet


def seeded(model):
    """Weights and statistics of batch norms that are nowhere 0 or 1; in eval mode."""
    torch.manual_seed(SEED)
    for name, value in model.state_dict().items():
        if value.dtype == torch.float32:
            torch.nn.init.normal_(value, std=(2 / max(1, value[0].numel())) ** 0.5)
            if value.dim() == 1:
                value.mul_(0.1).add_(1 if name.endswith(("weight", "var")) else 0)
    return model.eval()


def saved(state, name):
    path = os.path.join(OUT, name)
    torch.save(state, path)
    return path


# --- running the script ------------------------------------------------------------------------


def run(*arguments):
    """The script's output, or the message that it ends with."""
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["export-backbone", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            exporter.main()
        except SystemExit as end:
            return err.getvalue().strip().splitlines()[-1] if end.code == 2 else str(end.code)
    return out.getvalue()


def export(name, size, *arguments):
    folder = os.path.join(OUT, f"{name}-{size[0]}x{size[1]}")
    said = run(*arguments, "--out", folder)
    assert "wrote " in said, f"{name}: {said}"
    return folder


def picture(folder, size):
    """Writes a picture beside a backbone; returns it as the network takes it, by its card."""
    torch.manual_seed(SEED)
    pixels = torch.randint(0, 256, (size[1], size[0], 3), dtype=torch.uint8)
    with open(os.path.join(folder, "picture.bin"), "wb") as file:
        file.write(bytes(pixels.flatten().tolist()))
    with open(os.path.join(folder, "card.json"), encoding="utf-8") as file:
        card = json.load(file)
    scale, shift = torch.tensor(card["scale"]), torch.tensor(card["shift"])
    return (pixels.float() * scale + shift).permute(2, 0, 1).unsqueeze(0)


def expect(folder, size, taps_of):
    """Writes what the network gives of the picture."""
    taps = taps_of(picture(folder, size))
    for i, tap in enumerate(taps):
        assert float(tap.std()) > 0, f"{folder}: a constant map shows nothing"
        with open(os.path.join(folder, f"tap-{i}.bin"), "wb") as file:
            file.write(tap.contiguous().flatten().numpy().tobytes())


def hooked(model, *layers):
    """What some layers of a model give, in this order."""
    def taps_of(x):
        seen = {}
        hooks = [layer.register_forward_hook(lambda m, i, o: seen.__setitem__(m, o.clone()))
                 for layer in layers]
        model(x)
        for hook in hooks:
            hook.remove()
        return [seen[layer] for layer in layers]
    return taps_of


# --- attention, by the formulas ----------------------------------------------------------------


def cbam_state(places, channels, hidden=3):
    torch.manual_seed(SEED + 1)
    state = {}
    for place, gates in places.items():
        c = channels[place[:6]]
        if "c" in gates:
            state.update({
                f"{place}.ChannelGate.mlp.1.weight": torch.randn(hidden, c) / c ** 0.5,
                f"{place}.ChannelGate.mlp.1.bias": torch.randn(hidden),
                f"{place}.ChannelGate.mlp.3.weight": torch.randn(c, hidden),
                f"{place}.ChannelGate.mlp.3.bias": torch.randn(c)})
        if "s" in gates:
            spatial = f"{place}.SpatialGate.spatial."
            state.update({
                spatial + "conv.weight": torch.randn(1, 2, 7, 7) / 7,
                spatial + "bn.weight": torch.tensor([1.3]), spatial + "bn.bias": torch.tensor([.2]),
                spatial + "bn.running_mean": torch.tensor([0.1]),
                spatial + "bn.running_var": torch.tensor([0.7]),
                spatial + "bn.num_batches_tracked": torch.tensor(5)})
    return state


def cbam(x, state, place, gates):
    if "c" in gates:
        def mlp(v):
            w = {k: state[f"{place}.ChannelGate.mlp.{k}"]
                 for k in ("1.weight", "1.bias", "3.weight", "3.bias")}
            return (v @ w["1.weight"].T + w["1.bias"]).clamp(min=0) @ w["3.weight"].T + w["3.bias"]
        n, c = x.shape[:2]
        gate = mlp(F.avg_pool2d(x, x.shape[2:]).view(n, c))
        gate = gate + mlp(F.max_pool2d(x, x.shape[2:]).view(n, c))
        x = torch.einsum("nchw,nc->nchw", x, 1 / (1 + (-gate).exp()))
    if "s" in gates:
        w = {k: state[f"{place}.SpatialGate.spatial.{k}"] for k in
             ("conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var")}
        both = torch.stack((x.max(1).values, x.mean(1)), 1)
        y = F.conv2d(both, w["conv.weight"], padding=3)
        y = (y - w["bn.running_mean"]) / (w["bn.running_var"] + 1e-5).sqrt()
        x = x / (1 + (-(y * w["bn.weight"] + w["bn.bias"])).exp())
    return x


def agem_state(entering, channels, width=4):
    torch.manual_seed(SEED + 2)
    state, ins = {}, entering
    for i, (outs, side) in enumerate(((width, 3), (5, 3), (5, 1), (channels, 1)), 1):
        state[f"att1.conv{i}.weight"] = torch.randn(outs, ins, side, side) / (ins * side) ** 0.5
        if i == 4:
            state["att1.conv4.bias"] = torch.randn(outs)
        else:
            state.update({f"att1.bn{i}.weight": 1 + torch.rand(outs),
                          f"att1.bn{i}.bias": torch.randn(outs),
                          f"att1.bn{i}.running_mean": torch.randn(outs) / 9,
                          f"att1.bn{i}.running_var": 0.5 + torch.rand(outs)})
        ins = outs
    for name in ("att2_1", "att2_2"):
        state[name + ".conv.weight"] = torch.randn(channels, channels, 1, 1) / channels ** 0.5
        state[name + ".conv.bias"] = torch.randn(channels)
    return state


def agem_first(x, s):
    for i, (stride, padding) in enumerate(((2, 1), (1, 1), (1, 0)), 1):
        x = F.conv2d(x, s[f"att1.conv{i}.weight"], stride=stride, padding=padding)
        x = F.batch_norm(x, *(s[f"att1.bn{i}.{k}"] for k in
                              ("running_mean", "running_var", "weight", "bias"))).relu()
    return F.conv2d(x, s["att1.conv4.weight"], s["att1.conv4.bias"]).sigmoid()


def agem_gate(x, s, name):
    return F.conv2d(x, s[name + ".conv.weight"], s[name + ".conv.bias"]).sigmoid()


# --- a transformer, by PyTorch's own attention -------------------------------------------------


def vit_state(d=32, hidden=48, blocks=3, patch=16, grid=3, registers=2):
    torch.manual_seed(SEED + 3)
    shapes = {"patch_embed.proj.weight": (d, 3, patch, patch), "patch_embed.proj.bias": (d,),
              "cls_token": (1, 1, d), "register_tokens": (1, registers, d),
              "pos_embed": (1, 1 + grid ** 2, d), "norm.weight": (d,), "norm.bias": (d,)}
    for b in range(blocks):
        for name, shape in {
                "norm1.weight": (d,), "norm1.bias": (d,), "attn.qkv.weight": (3 * d, d),
                "attn.qkv.bias": (3 * d,), "attn.proj.weight": (d, d), "attn.proj.bias": (d,),
                "ls1.gamma": (d,), "norm2.weight": (d,), "norm2.bias": (d,),
                "mlp.fc1.weight": (hidden, d), "mlp.fc1.bias": (hidden,),
                "mlp.fc2.weight": (d, hidden), "mlp.fc2.bias": (d,), "ls2.gamma": (d,)}.items():
            shapes[f"blocks.{b}.{name}"] = shape
    return {name: torch.randn(shape) / (shape[-1] ** 0.5 if len(shape) > 1 else 2)
            for name, shape in shapes.items()}


def vit_taps(s, heads):
    def taps_of(x):
        d, patch = s["norm.weight"].shape[0], s["patch_embed.proj.weight"].shape[2]
        cells = F.conv2d(x, s["patch_embed.proj.weight"], s["patch_embed.proj.bias"], stride=patch)
        h, w = cells.shape[2:]
        side = int((s["pos_embed"].shape[1] - 1) ** 0.5)
        places = F.interpolate(s["pos_embed"][:, 1:].permute(0, 2, 1).view(1, d, side, side),
                               size=(h, w), mode="bicubic", align_corners=False)
        t = torch.cat((s["cls_token"] + s["pos_embed"][:, :1], s["register_tokens"],
                       (cells + places).view(1, d, h * w).permute(0, 2, 1)), 1)
        taps = []
        for b in range(3):
            p = {k[len(f"blocks.{b}."):]: v for k, v in s.items() if k.startswith(f"blocks.{b}.")}
            y = F.layer_norm(t, (d,), p["norm1.weight"], p["norm1.bias"], 1e-6)
            attention = torch.nn.MultiheadAttention(d, heads, batch_first=True)
            attention.load_state_dict({
                "in_proj_weight": p["attn.qkv.weight"], "in_proj_bias": p["attn.qkv.bias"],
                "out_proj.weight": p["attn.proj.weight"], "out_proj.bias": p["attn.proj.bias"]})
            t = t + p["ls1.gamma"] * attention(y, y, y, need_weights=False)[0]
            y = F.layer_norm(t, (d,), p["norm2.weight"], p["norm2.bias"], 1e-6)
            y = F.gelu(F.linear(y, p["mlp.fc1.weight"], p["mlp.fc1.bias"]))
            t = t + p["ls2.gamma"] * F.linear(y, p["mlp.fc2.weight"], p["mlp.fc2.bias"])
            z = F.layer_norm(t, (d,), s["norm.weight"], s["norm.bias"], 1e-6)
            taps.append(z[:, 3:].permute(0, 2, 1).reshape(1, d, h, w))
        return taps[:0:-1]
    return taps_of


# --- the families ------------------------------------------------------------------------------

SIZE, WINDOW = (96, 64), (224, 224)


def families():
    model = seeded(small_resnet())
    weights = saved(
        {"state_dict": {"module." + k: v for k, v in model.state_dict().items()}}, "r.pth")
    network = ("--arch", "resnet50", "--weights", weights)
    for variant in ((), ("--trainable",), ("--precision", "bf16"), ("--precision", FOR_CPUS)):
        folder = export("resnet" + "".join(variant), SIZE, *network, *variant)
        expect(folder, SIZE, hooked(model, model.layer4[2], model.layer4[1]))
    for whole in ("resnet", "resnet--trainable"):  # with constants, with parameters
        folder = export(whole + "-rounded-bf16", SIZE, *torchscript(whole))
        expect(folder, SIZE, hooked(model, model.layer4[2], model.layer4[1]))
    attention_families(model, weights)

    model = seeded(small_mobilenet())
    weights = saved(model.state_dict(), "m.pth")
    for variant in ((), ("--precision", FOR_CPUS)):
        folder = export("mobilenet" + "".join(variant), SIZE, "--arch", "mobilenet_v2",
                        "--weights", weights, *variant)
        expect(folder, SIZE, hooked(model, model.features[18], model.features[17].conv[0]))
    folder = export("mobilenet-converted-float32-cpu", SIZE, *torchscript("mobilenet", FOR_CPUS))
    expect(folder, SIZE, hooked(model, model.features[18], model.features[17].conv[0]))

    for name, arch, create in (("vgg", "vgg16", small_vgg), ("alexnet", "alexnet", small_alexnet)):
        model = seeded(create())
        weights = saved(model.state_dict(), name + ".pth")
        for layer, position in (("fc6", 3), ("fc7", 6)):
            folder = export(f"{name}-{layer}", WINDOW, "--arch", arch, "--weights", weights,
                            "--fully-connected", layer)
            expect(folder, WINDOW, lambda x: [model.classifier[:position](
                model.features(x).flatten(1))])
        folder = export(name + "-fc7-packed", WINDOW, "--arch", arch, "--weights", weights,
                        "--fully-connected", "fc7", "--precision", FOR_CPUS)
        expect(folder, WINDOW, lambda x: [model.classifier[:6](model.features(x).flatten(1))])
        if name == "vgg":
            folder = export(name, SIZE, "--arch", arch, "--weights", weights)
            expect(folder, SIZE, lambda x: [model.features[:30](x), model.features[:28](x)])
            folder = export(name + "-packed", SIZE, "--arch", arch, "--weights", weights,
                            "--precision", FOR_CPUS)
            expect(folder, SIZE, lambda x: [model.features[:30](x), model.features[:28](x)])

    state = vit_state()
    weights = saved({"teacher": state}, "v.pth")
    for variant in ((), ("--trainable",)):
        folder = export("vit" + "".join(variant), SIZE, "--arch", "vit", "--weights", weights,
                        "--heads", "4", *variant)
        expect(folder, SIZE, vit_taps(state, 4))


def torchscript(name, precision="bf16"):
    return ("--torchscript", os.path.join(OUT, f"{name}-96x64", "backbone.pt"),
            "--taps", "last,second-last", "--precision", precision)


def attention_families(model, weights):
    places = {"layer3": "cs", "layer4.1": "c", "layer4.2.cbam": "cs", "layer4.2": "s"}
    state = cbam_state(places, {"layer3": 1024, "layer4": 2048})
    # The network's and the units' weights in one file, as their authors keep them.
    both = saved({**model.state_dict(), **state}, "cbam.pth")
    hooks = [layer.register_forward_hook(lambda m, i, o, place=place: cbam(
                 o, state, place, places[place]))
             for place, layer in (("layer3", model.layer3), ("layer4.1", model.layer4[1]),
                                  ("layer4.2.cbam", model.layer4[2].bn3),
                                  ("layer4.2", model.layer4[2]))]
    for variant in ((), ("--trainable",), ("--precision", FOR_CPUS)):
        folder = export("cbam" + "".join(variant), SIZE, "--arch", "resnet50", "--weights", both,
                        "--attention", both, *variant)
        expect(folder, SIZE, hooked(model, model.layer4[2], model.layer4[1]))
    for hook in hooks:
        hook.remove()

    state = agem_state(1024, 2048)
    units = saved(state, "agem.pth")
    blocks = model.layer4
    hooks = [
        blocks[0].register_forward_hook(lambda m, i, o: o * agem_first(i[0], state)),
        blocks[1].register_forward_hook(lambda m, i, o: o * agem_gate(o, state, "att2_1")),
        blocks[2].register_forward_hook(lambda m, i, o: o + o * agem_gate(o, state, "att2_2"))]
    folder = export("agem", SIZE, "--arch", "resnet50", "--weights", weights, "--attention", units)
    expect(folder, SIZE, hooked(model, model.layer4[2], model.layer4[1]))
    for hook in hooks:
        hook.remove()


# --- what only Python sees ---------------------------------------------------------------------


def loaded(name):
    return torch.jit.load(os.path.join(OUT, f"{name}-96x64", "backbone.pt"))


def variants():
    torch.manual_seed(SEED)
    x = torch.randn(1, 3, 64, 96)
    for family in ("resnet", "cbam", "vit"):
        frozen, trainable = loaded(family), loaded(family + "--trainable")
        assert not list(frozen.parameters()), f"{family}: a frozen network has parameters"
        assert "batch_norm" not in str(trainable.inlined_graph), f"{family}: not folded"
        with torch.enable_grad():
            taps = trainable(x)
            sum((tap * torch.linspace(0.5, 1, tap.shape[1]).view(1, -1, 1, 1)).sum()
                for tap in taps).backward()
        for tap, same in zip(taps, frozen(x)):
            assert float((tap - same).abs().max()) <= 1e-5 * float(same.abs().max()), family
        gradients = [p.grad for p in trainable.parameters()]
        assert len(gradients) > 10 and all(
            g is not None and bool(torch.isfinite(g).all()) for g in gradients), family
        moved = sum(float(g.abs().max()) > 0 for g in gradients)
        assert moved > 0.9 * len(gradients), f"{family}: {moved} of {len(gradients)} gradients"


def card_tells_variant():
    for name, word in (("resnet--trainable", ", trainable"), ("cbam", "units of cbam.pth")):
        with open(os.path.join(OUT, name + "-96x64", "card.json"), encoding="utf-8") as file:
            assert word in json.load(file)["source"], name


def rounded_files_hold_half_the_bytes():
    for name in ("resnet--precisionbf16", "resnet-rounded-bf16", "resnet--trainable-rounded-bf16"):
        sizes = [os.path.getsize(os.path.join(OUT, f"{each}-96x64", "backbone.pt"))
                 for each in (name, "resnet")]
        assert sizes[0] < 0.75 * sizes[1], f"{name}: {sizes}"


def same_bytes():
    """In two processes of one state: PyTorch counts classes of a name, and writes the number."""
    files = []
    for name in ("first", "second"):
        child = os.fork()
        if child == 0:
            export(name, SIZE, "--arch", "resnet50", "--weights", os.path.join(OUT, "r.pth"))
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0, "the export failed"
        with open(os.path.join(OUT, name + "-96x64", "backbone.pt"), "rb") as file:
            files.append(file.read())
    assert files[0] == files[1], "the same weights gave other bytes"


def bad_input():
    resnet = ("--arch", "resnet50", "--weights", os.path.join(OUT, "r.pth"))
    weights = torch.load(os.path.join(OUT, "r.pth"))["state_dict"]
    units = cbam_state({"layer4": "cs"}, {"layer4": 2048})
    agem = agem_state(1024, 2048)

    def without(state, name):
        return {k: v for k, v in state.items() if k != name}

    def bad(state):
        return saved(state, f"bad-{len(os.listdir(OUT))}.pth")

    def attention(state):
        return (*resnet, "--attention", bad(state))

    def network(state, *more):
        return ("--arch", "resnet50", "--weights", bad(state), *more)

    def vit(state):
        return ("--arch", "vit", "--weights", bad(state), "--heads", "4")

    text = os.path.join(OUT, "text.pth")
    with open(text, "w", encoding="utf-8") as file:
        file.write("no weights\n")
    mlp, conv = "layer4.ChannelGate.mlp.3.weight", "layer4.SpatialGate.spatial.conv.weight"
    wide = "layer4.SpatialGate.spatial.bn.running_var"
    first = "module.conv1.weight"
    vgg = torch.load(os.path.join(OUT, "vgg.pth"))
    for arguments, wanted in (
            (network({"a": torch.ones(2)}), "does not fit the architecture"),
            (network([torch.ones(2)]), "is no state dict"),
            (network({**weights, first: torch.ones(64, 3, 5, 5)}), "conv1.weight has the shape"),
            (network({**weights, first: weights[first] / 0}), "conv1.weight has values that"),
            (("--arch", "resnet50", "--weights", text), "is not a state dict that torch"),
            (("--arch", "resnet50", "--weights", OUT + "/none.pth"), "there is no file"),
            (("--arch", "resnet50", "--weights", "random:x"), "must be a whole number"),
            (attention(without(units, mlp)), "lacks " + mlp),
            (attention({**units, mlp: torch.ones(2048, 5)}), mlp + " has the shape 2048x5, must"),
            (attention({**units, conv: torch.ones(1, 2, 3, 3)}), "1x2x3x3, must be 1x2x7x7"),
            (attention({**units, wide: torch.tensor([-1.0])}), "has a negative value"),
            (attention({**units, "layer4.ChannelGate.mlp.5.bias": torch.ones(3)}),
             "mlp.5.bias is not a weight of this unit"),
            (attention({"fc.weight": torch.ones(2)}), "belongs to no attention unit"),
            (attention({k.replace("layer4", "layer4.7"): v for k, v in units.items()}),
             "layer4.7 is no place"),
            (attention({k.replace("layer4", "layer4.cbam"): v for k, v in units.items()}),
             "layer4.cbam is no place"),
            (attention(without(agem, "att2_1.conv.weight")), "lacks att2_1.conv.weight"),
            (attention(agem_state(1024, 2047)), "att1.conv4.weight has the shape 2047x5x1x1, must"),
            ((*resnet, "--attention", os.path.join(OUT, "r.pth")), "has no attention units"),
            (("--arch", "vgg16", "--fully-connected", "fc6", "--weights",
              bad(without(vgg, "classifier.1.weight"))), "classifier.1.weight"),
            (vit(without(vit_state(), "blocks.1.attn.qkv.weight")), "block 1 lacks attn.qkv"),
            (vit({**vit_state(), "blocks.1.mlp.fc2.weight": torch.ones(31, 48)}),
             "blocks.1.mlp.fc2.weight has the shape (31, 48), must be (32, 48)"),
            (("--arch", "vit"), "--arch vit needs --weights FILE"),
            (("--arch", "alexnet"), "--arch alexnet needs --fully-connected"),
            (("--arch", "resnet50", "--fully-connected", "fc6"), "--fully-connected is for"),
            (("--arch", "vgg16", "--attention", "x"), "--attention is for"),
            ((*resnet, "--trainable", "--precision", "bf16"), "--trainable is for float32"),
            ((*resnet, "--trainable", "--precision", FOR_CPUS), "float32-cpu take no gradients"),
            (torchscript("vgg", FOR_CPUS), "has no convolutions of one pixel and stride 1"),
            (torchscript("mobilenet--precisionfloat32-cpu", FOR_CPUS), "would change nothing"),
            ((*vit(vit_state()), "--precision", FOR_CPUS), "exported in float32 only"),
            (("--torchscript", text, "--taps", "a", "--trainable"), "--trainable cannot be had"),
            (("--torchscript", text, "--taps", "a"), "is not a TorchScript file"),
            (("--torchscript", text, "--taps", "a", "--precision", "bf16"), "is not a TorchScript"),
            ((*torchscript("mobilenet")[:3], "a", "--precision", "bf16"), "has 2 outputs, --taps"),
            ((*resnet, "--taps", "a,b"), "--taps is for --torchscript")):
        said = run(*arguments, "--out", os.path.join(OUT, "bad"))
        assert wanted in said, f"{arguments} said '{said}', wanted '{wanted}'"
        assert "\n" not in said.strip(), f"{arguments} said more than a sentence: {said}"


with torch.no_grad():
    families()
for check in (variants, card_tells_variant, rounded_files_hold_half_the_bytes, same_bytes, bad_input):
    check()
print("all families exported and checked")
