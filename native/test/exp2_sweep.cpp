// Evaluates the exponential of every instruction set at every f32 from -126 to -0, prints the histogram of errors in ulp, and fails
// above two. Positive exponents, which no kernel uses, follow for information.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "cpu/processor.h"
#include "test/exp2_errors.h"
#include "test/harness.h"
#include "test/tested_kernels.h"

using namespace leash;
using namespace leash::test;

namespace {

std::vector<Exp2Errors> sweep(uint32_t first, uint32_t end) {
    constexpr uint32_t kChunk = 1u << 20;
    const std::vector<const cpu::Kernels*>& variants = tested_kernels();
    const auto threads = static_cast<size_t>(cpu::available_processors());
    std::vector<std::vector<Exp2Errors>> parts(threads, std::vector<Exp2Errors>(variants.size()));
    std::atomic<uint64_t> next{first};
    std::vector<std::thread> workers;
    for (std::vector<Exp2Errors>& part : parts) {
        workers.emplace_back([&] {
            for (uint64_t begin; (begin = next.fetch_add(kChunk)) < end;) {
                const auto chunk_end = static_cast<uint32_t>(std::min<uint64_t>(end, begin + kChunk));
                add_exp2_errors(variants, static_cast<uint32_t>(begin), chunk_end, 1, &part);
            }
        });
    }
    for (std::thread& worker : workers) worker.join();
    for (size_t i = 1; i < threads; i++) {
        for (size_t variant = 0; variant < variants.size(); variant++) parts[0][variant].add(parts[i][variant]);
    }
    return parts[0];
}

// Whether all errors are within `allowed`.
bool print(const char* range, const std::vector<Exp2Errors>& errors, double allowed) {
    bool within = true;
    for (size_t i = 0; i < errors.size(); i++) {
        const Exp2Errors& error = errors[i];
        std::printf("exp2 %-10s x in %s: %lld values, largest error %.4f ulp at x = %a, mean signed error %+.5f ulp\n",
                    tested_kernels()[i]->name, range, static_cast<long long>(error.count), error.largest_ulp,
                    static_cast<double>(error.worst_input), error.signed_ulp / static_cast<double>(error.count));
        for (int bin = 0; bin < Exp2Errors::kBins; bin++) {
            if (error.bins[bin] == 0) continue;
            std::printf("    %4.2f%s ulp  %10lld  %7.3f %%\n", bin / 4.0, bin + 1 < Exp2Errors::kBins ? " .." : "  +",
                        static_cast<long long>(error.bins[bin]),
                        100.0 * static_cast<double>(error.bins[bin]) / static_cast<double>(error.count));
        }
        within = within && error.largest_ulp <= allowed;
    }
    return within;
}

}  // namespace

VARIANT_TEST(exp2_is_within_two_ulp_of_every_f32) {
    CHECK(print("[-126, -0]", sweep(kFirstUsed, kLastUsed + 1), kAllowedUlp));
    print("[0, 127)", sweep(0, bits_of(127.0f)), INFINITY);
}
