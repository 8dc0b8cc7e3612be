// What IvfPq::read and IvfPq::adopt let in.
#include <cxxabi.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <typeinfo>

#include "errors.h"
#include "ivf_pq.h"
#include "kernels/vectors.h"
#include "limits.h"
#include "outline.h"

namespace remap {

namespace {

std::string nameOf(const std::type_info& type) {
    int status;
    std::unique_ptr<char, void (*)(void*)> name(
        abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
    return name == nullptr ? type.name() : name.get();
}

template <class T>
const T* exactly(const faiss::Index* index) {
    return index != nullptr && typeid(*index) == typeid(T) ? static_cast<const T*>(index) : nullptr;
}

class Acceptance {
 public:
    explicit Acceptance(const std::string& origin) : origin_(origin) {}

    const faiss::LinearTransform* transform(const faiss::IndexPreTransform& outer) const {
        require(
            outer.chain.size() == 1 && typeid(*outer.chain[0]) == typeid(faiss::LinearTransform),
            "its transform is not one linear map (OPQ)");
        auto* linear = static_cast<const faiss::LinearTransform*>(outer.chain[0]);
        require(linear->is_trained && !linear->have_bias && linear->d_in == outer.d &&
                    linear->d_out == outer.index->d &&
                    linear->A.size() == static_cast<size_t>(linear->d_in) * linear->d_out,
                "its transform does not fit its dimensions");
        require(usable(linear->A), "its transform is not finite");
        return linear;
    }

    const faiss::IndexIVFPQ* ivfPq(const faiss::Index* index) const {
        auto* ivf = exactly<faiss::IndexIVFPQ>(index);
        if (ivf == nullptr) {
            fail("it holds a " + nameOf(typeid(*index)) + " where an IndexIVFPQ is expected");
        }
        require(ivf->is_trained, "it is not trained");
        require(ivf->metric_type == faiss::METRIC_L2, "its metric is not L2");
        require(ivf->by_residual, "its codes are not of residuals");
        coarse(*ivf);
        codebook(*ivf);
        entries(*ivf);
        return ivf;
    }

 private:
    void require(bool condition, const char* otherwise) const {
        if (!condition) fail(otherwise);
    }

    [[noreturn]] void fail(const std::string& why) const {
        throw FileError(origin_ + " can't be used: " + why +
                        ". Accepted: [OPQm_d,]IVFn[_HNSWm],PQm[xb]np with L2 and 4 to 8 bits");
    }

    static bool usable(const std::vector<float>& x) {
        return firstUnusable(x.data(), x.size()) == x.size();
    }

    void coarse(const faiss::IndexIVFPQ& ivf) const {
        auto* flat = dynamic_cast<const faiss::IndexFlat*>(ivf.quantizer);
        if (auto* graph = exactly<faiss::IndexHNSWFlat>(ivf.quantizer)) {
            flat = dynamic_cast<const faiss::IndexFlat*>(graph->storage);
            require(graph->metric_type == faiss::METRIC_L2, "its coarse quantizer is not L2");
            require(graph->d == ivf.d && graph->ntotal == static_cast<int64_t>(ivf.nlist),
                    "its HNSW graph does not fit its number of lists");
            links(graph->hnsw, ivf.nlist);
        }
        if (flat == nullptr) {
            fail("its coarse quantizer is neither flat nor HNSW over flat");
        }
        require(ivf.nlist >= 1 && ivf.nlist <= kMostLists, "its number of lists is out of range");
        require(flat->metric_type == faiss::METRIC_L2 && flat->d == ivf.d &&
                    flat->ntotal == static_cast<faiss::Index::idx_t>(ivf.nlist) &&
                    flat->codes.size() == ivf.nlist * ivf.d * sizeof(float),
                "its centroids do not fit its number of lists");
        require(firstUnusable(flat->get_xb(), ivf.nlist * ivf.d) == ivf.nlist * ivf.d,
                "its centroids are not finite");
    }

    // Faiss follows these numbers without looking where they lead.
    void links(const faiss::HNSW& graph, size_t nodes) const {
        require(graph.levels.size() == nodes && graph.offsets.size() == nodes + 1 &&
                    spans(graph) && neighbors(graph) && start(graph),
                "its HNSW graph is damaged");
        require(graph.upper_beam == 1 && graph.efSearch >= 1 && graph.efSearch <= (1 << 24),
                "its HNSW graph has search settings out of range");
    }

    // Each node has as many links as its number of levels gives.
    static bool spans(const faiss::HNSW& graph) {
        const std::vector<int>& links = graph.cum_nneighbor_per_level;
        if (links.size() < 3 || links[0] != 0 || !std::is_sorted(links.begin(), links.end()) ||
            graph.offsets[0] != 0) {
            return false;
        }
        for (size_t node = 0; node < graph.levels.size(); node++) {
            int levels = graph.levels[node];
            if (levels < 1 || static_cast<size_t>(levels) >= links.size() ||
                graph.offsets[node + 1] !=
                    graph.offsets[node] + static_cast<size_t>(links[levels])) {
                return false;
            }
        }
        return graph.offsets.back() == graph.neighbors.size();
    }

    // A link leads to a node of at least its level; negative ones are unused.
    static bool neighbors(const faiss::HNSW& graph) {
        const std::vector<int>& links = graph.cum_nneighbor_per_level;
        for (size_t node = 0; node < graph.levels.size(); node++) {
            for (int level = 0; level < graph.levels[node]; level++) {
                for (int link = links[level]; link < links[level + 1]; link++) {
                    int to = graph.neighbors[graph.offsets[node] + static_cast<size_t>(link)];
                    if (to >= 0 && (static_cast<size_t>(to) >= graph.levels.size() ||
                                    graph.levels[to] <= level)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    static bool start(const faiss::HNSW& graph) {
        return graph.entry_point >= 0 &&
               static_cast<size_t>(graph.entry_point) < graph.levels.size() &&
               graph.max_level >= 0 && graph.max_level < graph.levels[graph.entry_point];
    }

    void codebook(const faiss::IndexIVFPQ& ivf) const {
        const faiss::ProductQuantizer& pq = ivf.pq;
        require(pq.nbits >= kFewestBits && pq.nbits <= kMostBits, "its codes have fewer than 4 or more than 8 bits");
        require(pq.M >= 1 && pq.d == static_cast<size_t>(ivf.d) && pq.dsub * pq.M == pq.d &&
                    pq.code_size == ivf.code_size && pq.centroids.size() == pq.ksub * pq.d,
                "its product quantizer does not fit its dimension");
        require(usable(pq.centroids), "its codebook is not finite");
    }

    void entries(const faiss::IndexIVFPQ& ivf) const {
        require(ivf.direct_map.no(), "it has a direct map");
        auto* lists = dynamic_cast<const faiss::ArrayInvertedLists*>(ivf.invlists);
        require(lists != nullptr && lists->nlist == ivf.nlist && lists->code_size == ivf.code_size,
                "it has no inverted lists of its own");
        size_t total = 0;
        for (size_t list = 0; list < ivf.nlist; list++) {
            const std::vector<int64_t>& keys = lists->ids[list];
            require(lists->codes[list].size() == keys.size() * ivf.code_size,
                    "a list's codes and keys differ in number");
            int64_t previous = -1;
            for (int64_t key : keys) {
                if (key <= previous) fail(format("keys of list %zu do not ascend", list));
                previous = key;
            }
            total += keys.size();
        }
        require(total == static_cast<size_t>(ivf.ntotal), "its lists do not add up to its size");
    }

    const std::string& origin_;
};

}  // namespace

std::shared_ptr<const IvfPq> IvfPq::adopt(std::unique_ptr<faiss::Index> index,
                                          const std::string& origin) {
    Acceptance acceptance(origin);
    const faiss::LinearTransform* transform = nullptr;
    const faiss::Index* inner = index.get();
    if (auto* outer = exactly<faiss::IndexPreTransform>(inner)) {
        transform = acceptance.transform(*outer);
        inner = outer->index;
    }
    const faiss::IndexIVFPQ* ivf = acceptance.ivfPq(inner);
    return std::shared_ptr<const IvfPq>(new IvfPq(std::move(index), transform, ivf));
}

std::shared_ptr<const IvfPq> IvfPq::read(const std::string& path, int efSearch) {
    checkOutline(path);
    std::unique_ptr<faiss::Index> index(
        faiss::read_index(path.c_str(), faiss::IO_FLAG_SKIP_PRECOMPUTE_TABLE));
    auto* outer = dynamic_cast<faiss::IndexPreTransform*>(index.get());
    auto* ivf = dynamic_cast<faiss::IndexIVF*>(outer == nullptr ? index.get() : outer->index);
    auto* graph = ivf == nullptr ? nullptr : dynamic_cast<faiss::IndexHNSW*>(ivf->quantizer);
    std::shared_ptr<const IvfPq> accepted = adopt(std::move(index), path);
    if (graph != nullptr && efSearch > 0) graph->hnsw.efSearch = efSearch;
    return accepted;
}

}  // namespace remap
