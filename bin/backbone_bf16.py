"""Any TorchScript network as one that computes in bf16; its maps stay float32."""

import io

from backbone_artifact import frozen


def in_bfloat16(torch, module, taps):
    """Weights in bf16 and channels_last, batch norms folded into convolutions before; taps: how
    many outputs. Nothing is traced, so no shape of a picture is kept."""
    rounded = torch.jit.freeze(module.eval(), optimize_numerics=True)
    round_constants(torch, rounded.graph)
    # Only what was loaded can be a part of another module.
    file = io.BytesIO()
    torch.jit.save(rounded, file)
    network = torch.jit.load(io.BytesIO(file.getvalue()))

    class Around(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

    around = torch.jit.script(Around().eval())
    maps = [f"map{i}" for i in range(taps)]
    around.define(f"""
def forward(self, x):
    {", ".join(maps)} = self.network(x.to(torch.bfloat16).contiguous(memory_format=torch.channels_last))
    return {", ".join(f"{each}.float().contiguous()" for each in maps)}
""")
    return frozen(torch, around)


def round_constants(torch, block):
    """Every constant tensor of floats in a graph, and in the blocks within it."""
    for node in block.nodes():
        for inner in node.blocks():
            round_constants(torch, inner)
        if node.kind() == "prim::Constant" and node.hasAttribute("value") \
                and node.kindOf("value") == "t" and node.t("value").is_floating_point():
            rounded = node.t("value").to(torch.bfloat16)
            if rounded.dim() == 4:
                rounded = rounded.contiguous(memory_format=torch.channels_last)
            node.t_("value", rounded)

