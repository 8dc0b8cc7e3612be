// One IVF-PQ index of the only kind this library reads, writes and searches: squared L2, residuals,
// an optional linear transform (OPQ), a flat or HNSW coarse quantizer, codes of 4 to 8 bits.
// Without entries it is a quantizer, with entries a shard. Immutable, so any number of threads may
// use one; every result depends on its vector alone, never on the others of a batch.
#pragma once

#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/io.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kernels/codes.h"
#include "kernels/packed.h"

namespace remap {

class IvfPq {
 public:
    // Refuses whatever is not of that kind, and entries that are not in canonical order.
    // Throws FileError; `origin` is for its message.
    static std::shared_ptr<const IvfPq> adopt(std::unique_ptr<faiss::Index> index,
                                              const std::string& origin);
    // With efSearch > 0 a graph over the centroids is searched so widely, whatever the file says.
    static std::shared_ptr<const IvfPq> read(const std::string& path, int efSearch);

    size_t dimension() const { return static_cast<size_t>(index_->d); }
    size_t reducedDimension() const { return static_cast<size_t>(ivf_->d); }
    size_t lists() const { return ivf_->nlist; }
    size_t codeSize() const { return ivf_->code_size; }
    size_t size() const { return static_cast<size_t>(ivf_->ntotal); }
    std::string spec() const;

    // Equal for a quantizer and the shards built with it: hashes transform, centroids and codebook.
    uint64_t modelFingerprint() const { return modelFingerprint_; }

    size_t listSize(size_t list) const { return ivf_->invlists->list_size(list); }
    const int64_t* keys(size_t list) const { return ivf_->invlists->get_ids(list); }
    const uint8_t* codes(size_t list) const { return ivf_->invlists->get_codes(list); }

    // The rows of x in the space of the centroids: n * reducedDimension().
    std::vector<float> transform(const float* x, size_t n) const;

    // The list of each of n transformed vectors.
    std::vector<int32_t> assign(const float* y, size_t n) const;

    // The nprobe nearest lists of each of n transformed vectors; -1 where HNSW finds fewer.
    std::vector<int32_t> probe(const float* y, size_t n, size_t nprobe) const;

    // n * codeSize() bytes for n transformed vectors in the given lists.
    std::vector<uint8_t> encode(const float* y, size_t n, const int32_t* lists) const;

    // The list and the codeSize() bytes of each of n vectors as they come, some at a time.
    void encodeRows(const float* x, size_t n, int32_t* lists, uint8_t* codes) const;

    // lists() rows of reducedDimension(); the OPQ matrix, empty without OPQ; the rows of all
    // sub-quantizers, one after the other.
    std::vector<float> centroidRows() const;
    std::vector<float> rotation() const;
    std::vector<float> codebookRows() const { return ivf_->pq.centroids; }

    // What the numbers of a code stand for.
    Codebook codebook() const;
    // The numbers of n codes, one byte each.
    void numbers(const uint8_t* codes, size_t n, uint8_t* out) const;

    // A transformed vector minus the centroid of a list.
    void residual(const float* y, size_t list, float* out) const;

    // Squared distances of `size` codes of one list to the transformed vector that fillTable saw.
    void fillTable(const float* y, size_t list, std::vector<float>& table) const;
    void distances(const uint8_t* codes, size_t size, const float* table, float* out) const;

    // A plain Faiss file without the inverted lists, whose header counts `entries`.
    void writeHeader(faiss::IOWriter& writer, size_t entries) const;
    void writeAll(faiss::IOWriter& writer) const;

 private:
    IvfPq(std::unique_ptr<faiss::Index> index, const faiss::LinearTransform* transform,
          const faiss::IndexIVFPQ* ivf);

    const float* centroids() const;
    uint64_t hashModel() const;

    std::unique_ptr<faiss::Index> index_;
    const faiss::LinearTransform* transform_;  // null without OPQ
    const faiss::IndexIVFPQ* ivf_;
    const faiss::IndexHNSWFlat* graph_;  // null for a flat coarse quantizer
    std::optional<PackedMatrix> packedTransform_;
    std::optional<PackedMatrix> packedCentroids_;
    // Made by the first assignment: searches have no use for them.
    mutable std::once_flag halvesMade_;
    mutable HalfMatrix halfCentroids_;
    std::vector<PackedMatrix> packedCodebook_;
    std::vector<float> halfSquares_;  // of the codebook's rows
    uint64_t modelFingerprint_;
};

}  // namespace remap
