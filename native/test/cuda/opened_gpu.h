// An emulated GPU opened through the C ABI, and the variants for it.
#ifndef LEASH_TEST_CUDA_OPENED_GPU_H
#define LEASH_TEST_CUDA_OPENED_GPU_H

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "test/harness.h"
#include "leash.h"

namespace leash::test {

class OpenedGpu {
  public:
    // stream NULL: the device's own
    explicit OpenedGpu(int32_t ordinal = 0, void* stream = nullptr) {
        leash_device_options options = {};
        options.stream = stream;
        CHECK_EQ(leash_device_open(LEASH_DEVICE_CUDA, ordinal, &options, &device_), LEASH_OK);
    }
    ~OpenedGpu() { leash_device_close(device_); }
    OpenedGpu(const OpenedGpu&) = delete;
    OpenedGpu& operator=(const OpenedGpu&) = delete;
    operator leash_device*() const { return device_; }

    template <class T>
    T* put(const std::vector<T>& host) const {
        void* memory = nullptr;
        const auto bytes = static_cast<int64_t>(host.size() * sizeof(T));
        CHECK_EQ(leash_allocate(device_, bytes, &memory), LEASH_OK);
        CHECK_EQ(leash_copy(device_, memory, host.data(), bytes, LEASH_COPY_HOST_TO_DEVICE), LEASH_OK);
        return static_cast<T*>(memory);
    }
    template <class T>
    std::vector<T> get(const T* memory, size_t count) const {
        std::vector<T> host(count);
        CHECK_EQ(leash_copy(device_, host.data(), memory, static_cast<int64_t>(count * sizeof(T)), LEASH_COPY_DEVICE_TO_HOST),
                 LEASH_OK);
        return host;
    }

  private:
    leash_device* device_ = nullptr;
};

inline leash_variant variant_of(int32_t id) {
    leash_variant variant = {};
    CHECK_EQ(leash_variant_get(id, &variant), LEASH_OK);
    return variant;
}

inline std::vector<std::string> cuda_variants_of(int32_t operation) {
    std::vector<std::string> names;
    for (int32_t id = 0; id < leash_variant_count(); id++) {
        const leash_variant variant = variant_of(id);
        if (variant.operation == operation && variant.device_kind == LEASH_DEVICE_CUDA) names.push_back(variant.name);
    }
    return names;
}

// The id of an operation's CUDA variant.
inline int32_t cuda_variant(int32_t operation, const std::string& name) {
    for (int32_t id = 0; id < leash_variant_count(); id++) {
        const leash_variant variant = variant_of(id);
        if (variant.operation == operation && variant.device_kind == LEASH_DEVICE_CUDA && name == variant.name) return id;
    }
    report_failure(__FILE__, __LINE__, "no CUDA variant " + name);
    return LEASH_VARIANT_AUTO;
}

inline bool error_says(const std::string& text) { return std::string(leash_last_error()).find(text) != std::string::npos; }

}  // namespace leash::test

#endif
