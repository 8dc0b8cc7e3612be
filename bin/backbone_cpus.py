"""Any TorchScript network in float32 as one for CPUs: convolutions of one pixel go to oneDNN.

On one thread PyTorch gives these (of stride 1, fewer than 16 pictures) to a product of matrices
that uses no AVX-512 on processors of AMD, and every other convolution to oneDNN, which does. A
dilation of 2 changes nothing of a window of one pixel, and what is dilated goes to oneDNN.
"""

CONVOLUTIONS = ("aten::conv2d", "aten::_convolution")
STRIDE, DILATION, TRANSPOSED = 3, 5, 6


def for_cpus(torch, module):
    """A frozen copy, batch norms folded into convolutions before, and how many were changed."""
    frozen = torch.jit.freeze(module.eval(), optimize_numerics=True)
    changed = [node for node in convolutions(frozen.graph) if is_of_one_pixel(node)]
    for node in changed:
        frozen.graph.setInsertPoint(node)
        node.replaceInput(DILATION, frozen.graph.insertConstant([2, 2]))
    return frozen, len(changed)


def convolutions(block):
    for node in block.nodes():
        for inner in node.blocks():
            yield from convolutions(inner)
        if node.kind() in CONVOLUTIONS:
            yield node


def is_of_one_pixel(node):
    inputs = [value.toIValue() for value in node.inputs()]
    weights, stride, dilation = inputs[1], inputs[STRIDE], inputs[DILATION]
    transposed = node.kind() == "aten::_convolution" and inputs[TRANSPOSED]
    return (weights is not None and tuple(weights.shape[2:]) == (1, 1)
            and stride == [1, 1] and dilation == [1, 1] and not transposed)
