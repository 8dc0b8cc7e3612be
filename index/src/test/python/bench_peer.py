"""The half of bin/bench-index that is Python Faiss: answers commands as dev.remap.index.IndexBench does.

Usage: python bench_peer.py <folder> <dimension> <spec> <nprobe> <iterations of k-means>
"""

import pathlib
import re
import sys
import time

import faiss
import numpy as np

K = 10
ENCODED = 96
SEED = 1234


def timed(threads, action):
    """CPU seconds for one thread, of the clock for more."""
    faiss.omp_set_num_threads(threads)
    clock = time.process_time if threads == 1 else time.perf_counter
    start = clock()
    result = action()
    return clock() - start, result


class Peer:
    def __init__(self, folder, dimension, spec, nprobe, iterations):
        self.folder = pathlib.Path(folder)
        self.d, self.spec, self.nprobe, self.iterations = int(dimension), spec, int(nprobe), int(iterations)
        self.x = np.fromfile(self.folder / "vectors.f32", "<f4").reshape(-1, self.d)
        self.q = np.fromfile(self.folder / "queries.f32", "<f4").reshape(-1, self.d)
        self.truth = np.fromfile(self.folder / "truth.i64", "<i8").reshape(-1, K)
        self.index = None

    def nearest(self, rows, n):
        """10^9 multiplications and additions a second of one thread."""
        index = faiss.IndexFlatL2(self.d)
        index.add(self.x[:rows])
        queries = self.x[-n:]
        timed(1, lambda: index.search(queries, 1))
        seconds, _ = timed(1, lambda: index.search(queries, 1))
        return f"{2e-9 * n * rows * self.d / seconds:.1f}"

    def train(self, n, threads):
        index = faiss.index_factory(self.d, self.spec)
        faiss.extract_index_ivf(index).cp.niter = self.iterations
        seconds, _ = timed(threads, lambda: index.train(self.x[:n]))
        self.index = index
        return f"{seconds:.4f}"

    def clustering(self, kind, n, threads):
        k = int(re.search(r"IVF(\d+)", self.spec).group(1))
        parameters = faiss.ClusteringParameters() if kind == "kmeans" else faiss.SuperKMeansParameters()
        parameters.niter, parameters.seed, parameters.min_points_per_centroid = self.iterations, SEED, 1
        if kind == "kmeans":
            clustering = faiss.Clustering(self.d, k, parameters)
            index = faiss.IndexFlatL2(self.d)
            seconds, _ = timed(threads, lambda: clustering.train(self.x[:n], index))
        else:
            clustering = faiss.SuperKMeans(self.d, k, parameters)
            seconds, _ = timed(threads, lambda: clustering.train(self.x[:n]))
        stats = clustering.iteration_stats
        return f"{seconds:.4f} {stats.size()} {stats.at(stats.size() - 1).obj / n:.6g}"

    def add(self, n, threads):
        index = faiss.clone_index(self.index)
        seconds, _ = timed(threads, lambda: index.add(self.x[:n]))
        faiss.extract_index_ivf(index).nprobe = self.nprobe
        _, found = index.search(self.q[: len(self.truth)], K)
        return f"{seconds:.4f} {self.recall(found):.4f}"

    def recall(self, found):
        pairs = zip(found[: len(self.truth)], self.truth)
        return np.mean([len(np.intersect1d(f, t)) / K for f, t in pairs])

    def search(self, n, threads):
        """On our file; also how many sets differ from ours beyond 1e-4 of the K-th distance."""
        shard = faiss.read_index(str(self.folder / "shard.faiss"))
        faiss.extract_index_ivf(shard).nprobe = self.nprobe
        seconds, (distances, found) = timed(threads, lambda: shard.search(self.q[:n], K))
        ours = np.fromfile(self.folder / "found.i64", "<i8").reshape(-1, K)
        theirs = np.fromfile(self.folder / "found.f32", "<f4").reshape(-1, K)
        wrong = 0
        for row in np.flatnonzero((np.sort(ours[:n]) != np.sort(found)).any(axis=1)):
            reach = distances[row, K - 1]
            only = np.setxor1d(ours[row], found[row])
            apart = np.concatenate([theirs[row][np.isin(ours[row], only)], distances[row][np.isin(found[row], only)]])
            wrong += not (np.abs(apart - reach) <= 1e-4 * reach).all()
        return f"{seconds:.4f} {self.recall(found):.4f} {wrong if len(ours) == n else -1}"

    def encode(self, n, threads, width):
        rows = np.ascontiguousarray(self.x[:n, :ENCODED])
        pq = faiss.ProductQuantizer(ENCODED, ENCODED // width, 8)
        pq.cp.min_points_per_centroid = 1
        faiss.omp_set_num_threads(1)
        pq.train(rows[:2000])
        seconds, _ = timed(threads, lambda: pq.compute_codes(rows))
        return f"{seconds:.4f}"

    def answer(self, name, *numbers):
        if name in ("kmeans", "superkmeans"):
            return self.clustering(name, *numbers)
        return getattr(self, name)(*numbers)


def main():
    peer = Peer(*sys.argv[1:])
    print(f"Faiss {faiss.__version__}, compiled with {faiss.get_compile_options().strip()}", flush=True)
    for line in sys.stdin:
        name, *numbers = line.split()
        print(peer.answer(name, *map(int, numbers)), flush=True)


if __name__ == "__main__":
    main()
