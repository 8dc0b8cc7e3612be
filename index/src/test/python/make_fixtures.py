"""Makes the Faiss files in src/test/resources/dev/remap/index/fixtures with Python Faiss.

Not part of the build: the files are in the repository. See the README beside them.
Usage: python make_fixtures.py <output folder>      (faiss-cpu 1.15.1, numpy)
"""

import pathlib
import sys

import faiss
import numpy as np

D, N, NQ, K = 16, 400, 20, 10


def unit(x):
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def main(folder):
    faiss.omp_set_num_threads(1)
    random = np.random.default_rng(7)
    centers = random.normal(size=(12, D))
    x = unit(centers[random.integers(12, size=N)] + 0.4 * random.normal(size=(N, D)))
    queries = unit(centers[random.integers(12, size=NQ)] + 0.4 * random.normal(size=(NQ, D)))
    ids = np.cumsum(random.integers(1, 1000, size=N)).astype(np.int64)

    x.tofile(folder / "vectors.f32")
    ids.astype("<i8").tofile(folder / "keys.i64")
    queries.tofile(folder / "queries.f32")

    def trained(spec, metric=faiss.METRIC_L2):
        index = faiss.index_factory(D, spec, metric)
        index.train(x)
        return index

    def write(name, index):
        faiss.write_index(index, str(folder / f"{name}.faiss"))

    # Accepted, with what Faiss itself finds in them.
    for name, spec in {
        "flat-coarse": "IVF8,PQ4x4np",
        "graph-coarse": "IVF8_HNSW8,PQ8x5np",
        "opq": "OPQ4_8,IVF8,PQ4x6np",
    }.items():
        index = trained(spec)
        index.add_with_ids(x, ids)
        write(name, index)
        faiss.extract_index_ivf(index).nprobe = 3
        distances, labels = index.search(queries, K)
        distances.astype("<f4").tofile(folder / f"{name}.distances.f32")
        labels.astype("<i8").tofile(folder / f"{name}.labels.i64")

    # Refused: other kinds of index.
    flat = faiss.IndexFlatL2(D)
    flat.add(x[:20])
    write("refused-flat", flat)
    graph = faiss.IndexHNSWFlat(D, 4)
    graph.add(x[:20])
    write("refused-hnsw", graph)
    ivf_flat = trained("IVF4,Flat")
    ivf_flat.add_with_ids(x[:20], ids[:20])
    write("refused-ivf-flat", ivf_flat)
    write("refused-fast-scan", trained("IVF4,PQ4x4fs"))

    # Refused: an IVF-PQ index, but not of the accepted kind.
    write("refused-pca", trained("PCA8,IVF4,PQ4x4np"))
    write("refused-inner-product", trained("IVF4,PQ4x4np", faiss.METRIC_INNER_PRODUCT))
    write("refused-three-bits", trained_by_hand(x, bits=3))
    plain = faiss.IndexIVFPQ(faiss.IndexFlatL2(D), D, 4, 4, 4)
    plain.by_residual = False
    plain.train(x)
    write("refused-no-residual", plain)
    write("refused-untrained", faiss.IndexIVFPQ(faiss.IndexFlatL2(D), D, 4, 4, 4))
    unsorted = trained("IVF4,PQ4x4np")
    unsorted.add_with_ids(x[:20], ids[:20][::-1].copy())
    write("refused-keys-descend", unsorted)
    negative = trained("IVF4,PQ4x4np")
    negative.add_with_ids(x[:1], np.array([-5]))
    write("refused-negative-key", negative)


def trained_by_hand(x, bits):
    index = faiss.IndexIVFPQ(faiss.IndexFlatL2(D), D, 4, 4, bits)
    index.train(x)
    return index


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
