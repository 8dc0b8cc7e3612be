#include "graph.h"

#include <faiss/IndexFlat.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/utils/Heap.h>

#include "kernels/kernels.h"

namespace remap {

namespace {

// Faiss's advice for assigning to many centroids.
constexpr int kEfConstruction = 200;
constexpr int kEfSearch = 80;

class KernelDistances : public faiss::FlatCodesDistanceComputer {
 public:
    explicit KernelDistances(const faiss::IndexFlat& flat)
        : faiss::FlatCodesDistanceComputer(flat.codes.data(), flat.code_size),
          dimension_(static_cast<size_t>(flat.d)) {}

    void set_query(const float* x) override { query_ = x; }

    float distance_to_code(const uint8_t* code) override { return distance(query_, code); }

    float symmetric_dis(int64_t i, int64_t j) override {
        return distance(reinterpret_cast<const float*>(codes + static_cast<size_t>(i) * code_size),
                        codes + static_cast<size_t>(j) * code_size);
    }

 private:
    float distance(const float* a, const uint8_t* b) const {
        return kernels().squaredDistance(a, reinterpret_cast<const float*>(b), dimension_);
    }

    size_t dimension_;
    const float* query_ = nullptr;
};

struct KernelFlat : faiss::IndexFlatL2 {
    using faiss::IndexFlatL2::IndexFlatL2;

    faiss::FlatCodesDistanceComputer* get_FlatCodesDistanceComputer() const override {
        return new KernelDistances(*this);
    }
};

}  // namespace

std::unique_ptr<faiss::IndexHNSWFlat> buildGraph(const float* centroids, size_t n, size_t d,
                                                 size_t links) {
    auto graph =
        std::make_unique<faiss::IndexHNSWFlat>(static_cast<int>(d), static_cast<int>(links));
    graph->hnsw.efConstruction = kEfConstruction;
    graph->hnsw.efSearch = kEfSearch;
    // Built over a storage with our distances, kept over the plain one that files have.
    faiss::Index* plain = graph->storage;
    KernelFlat ours(static_cast<int64_t>(d));
    graph->storage = &ours;
    try {
        graph->add(static_cast<int64_t>(n), centroids);
    } catch (...) {
        graph->storage = plain;
        throw;
    }
    graph->storage = plain;
    plain->add(static_cast<int64_t>(n), centroids);
    return graph;
}

std::vector<int32_t> searchGraph(const faiss::IndexHNSWFlat& graph, const float* y, size_t n,
                                 size_t k) {
    faiss::VisitedTable visited(static_cast<int>(graph.ntotal));
    KernelDistances computer(dynamic_cast<const faiss::IndexFlat&>(*graph.storage));
    std::vector<int64_t> found(k);
    std::vector<float> distances(k);
    std::vector<int32_t> nodes(n * k);
    for (size_t i = 0; i < n; i++) {
        computer.set_query(y + i * static_cast<size_t>(graph.d));
        faiss::maxheap_heapify(k, distances.data(), found.data());
        graph.hnsw.search(computer, static_cast<int>(k), found.data(), distances.data(), visited);
        faiss::maxheap_reorder(k, distances.data(), found.data());
        for (size_t j = 0; j < k; j++) nodes[i * k + j] = static_cast<int32_t>(found[j]);
    }
    return nodes;
}

}  // namespace remap
