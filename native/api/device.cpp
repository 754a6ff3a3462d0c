// Devices, their memory and their events. A CPU device works in the caller's time: whatever was called is done.
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "handles.h"
#include "status.h"
#include "validation.h"

namespace leash::api {

namespace {

// Beyond any machine in sight; a larger number is a mistake, and each thread costs memory.
constexpr int32_t kMaxThreads = 4096;

int32_t threads_of(const leash_device_options* options) {
    if (options == nullptr) return 0;
    check_size(options->size, sizeof *options, "leash_device_options");
    if (options->threads < 0 || options->threads > kMaxThreads) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "threads = %d is outside [0, %d]; 0 takes one per available processor",
             options->threads, kMaxThreads);
    }
    return options->threads;
}

void* allocate(int64_t bytes) {
    constexpr int64_t kAlignment = 64;
    constexpr int64_t kHugePage = int64_t{2} << 20;
    if (bytes < 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "bytes = %lld is negative", static_cast<long long>(bytes));
    }
    // Logits are read front to back at the speed of the memory: with small pages the address translation limits it.
    const bool huge = bytes >= 2 * kHugePage;
    const int64_t alignment = huge ? kHugePage : kAlignment;
    if (bytes > INT64_MAX - alignment) {
        fail(LEASH_ERROR_OUT_OF_MEMORY, "cannot allocate %lld bytes", static_cast<long long>(bytes));
    }
    const int64_t rounded = (bytes + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(static_cast<size_t>(alignment),
                                      static_cast<size_t>(rounded > 0 ? rounded : alignment));
    if (memory == nullptr) {
        fail(LEASH_ERROR_OUT_OF_MEMORY, "cannot allocate %lld bytes", static_cast<long long>(bytes));
    }
    // Advice: where the kernel declines, the memory is as good, only slower.
    if (huge) (void)madvise(memory, static_cast<size_t>(rounded), MADV_HUGEPAGE);
    return memory;
}

void check_range(const void* memory, const char* name, int64_t bytes) {
    if (bytes < 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "bytes = %lld is negative", static_cast<long long>(bytes));
    }
    if (bytes > 0 && memory == nullptr) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s is NULL with bytes = %lld", name, static_cast<long long>(bytes));
    }
}

leash_event& created(leash_event* event, const char* name) {
    if (event == nullptr) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s is NULL; create one with leash_event_create", name);
    }
    return *event;
}

}  // namespace

}  // namespace leash::api

using namespace leash::api;

leash_status leash_device_open(int32_t kind, int32_t ordinal, const leash_device_options* options,
                               leash_device** device) {
    return guarded([&] {
        check_not_null(device, "device");
        if (kind == LEASH_DEVICE_CUDA) {
            fail(LEASH_ERROR_UNAVAILABLE, "CUDA is not available: this library was built without CUDA");
        }
        if (kind != LEASH_DEVICE_CPU) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "device kind %d does not exist; use LEASH_DEVICE_CPU = %d", kind,
                 LEASH_DEVICE_CPU);
        }
        if (ordinal != 0) {
            fail(LEASH_ERROR_UNAVAILABLE, "CPU device %d does not exist; the only one has ordinal 0", ordinal);
        }
        *device = new leash_device(threads_of(options));
    });
}

leash_status leash_device_close(leash_device* device) {
    return guarded([&] { delete &opened(device); });
}

leash_status leash_device_get_properties(leash_device* device, leash_device_properties* properties) {
    return guarded([&] {
        const leash::cpu::CpuDevice& cpu = opened(device).cpu;
        check_not_null(properties, "properties");
        check_size(properties->size, sizeof *properties, "leash_device_properties");
        properties->kind = LEASH_DEVICE_CPU;
        properties->ordinal = 0;
        properties->threads = cpu.pool.threads();
        properties->memory_bytes = cpu.memory_bytes;
        properties->last_level_cache_bytes = cpu.last_level_cache_bytes;
        std::snprintf(properties->name, sizeof properties->name, "%s", cpu.name.c_str());
        std::snprintf(properties->instruction_sets, sizeof properties->instruction_sets, "%s",
                      cpu.instruction_sets.c_str());
    });
}

leash_status leash_synchronize(leash_device* device) {
    return guarded([&] { opened(device); });
}

leash_status leash_allocate(leash_device* device, int64_t bytes, void** memory) {
    return guarded([&] {
        opened(device);
        check_not_null(memory, "memory");
        *memory = allocate(bytes);
    });
}

leash_status leash_free(leash_device* device, void* memory) {
    return guarded([&] {
        opened(device);
        std::free(memory);
    });
}

leash_status leash_copy(leash_device* device, void* to, const void* from, int64_t bytes, int32_t direction) {
    return guarded([&] {
        opened(device);
        check_range(to, "to", bytes);
        check_range(from, "from", bytes);
        if (direction < LEASH_COPY_HOST_TO_DEVICE || direction > LEASH_COPY_DEVICE_TO_DEVICE) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "direction = %d is none of LEASH_COPY_*, 0 to 2", direction);
        }
        if (bytes > 0) std::memmove(to, from, static_cast<size_t>(bytes));
    });
}

leash_status leash_fill(leash_device* device, void* memory, int32_t byte_value, int64_t bytes) {
    return guarded([&] {
        opened(device);
        check_range(memory, "memory", bytes);
        if (byte_value < 0 || byte_value > 255) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "byte_value = %d is outside [0, 255]", byte_value);
        }
        if (bytes > 0) std::memset(memory, byte_value, static_cast<size_t>(bytes));
    });
}

leash_status leash_event_create(leash_device* device, leash_event** event) {
    return guarded([&] {
        opened(device);
        check_not_null(event, "event");
        *event = new leash_event{device, false, {}};
    });
}

leash_status leash_event_record(leash_device* device, leash_event* event) {
    return guarded([&] {
        opened(device);
        if (created(event, "event").device != device) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "event belongs to another device; create one for this device");
        }
        event->recorded = true;
        event->time = std::chrono::steady_clock::now();
    });
}

leash_status leash_event_elapsed_ns(leash_event* begin, leash_event* end, double* elapsed_ns) {
    return guarded([&] {
        check_not_null(elapsed_ns, "elapsed_ns");
        if (created(begin, "begin").device != created(end, "end").device) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "begin and end belong to different devices");
        }
        if (!begin->recorded || !end->recorded) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "%s has not been recorded; call leash_event_record first",
                 begin->recorded ? "end" : "begin");
        }
        *elapsed_ns = std::chrono::duration<double, std::nano>(end->time - begin->time).count();
    });
}

leash_status leash_event_destroy(leash_event* event) {
    return guarded([&] { delete &created(event, "event"); });
}
