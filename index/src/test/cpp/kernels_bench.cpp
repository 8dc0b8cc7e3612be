// What one core's kernels reach, for bin/bench-index: answers a line with a line, as IndexBench does.
//
//   sets             names of the kernels that this CPU runs, the best first
//   peak SET         10^9 operations a second of multiply-adds in registers, with the instructions
//                    that the set's nearest rows are looked for with
//   nearest SET R N  the same of N vectors and R rows of -d components, with nothing else counted
//
// usage: kernels_bench <dimension>
#include <immintrin.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <time.h>
#include <vector>

#include "kernels/kernels.h"
#include "kernels/packed.h"

namespace {

constexpr size_t kHidden = 24;
constexpr size_t kChains = 16;
constexpr size_t kRounds = 20'000'000;

double seconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

// Seconds of kRounds in each of kChains chains, which do not wait for one another.
__attribute__((target("avx512f,avx512bf16"))) double bf16Chains() {
    __m512 sums[kChains] = {};
    const __m512bh ones = (__m512bh)_mm512_set1_epi32(0x3f803f80);
    const double start = seconds();
    for (size_t i = 0; i < kRounds; i++) {
#pragma GCC unroll 16
        for (size_t c = 0; c < kChains; c++) {
            sums[c] = _mm512_dpbf16_ps(sums[c], ones, ones);
            asm volatile("" : "+v"(sums[c]));
        }
    }
    return seconds() - start;
}

__attribute__((target("avx512f"))) double f32Chains512() {
    __m512 sums[kChains] = {};
    const __m512 ones = _mm512_set1_ps(1);
    const double start = seconds();
    for (size_t i = 0; i < kRounds; i++) {
#pragma GCC unroll 16
        for (size_t c = 0; c < kChains; c++) {
            sums[c] = _mm512_fmadd_ps(ones, ones, sums[c]);
            asm volatile("" : "+v"(sums[c]));
        }
    }
    return seconds() - start;
}

__attribute__((target("avx2,fma"))) double f32Chains256() {
    constexpr size_t chains = 12;
    __m256 sums[chains] = {};
    const __m256 ones = _mm256_set1_ps(1);
    const double start = seconds();
    for (size_t i = 0; i < kRounds; i++) {
#pragma GCC unroll 16
        for (size_t c = 0; c < chains; c++) {
            sums[c] = _mm256_fmadd_ps(ones, ones, sums[c]);
            asm volatile("" : "+x"(sums[c]));
        }
    }
    return (seconds() - start) * kChains / chains;
}

double peak(const std::string& set) {
    if (set == "avx512bf16") return 64e-9 * kChains * kRounds / bf16Chains();
    if (set == "avx512") return 32e-9 * kChains * kRounds / f32Chains512();
    if (set == "avx2") return 16e-9 * kChains * kRounds / f32Chains256();
    return 0;
}

// Hidden normal components, bent into all, with noise, of length one.
std::vector<float> vectors(size_t n, size_t d, unsigned seed) {
    std::mt19937 common(1), random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> bend(kHidden * d), x(n * d);
    for (float& f : bend) f = normal(common) * 0.5f;
    for (size_t i = 0; i < n; i++) {
        float hidden[kHidden];
        for (float& f : hidden) f = normal(random);
        float square = 0;
        for (size_t j = 0; j < d; j++) {
            float sum = 0;
            for (size_t h = 0; h < kHidden; h++) sum += hidden[h] * bend[h * d + j];
            x[i * d + j] = std::sin(sum) + 0.05f * normal(random);
            square += x[i * d + j] * x[i * d + j];
        }
        for (size_t j = 0; j < d; j++) x[i * d + j] /= std::sqrt(square);
    }
    return x;
}

const remap::Kernels* find(const std::string& name) {
    for (const remap::Kernels* const* set = remap::availableKernels(); *set != nullptr; set++) {
        if ((*set)->name == name) return *set;
    }
    return nullptr;
}

double nearest(const remap::Kernels& set, size_t d, size_t rows, size_t n) {
    const std::vector<float> centroids = vectors(rows, d, 2), x = vectors(n, d, 3);
    const remap::PackedMatrix packed = remap::PackedMatrix::forDistances(centroids.data(), rows, d);
    std::vector<int32_t> found(n);
    set.nearest(x.data(), d, n, packed.view(), found.data());
    const double start = seconds();
    set.nearest(x.data(), d, n, packed.view(), found.data());
    return 2e-9 * double(n * rows * d) / (seconds() - start);
}

}  // namespace

int main(int argc, char** argv) {
    const size_t d = argc > 1 ? size_t(std::atoi(argv[1])) : 128;
    std::printf("kernels\n");
    std::fflush(stdout);
    for (std::string what; std::cin >> what;) {
        std::string name;
        if (what == "sets") {
            for (auto set = remap::availableKernels(); *set; set++) std::printf("%s ", (*set)->name);
        } else if (what == "peak" && std::cin >> name) {
            std::printf("%.1f", peak(name));
        } else if (size_t rows, n; std::cin >> name >> rows >> n && find(name) != nullptr) {
            std::printf("%.1f", nearest(*find(name), d, rows, n));
        } else {
            return 1;
        }
        std::printf("\n");
        std::fflush(stdout);
    }
    return 0;
}
