// Memory ceilings: the fastest access pattern differs between machines (in the number of streams that prefetchers follow, and in
// the benefit of non-temporal stores), so each ceiling has a table of patterns; all are tried, and the fastest is timed. A core
// issues at least two 16-byte loads per cycle, well above the rate of any memory: the baseline instruction set suffices.
//
// Exponential ceiling: the variant's exp2, summed, over a block that stays in the first-level cache.
#include "measure/cpu_ceilings.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace leash::cpu {

namespace {

typedef uint64_t Vector __attribute__((vector_size(16), may_alias));

constexpr int64_t kLine = 64;
constexpr int64_t kVectorsPerLine = kLine / static_cast<int64_t>(sizeof(Vector));

enum class Store { kCached, kPastCaches };

template <Store kStore>
void store(Vector* to, Vector value) {
#if defined(__SSE2__)
    if (kStore == Store::kPastCaches) {
        _mm_stream_si128(reinterpret_cast<__m128i*>(to), reinterpret_cast<__m128i>(value));
        return;
    }
#endif
    *to = value;
}

template <Store kStore>
void finish_stores() {
#if defined(__SSE2__)
    if (kStore == Store::kPastCaches) _mm_sfence();
#endif
}

// One pass over a piece in kStreams concurrent streams. The result keeps the compiler from dropping the loads.
using Pass = uint64_t (*)(const char* from, char* to, int64_t bytes);

template <int kStreams, class Line>
void for_each_line(int64_t bytes, Line line) {
    const int64_t stream_bytes = bytes / kStreams;
    for (int64_t offset = 0; offset < stream_bytes; offset += kLine) {
        for (int stream = 0; stream < kStreams; stream++) line(stream * stream_bytes + offset);
    }
}

template <int kStreams>
uint64_t read_pass(const char* from, char*, int64_t bytes) {
    Vector sum[kVectorsPerLine] = {};
    for_each_line<kStreams>(bytes, [&](int64_t offset) {
        const auto* const line = reinterpret_cast<const Vector*>(from + offset);
        for (int i = 0; i < kVectorsPerLine; i++) sum[i] ^= line[i];
    });
    const Vector all = (sum[0] ^ sum[1]) ^ (sum[2] ^ sum[3]);
    return all[0] ^ all[1];
}

// Complements the values, because an update must change them.
template <int kStreams, Store kStore>
uint64_t write_pass(const char* from, char* to, int64_t bytes) {
    for_each_line<kStreams>(bytes, [&](int64_t offset) {
        const auto* const source = reinterpret_cast<const Vector*>(from + offset);
        auto* const target = reinterpret_cast<Vector*>(to + offset);
        Vector line[kVectorsPerLine];
        for (int i = 0; i < kVectorsPerLine; i++) line[i] = ~source[i];
        for (int i = 0; i < kVectorsPerLine; i++) store<kStore>(target + i, line[i]);
    });
    finish_stores<kStore>();
    return 0;
}

constexpr Pass kReadPasses[] = {read_pass<1>, read_pass<2>, read_pass<4>, read_pass<8>};

constexpr Pass kWritePasses[] = {
    write_pass<1, Store::kCached>,     write_pass<2, Store::kCached>,     write_pass<4, Store::kCached>,
    write_pass<1, Store::kPastCaches>, write_pass<2, Store::kPastCaches>, write_pass<4, Store::kPastCaches>,
};

// Work divided into tasks for the threads.
struct Job {
    virtual ~Job() = default;
    virtual int64_t tasks() const = 0;
    virtual uint64_t run(int64_t task) const = 0;

    double time_ns(CpuDevice& device) {
        const auto begin = std::chrono::steady_clock::now();
        device.pool.run(
            tasks(),
            [](void* context, int, int64_t task) {
                Job* const job = static_cast<Job*>(context);
                job->result_.fetch_xor(job->run(task), std::memory_order_relaxed);
            },
            this);
        const auto end = std::chrono::steady_clock::now();
        return std::chrono::duration<double, std::nano>(end - begin).count();
    }

  private:
    std::atomic<uint64_t> result_{0};
};

struct MemoryJob final : Job {
    const char* from;
    char* to;
    int64_t bytes;
    int64_t piece;
    Pass pass = nullptr;

    // Pieces small enough for threads to end together, and large enough for negligible start-up costs.
    MemoryJob(const char* source, char* target, int64_t size, int threads)
        : from(source), to(target), bytes(size), piece(std::clamp(round_up(size / threads), kUnit, kMaxPiece)) {}

    int64_t tasks() const override { return (bytes + piece - 1) / piece; }

    uint64_t run(int64_t task) const override {
        const int64_t offset = task * piece;
        return pass(from + offset, to + offset, std::min(piece, bytes - offset));
    }

  private:
    static constexpr int64_t kUnit = 2048;  // whole lines for each of 8 streams
    static constexpr int64_t kMaxPiece = int64_t{1} << 20;

    static int64_t round_up(int64_t size) { return (size + kUnit - 1) / kUnit * kUnit; }
};

struct ExpJob final : Job {
    static constexpr int64_t kBlock = 4096;  // 16 KiB of input, half of the smallest first-level cache
    static constexpr int64_t kBlocksPerTask = 16;

    const Kernels& kernels;
    int64_t elements;
    std::vector<float> block;

    // Exponents typical of logits, from a linear congruential generator.
    ExpJob(const Kernels& variant, int64_t count) : kernels(variant), elements(count), block(kBlock) {
        uint32_t state = 1;
        for (float& value : block) {
            state = state * 1664525u + 1013904223u;
            value = -20.0f * static_cast<float>(state >> 8) * 0x1p-24f;
        }
    }

    int64_t tasks() const override { return (elements + kBlock * kBlocksPerTask - 1) / (kBlock * kBlocksPerTask); }

    uint64_t run(int64_t task) const override {
        const int64_t begin = task * kBlock * kBlocksPerTask;
        const int64_t end = std::min(elements, begin + kBlock * kBlocksPerTask);
        float sum = 0.0f;
        for (int64_t i = begin; i < end; i += kBlock) {
            sum += kernels.exp2_sum(block.data(), std::min(kBlock, end - i));
        }
        return static_cast<uint64_t>(sum);
    }
};

template <size_t kCount>
Pass fastest(CpuDevice& device, MemoryJob& job, const Pass (&passes)[kCount]) {
    double best_ns = 0.0;
    Pass best = nullptr;
    for (const Pass pass : passes) {
        job.pass = pass;
        const double ns = std::min(job.time_ns(device), job.time_ns(device));
        if (best == nullptr || ns < best_ns) {
            best = pass;
            best_ns = ns;
        }
    }
    return best;
}

CeilingTimes repeat(CpuDevice& device, Job& job, int32_t repetitions) {
    std::vector<double> ns(static_cast<size_t>(repetitions));
    for (double& sample : ns) sample = job.time_ns(device);
    std::sort(ns.begin(), ns.end());
    const size_t middle = ns.size() / 2;
    return {ns.front(), ns.size() % 2 == 1 ? ns[middle] : (ns[middle - 1] + ns[middle]) / 2};
}

}  // namespace

CeilingTimes measure_ceiling(CpuDevice& device, const Kernels& kernels, int32_t kind, void* memory, int64_t bytes,
                             int32_t repetitions) {
    if (kind == LEASH_CEILING_EXP) {
        ExpJob job(kernels, bytes / static_cast<int64_t>(sizeof(float)));
        job.time_ns(device);
        return repeat(device, job, repetitions);
    }
    char* const begin = static_cast<char*>(memory);
    const bool copies = kind == LEASH_CEILING_COPY;
    MemoryJob job(begin, copies ? begin + bytes / 2 : begin, copies ? bytes / 2 : bytes, device.pool.threads());
    job.pass = kind == LEASH_CEILING_READ ? fastest(device, job, kReadPasses) : fastest(device, job, kWritePasses);
    return repeat(device, job, repetitions);
}

}  // namespace leash::cpu
