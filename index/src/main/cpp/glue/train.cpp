#include "train.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/utils/random.h>

#include "clustering.h"
#include "errors.h"
#include "graph.h"
#include "limits.h"

namespace remap {

namespace {

constexpr int kCoarseIterations = 20;
constexpr int kCodebookIterations = 25;
// From here on one-level clustering takes hours.
constexpr size_t kTwoLevelFrom = 16384;

// At least d vectors, the given ones again and again: Faiss's OPQ writes past the end of its
// buffers if it gets fewer vectors than components.
std::vector<float> repeated(const float* x, size_t n, size_t d) {
    std::vector<float> rows;
    rows.reserve((d + n - 1) / n * n * d);
    while (rows.size() < d * d) rows.insert(rows.end(), x, x + n * d);
    return rows;
}

std::vector<float> rotation(const TrainingPlan& plan, const float* x, size_t n,
                            const Progress& progress) {
    if (n < plan.dimension) {
        std::vector<float> rows = repeated(x, n, plan.dimension);
        return rotation(plan, rows.data(), rows.size() / plan.dimension, progress);
    }
    faiss::ProductQuantizer pq(plan.opqDimension, plan.subquantizers, plan.bits);
    KernelIndex assigner(pq.dsub);
    pq.assign_index = &assigner;
    pq.cp.seed = plan.seed;
    pq.cp.min_points_per_centroid = 1;
    faiss::OPQMatrix opq(static_cast<int>(plan.dimension), static_cast<int>(plan.subquantizers),
                         static_cast<int>(plan.opqDimension));
    opq.pq = &pq;
    opq.max_train_points = std::max(256 * pq.ksub, plan.dimension);
    progress(
        format("OPQ: %d iterations on %zu vectors", opq.niter, std::min(n, opq.max_train_points)));
    opq.train(static_cast<faiss::Index::idx_t>(n), x);
    return std::move(opq.A);
}

// What a file holds is the plain map: Faiss reads no OPQMatrix back.
std::unique_ptr<faiss::LinearTransform> linear(const TrainingPlan& plan,
                                               const std::vector<float>& matrix) {
    if (plan.opqDimension == 0) return nullptr;
    auto linear = std::make_unique<faiss::LinearTransform>(static_cast<int>(plan.dimension),
                                                           static_cast<int>(plan.opqDimension));
    linear->A = matrix;
    linear->is_trained = true;
    return linear;
}

std::vector<float> trainCentroids(const TrainingPlan& plan, const float* y, size_t n, size_t d,
                                  const Progress& progress) {
    if (plan.lists >= kTwoLevelFrom) {
        return twoLevel(y, n, d, plan.lists, kCoarseIterations, plan.seed,
                        [&](const std::string& line) { progress("coarse quantizer, " + line); });
    }
    int iteration = 0;
    return lloyd(y, n, d, plan.lists, kCoarseIterations, plan.seed, [&](double mean) {
        progress(format("coarse quantizer: iteration %d of %d, mean squared distance %.6g",
                        ++iteration, kCoarseIterations, mean));
    });
}

std::unique_ptr<faiss::Index> coarseQuantizer(const TrainingPlan& plan, size_t d,
                                              const std::vector<float>& centroids,
                                              const Progress& progress) {
    if (plan.hnswLinks > 0) {
        progress(format("HNSW graph over %zu centroids", plan.lists));
        return buildGraph(centroids.data(), plan.lists, d, plan.hnswLinks);
    }
    auto flat = std::make_unique<faiss::IndexFlatL2>(static_cast<int64_t>(d));
    flat->add(static_cast<int64_t>(plan.lists), centroids.data());
    return flat;
}

std::vector<int32_t> assign(const faiss::Index& quantizer, const float* y, size_t n) {
    if (auto* graph = dynamic_cast<const faiss::IndexHNSWFlat*>(&quantizer)) {
        return searchGraph(*graph, y, n, 1);
    }
    const auto& flat = dynamic_cast<const faiss::IndexFlat&>(quantizer);
    const size_t d = static_cast<size_t>(flat.d);
    PackedMatrix packed =
        PackedMatrix::forDistances(flat.get_xb(), static_cast<size_t>(flat.ntotal), d);
    std::vector<int32_t> lists(n);
    kernels().nearest(y, d, n, packed.view(), lists.data());
    return lists;
}

std::shared_ptr<const IvfPq> joined(std::unique_ptr<faiss::LinearTransform> transform,
                                    std::unique_ptr<faiss::Index> quantizer,
                                    const TrainingPlan& plan, std::vector<float> codebook) {
    auto ivf = std::make_unique<faiss::IndexIVFPQ>(quantizer.get(), quantizer->d, plan.lists,
                                                   plan.subquantizers, plan.bits);
    quantizer.release();
    ivf->own_fields = true;
    ivf->is_trained = true;
    ivf->pq.centroids = std::move(codebook);
    if (transform == nullptr) return IvfPq::adopt(std::move(ivf), "the trained quantizer");
    auto outer = std::make_unique<faiss::IndexPreTransform>(transform.get(), ivf.get());
    outer->own_fields = true;
    transform.release();
    ivf.release();
    return IvfPq::adopt(std::move(outer), "the trained quantizer");
}

// Residuals of at most 256 vectors per code number, chosen by the seed: size * d.
std::vector<float> sampleResiduals(const TrainingPlan& plan, const float* y, size_t n, size_t d,
                                   const faiss::Index& quantizer,
                                   const std::vector<float>& centroids) {
    std::vector<int> order(n);
    faiss::rand_perm(order.data(), n, plan.seed);
    order.resize(std::min(n, size_t{256} << plan.bits));
    std::vector<float> sample;
    sample.reserve(order.size() * d);
    for (int row : order) {
        const float* x = y + static_cast<size_t>(row) * d;
        sample.insert(sample.end(), x, x + d);
    }
    std::vector<int32_t> lists = assign(quantizer, sample.data(), order.size());
    for (size_t i = 0; i < order.size(); i++) {
        const float* centroid = centroids.data() + static_cast<size_t>(lists[i]) * d;
        for (size_t j = 0; j < d; j++) sample[i * d + j] -= centroid[j];
    }
    return sample;
}

std::vector<float> columns(const std::vector<float>& rows, size_t d, size_t from, size_t width) {
    std::vector<float> part;
    part.reserve(rows.size() / d * width);
    for (size_t start = from; start < rows.size(); start += d) {
        part.insert(part.end(), rows.begin() + start, rows.begin() + start + width);
    }
    return part;
}

std::vector<float> trainCodebook(const TrainingPlan& plan, const std::vector<float>& residuals,
                                 size_t d, const Progress& progress) {
    const size_t dsub = d / plan.subquantizers;
    const size_t codes = size_t{1} << plan.bits;
    std::vector<float> codebook;
    codebook.reserve(codes * d);
    for (size_t m = 0; m < plan.subquantizers; m++) {
        std::vector<float> part = columns(residuals, d, m * dsub, dsub);
        std::vector<float> centroids =
            lloyd(part.data(), part.size() / dsub, dsub, codes, kCodebookIterations, plan.seed, {});
        codebook.insert(codebook.end(), centroids.begin(), centroids.end());
        progress(format("product quantizer: %zu of %zu sub-quantizers", m + 1, plan.subquantizers));
    }
    return codebook;
}

void require(size_t value, size_t from, size_t to, const char* what) {
    if (value < from || value > to) {
        throw std::invalid_argument(
            format("%s must be in %zu..%zu, is %zu", what, from, to, value));
    }
}

void requireRows(const std::vector<float>& numbers, size_t rows, size_t width, const char* what) {
    if (numbers.size() != rows * width) {
        throw std::invalid_argument(
            format("%s %zu numbers: expected %zu x %zu", what, numbers.size(), rows, width));
    }
}

size_t components(const TrainingPlan& plan) {
    return plan.opqDimension == 0 ? plan.dimension : plan.opqDimension;
}

}  // namespace

void check(const TrainingPlan& plan) {
    require(plan.dimension, 1, kLargestDimension, "dimension");
    // OPQ cannot make more components than there are.
    require(plan.opqDimension, 0, plan.dimension, "OPQ dimension (0 for no OPQ)");
    require(plan.lists, 1, kMostLists, "lists");
    if (plan.hnswLinks != 0) {
        require(plan.hnswLinks, kFewestLinks, kMostLinks, "HNSW links of a node (0 for no graph)");
    }
    require(plan.bits, kFewestBits, kMostBits, "bits of each number in a code");
    const size_t d = components(plan);
    require(plan.subquantizers, 1, d, "m, numbers in a code,");
    if (d % plan.subquantizers != 0) {
        throw std::invalid_argument(
            format("m = %zu numbers in a code must divide the %zu components of a vector",
                   plan.subquantizers, d));
    }
}

void check(const TrainingPlan& plan, size_t n) {
    check(plan);
    const size_t fewest = std::max(plan.lists, size_t{1} << plan.bits);
    if (n < fewest) {
        throw std::invalid_argument(
            format("n = %zu training vectors are too few: %zu lists and codes of %zu bits need %zu",
                   n, plan.lists, plan.bits, fewest));
    }
}

std::vector<float> trainRotation(const TrainingPlan& plan, const float* x, size_t n,
                                 const Progress& progress) {
    check(plan);
    if (plan.opqDimension == 0) throw std::invalid_argument("OPQ dimension is 0: there is no OPQ");
    if (n < size_t{1} << plan.bits) {
        throw std::invalid_argument(format("n = %zu vectors are too few for OPQ with codes of %zu bits",
                                           n, plan.bits));
    }
    return rotation(plan, x, n, progress);
}

std::vector<float> trainingResiduals(const TrainingPlan& plan, const std::vector<float>& centroids,
                                     const float* y, size_t n, const Progress& progress) {
    check(plan);
    const size_t d = components(plan);
    requireRows(centroids, plan.lists, d, "the centroids are");
    if (n < size_t{1} << plan.bits) {
        throw std::invalid_argument(
            format("n = %zu vectors are too few for codes of %zu bits", n, plan.bits));
    }
    return sampleResiduals(plan, y, n, d, *coarseQuantizer(plan, d, centroids, progress), centroids);
}

std::shared_ptr<const IvfPq> assemble(const TrainingPlan& plan, const std::vector<float>& rotation,
                                      const std::vector<float>& centroids,
                                      std::vector<float> codebook, const Progress& progress) {
    check(plan);
    const size_t d = components(plan);
    requireRows(rotation, plan.opqDimension, plan.dimension, "the OPQ matrix has");
    requireRows(centroids, plan.lists, d, "the centroids are");
    requireRows(codebook, size_t{1} << plan.bits, d, "the codebook has");
    return joined(linear(plan, rotation), coarseQuantizer(plan, d, centroids, progress), plan,
                  std::move(codebook));
}

std::shared_ptr<const IvfPq> train(const TrainingPlan& plan, const float* x, size_t n,
                                   const Progress& progress) {
    check(plan, n);
    std::vector<float> matrix, reduced;
    const float* y = x;
    size_t d = plan.dimension;
    if (plan.opqDimension > 0) {
        matrix = rotation(plan, x, n, progress);
        d = plan.opqDimension;
        reduced = PackedMatrix::forProducts(matrix.data(), d, plan.dimension).multiply(x, n);
        y = reduced.data();
    }
    const std::vector<float> centroids = trainCentroids(plan, y, n, d, progress);
    std::unique_ptr<faiss::Index> quantizer = coarseQuantizer(plan, d, centroids, progress);
    std::vector<float> codebook =
        trainCodebook(plan, sampleResiduals(plan, y, n, d, *quantizer, centroids), d, progress);
    return joined(linear(plan, matrix), std::move(quantizer), plan, std::move(codebook));
}

}  // namespace remap
