"""Compares our training, encoding and search with Python Faiss on the same vectors, one thread each.

A tool, not part of the build. It makes seeded, clustered unit vectors; runs our half
(dev.remap.index.CompareWithFaiss, which trains, builds a shard and searches it); then with Faiss
  - reads our shard and searches it: the result sets must agree, up to entries whose distance is
    within 1e-4 relative of the k-th;
  - adds the vectors to our quantizer: how many land in another list or get another code;
  - trains, adds and searches by itself: CPU seconds, items a second, and recall beside ours.

Needs faiss-cpu and numpy, and the module's classes and test classes (mvn test-compile).
Usage: python compare_with_faiss.py <classes> <test classes> [spec] [d] [n] [training] [queries] [nprobe]
For example: python compare_with_faiss.py index/target/classes index/target/test-classes IVF64,PQ16np 64 10000
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import faiss
import numpy as np

K = 10


def argument(i, default, kind):
    return kind(sys.argv[i]) if len(sys.argv) > i else default


def clustered(n, d, random, centers):
    x = centers[random.integers(len(centers), size=n)] + 0.5 * random.normal(size=(n, d))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def entries(index):
    """(list, code) by key."""
    lists = faiss.extract_index_ivf(index).invlists
    found = {}
    for number in range(lists.nlist):
        size = lists.list_size(number)
        if size == 0:
            continue
        keys = faiss.rev_swig_ptr(lists.get_ids(number), size)
        codes = faiss.rev_swig_ptr(lists.get_codes(number), size * lists.code_size)
        for i, key in enumerate(keys):
            found[int(key)] = (number, bytes(codes[i * lists.code_size : (i + 1) * lists.code_size]))
    return found


def timed(what, count, action):
    start = time.process_time()
    result = action()
    seconds = time.process_time() - start
    print(f"faiss {what} {seconds:.4f} {count / seconds:.0f}")
    return result


def recall(found, truth):
    return np.mean([len(np.intersect1d(f, t)) / K for f, t in zip(found, truth)])


def main():
    classes, test_classes = sys.argv[1:3]
    spec = argument(3, "IVF64,PQ16np", str)
    d = argument(4, 64, int)
    n = argument(5, 10_000, int)
    training = argument(6, n, int)
    nq = argument(7, 100, int)
    nprobe = argument(8, 8, int)
    faiss.omp_set_num_threads(1)
    random = np.random.default_rng(1)
    centers = random.normal(size=(max(16, n // 100), d))
    x, queries = clustered(n, d, random, centers), clustered(nq, d, random, centers)
    keys = 7 * np.arange(n, dtype=np.int64) + 1
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        x.tofile(folder / "vectors.f32")
        queries.tofile(folder / "queries.f32")
        command = ["java", "-Xmx4g", "-cp", f"{classes}:{test_classes}", "dev.remap.index.CompareWithFaiss"]
        subprocess.run(command + [name, spec, str(d), str(training), str(nprobe), str(K)], check=True)
        ours = np.fromfile(folder / "found.i64", "<i8").reshape(nq, K)
        distances = np.fromfile(folder / "distances.f32", "<f4").reshape(nq, K)
        shard = faiss.read_index(str(folder / "shard.faiss"))
        quantizer = faiss.read_index(str(folder / "quantizer.faiss"))

    faiss.extract_index_ivf(shard).nprobe = nprobe
    their_distances, theirs = timed("search-our-shard", nq, lambda: shard.search(queries, K))
    same = wrong = 0
    for q in range(nq):
        reach = their_distances[q, K - 1]
        only = np.setxor1d(ours[q], theirs[q])
        near = [
            abs(dist - reach) <= 1e-4 * reach
            for row, dists in ((ours, distances), (theirs, their_distances))
            for key, dist in zip(row[q], dists[q])
            if key in only
        ]
        same += len(only) == 0
        wrong += not all(near)
    print(f"search: {same} of {nq} sets equal, {wrong} differ beyond 1e-4 of the {K}-th distance;")
    finite = np.isfinite(their_distances)
    difference = np.abs(distances - their_distances)[finite] / their_distances[finite]
    print(f"        largest relative difference of a distance {difference.max():.2e}")

    timed("add-to-our-quantizer", n, lambda: quantizer.add_with_ids(x, keys))
    mine, their = entries(shard), entries(quantizer)
    other_list = sum(mine[key][0] != their[key][0] for key in mine)
    other_code = sum(mine[key][1] != their[key][1] for key in mine) - other_list
    print(f"encode: of {n} vectors {other_list} in another list, {other_code} with another code")

    index = faiss.index_factory(d, spec)
    timed("train", training, lambda: index.train(x[:training]))
    timed("add", n, lambda: index.add_with_ids(x, keys))
    faiss.extract_index_ivf(index).nprobe = nprobe
    _, found = timed("search", nq, lambda: index.search(queries, K))
    flat = faiss.IndexIDMap(faiss.IndexFlatL2(d))
    flat.add_with_ids(x, keys)
    _, truth = flat.search(queries, K)
    print(f"recall@{K}: ours {recall(ours, truth):.4f}, Faiss trained and searched {recall(found, truth):.4f}")


if __name__ == "__main__":
    main()
