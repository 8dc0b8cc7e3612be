#include "ivf_pq.h"

#include <faiss/IndexPreTransform.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "errors.h"
#include "graph.h"
#include "kernels/vectors.h"

namespace remap {

namespace {

constexpr size_t kRowsAtOnce = 256;

}  // namespace

IvfPq::IvfPq(std::unique_ptr<faiss::Index> index, const faiss::LinearTransform* transform,
             const faiss::IndexIVFPQ* ivf)
    : index_(std::move(index)),
      transform_(transform),
      ivf_(ivf),
      graph_(dynamic_cast<const faiss::IndexHNSWFlat*>(ivf->quantizer)) {
    if (transform_ != nullptr) {
        packedTransform_ =
            PackedMatrix::forProducts(transform_->A.data(), reducedDimension(), dimension());
    }
    if (graph_ == nullptr) {
        packedCentroids_ = PackedMatrix::withoutHalves(centroids(), lists(), reducedDimension());
    }
    const faiss::ProductQuantizer& pq = ivf_->pq;
    for (size_t m = 0; m < pq.M; m++) {
        packedCodebook_.push_back(
            PackedMatrix::forDistances(pq.get_centroids(m, 0), pq.ksub, pq.dsub));
        const float* halves = packedCodebook_.back().view().offsets;
        halfSquares_.insert(halfSquares_.end(), halves, halves + pq.ksub);
    }
    modelFingerprint_ = hashModel();
}

const float* IvfPq::centroids() const {
    const faiss::Index* flat = graph_ == nullptr ? ivf_->quantizer : graph_->storage;
    return static_cast<const faiss::IndexFlat*>(flat)->get_xb();
}

std::vector<float> IvfPq::centroidRows() const {
    return std::vector<float>(centroids(), centroids() + lists() * reducedDimension());
}

std::vector<float> IvfPq::rotation() const {
    return transform_ == nullptr ? std::vector<float>() : transform_->A;
}

std::string IvfPq::spec() const {
    const faiss::ProductQuantizer& pq = ivf_->pq;
    std::string text;
    if (transform_ != nullptr) text += format("OPQ%zu_%zu,", pq.M, reducedDimension());
    text += format("IVF%zu", lists());
    if (graph_ != nullptr) text += format("_HNSW%d", graph_->hnsw.nb_neighbors(1));
    text += format(",PQ%zu", pq.M);
    if (pq.nbits != 8) text += format("x%zu", pq.nbits);
    return text + "np";
}

namespace {

class Hash {
 public:
    void number(uint64_t word) {
        state_ = (state_ ^ word) * 0x9e3779b97f4a7c15;
        state_ ^= state_ >> 32;
    }
    void floats(const float* x, size_t n) {
        number(n);
        for (size_t i = 0; i < n; i++) {
            uint32_t bits;
            std::memcpy(&bits, x + i, sizeof bits);
            number(bits);
        }
    }
    uint64_t state() const { return state_; }

 private:
    uint64_t state_ = 0x243f6a8885a308d3;
};

}  // namespace

uint64_t IvfPq::hashModel() const {
    const faiss::ProductQuantizer& pq = ivf_->pq;
    Hash hash;
    for (size_t number : {dimension(), reducedDimension(), lists(), pq.M, pq.nbits}) {
        hash.number(number);
    }
    hash.number(graph_ == nullptr ? 0 : static_cast<uint64_t>(graph_->hnsw.nb_neighbors(1)));
    if (transform_ != nullptr) hash.floats(transform_->A.data(), transform_->A.size());
    hash.floats(centroids(), lists() * reducedDimension());
    hash.floats(pq.centroids.data(), pq.centroids.size());
    return hash.state();
}

std::vector<float> IvfPq::transform(const float* x, size_t n) const {
    if (transform_ == nullptr) return std::vector<float>(x, x + n * dimension());
    return packedTransform_->multiply(x, n);
}

std::vector<int32_t> IvfPq::assign(const float* y, size_t n) const {
    if (graph_ != nullptr) return searchGraph(*graph_, y, n, 1);
    std::vector<int32_t> assigned(n);
    PackedView packed = packedCentroids_->view();
    std::call_once(halvesMade_, [&] { halfCentroids_ = HalfMatrix(centroids(), packed); });
    packed.halves = halfCentroids_.view();
    kernels().nearest(y, reducedDimension(), n, packed, assigned.data());
    return assigned;
}

namespace {

constexpr size_t kListsAtOnce = 128;

}  // namespace

std::vector<int32_t> IvfPq::probe(const float* y, size_t n, size_t nprobe) const {
    if (graph_ != nullptr) return searchGraph(*graph_, y, n, nprobe);
    std::vector<int32_t> probed(n * nprobe);
    const size_t padded = packedCentroids_->paddedRows();
    std::vector<float> scores(n * padded);
    kernels().scores(y, reducedDimension(), n, packedCentroids_->view(), scores.data(), padded);
    for (size_t i = 0; i < n; i++) {
        const float* row = scores.data() + i * padded;
        const float bound = boundOfSmallest(row, padded, nprobe);
        Nearest nearest(nprobe);
        for (size_t from = 0; from < padded; from += kListsAtOnce) {
            const float* some = row + from;
            uint32_t places[kListsAtOnce];
            const size_t found = kernels().notAbove(some, std::min(kListsAtOnce, padded - from),
                                                    std::min(bound, nearest.reach()), places);
            for (size_t j = 0; j < found; j++) {
                const float score = some[places[j]];
                const size_t list = from + places[j];
                if (list < lists() && nearest.admits(score)) {
                    nearest.offer(score, static_cast<int64_t>(list));
                }
            }
        }
        int32_t* out = probed.data() + i * nprobe;
        for (const Nearest::Entry& entry : nearest.take()) *out++ = static_cast<int32_t>(entry.key);
    }
    return probed;
}

Codebook IvfPq::codebook() const {
    const faiss::ProductQuantizer& pq = ivf_->pq;
    return {pq.M, pq.ksub, pq.dsub, pq.centroids.data(), halfSquares_.data()};
}

void IvfPq::numbers(const uint8_t* codes, size_t n, uint8_t* out) const {
    const faiss::ProductQuantizer& pq = ivf_->pq;
    if (pq.nbits == 8) {
        std::memcpy(out, codes, n * pq.M);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        unpackCode(codes + i * codeSize(), pq.M, pq.nbits, out + i * pq.M);
    }
}

void IvfPq::residual(const float* y, size_t list, float* out) const {
    const float* centroid = centroids() + list * reducedDimension();
    for (size_t j = 0; j < reducedDimension(); j++) out[j] = y[j] - centroid[j];
}

std::vector<uint8_t> IvfPq::encode(const float* y, size_t n, const int32_t* lists) const {
    const faiss::ProductQuantizer& pq = ivf_->pq;
    const size_t d = reducedDimension();
    std::vector<float> residuals(n * d);
    for (size_t i = 0; i < n; i++) {
        residual(y + i * d, static_cast<size_t>(lists[i]), residuals.data() + i * d);
    }
    std::vector<uint8_t> numbers(n * pq.M);
    std::vector<int32_t> column(n);
    for (size_t m = 0; m < pq.M; m++) {
        kernels().nearest(residuals.data() + m * pq.dsub, d, n, packedCodebook_[m].view(),
                          column.data());
        for (size_t i = 0; i < n; i++) numbers[i * pq.M + m] = static_cast<uint8_t>(column[i]);
    }
    if (pq.nbits == 8) return numbers;
    std::vector<uint8_t> codes(n * codeSize());
    for (size_t i = 0; i < n; i++) {
        packCode(numbers.data() + i * pq.M, pq.M, pq.nbits, codes.data() + i * codeSize());
    }
    return codes;
}

void IvfPq::encodeRows(const float* x, size_t n, int32_t* lists, uint8_t* codes) const {
    for (size_t from = 0; from < n; from += kRowsAtOnce) {
        const size_t count = std::min(kRowsAtOnce, n - from);
        const float* rows = x + from * dimension();
        std::vector<float> turned;
        if (transform_ != nullptr) turned = transform(rows, count);
        const float* y = transform_ == nullptr ? rows : turned.data();
        const std::vector<int32_t> nearest = assign(y, count);
        const std::vector<uint8_t> some = encode(y, count, nearest.data());
        std::copy(nearest.begin(), nearest.end(), lists + from);
        std::copy(some.begin(), some.end(), codes + from * codeSize());
    }
}

void IvfPq::fillTable(const float* y, size_t list, std::vector<float>& table) const {
    const faiss::ProductQuantizer& pq = ivf_->pq;
    const size_t d = reducedDimension();
    // The residual lies behind the table: one buffer for a search.
    table.resize(pq.M * pq.ksub + d);
    float* r = table.data() + pq.M * pq.ksub;
    residual(y, list, r);
    for (size_t m = 0; m < pq.M; m++) {
        kernels().squaredDistances(r + m * pq.dsub, packedCodebook_[m].view(),
                                   table.data() + m * pq.ksub);
    }
}

void IvfPq::distances(const uint8_t* codes, size_t size, const float* table, float* out) const {
    sumTables(codes, size, ivf_->pq.M, ivf_->pq.nbits, table, out);
}

void IvfPq::writeHeader(faiss::IOWriter& writer, size_t entries) const {
    // A shell around the parts of this index, with nothing in it.
    const faiss::ProductQuantizer& pq = ivf_->pq;
    faiss::IndexIVFPQ shell(ivf_->quantizer, ivf_->d, ivf_->nlist, pq.M, pq.nbits);
    shell.replace_invlists(nullptr);
    shell.pq = pq;
    shell.is_trained = true;
    shell.ntotal = static_cast<faiss::Index::idx_t>(entries);
    if (transform_ == nullptr) {
        faiss::write_index(&shell, &writer);
        return;
    }
    faiss::IndexPreTransform outer(&shell);
    outer.d = index_->d;
    outer.ntotal = shell.ntotal;
    outer.is_trained = true;
    outer.chain.push_back(const_cast<faiss::LinearTransform*>(transform_));
    faiss::write_index(&outer, &writer);
}

void IvfPq::writeAll(faiss::IOWriter& writer) const { faiss::write_index(index_.get(), &writer); }

}  // namespace remap
