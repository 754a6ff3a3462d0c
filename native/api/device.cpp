// The exported functions on devices, memory and events: they check arguments, then call the device.
#include <algorithm>
#include <atomic>

#include "device/cpu_device.h"
#include "device/cuda_device.h"
#include "device/device.h"
#include "api/validation.h"
#include "cpu/processor.h"

namespace leash::api {

namespace {

// More than any machine has; larger numbers are mistakes, and each thread costs memory.
constexpr int32_t kMaxThreads = 4096;

int32_t threads_of(const leash_device_options* options) {
    if (options == nullptr) return 0;
    if (options->threads < 0 || options->threads > kMaxThreads) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "threads = %d is outside [0, %d]; use 0 for one per available processor",
             options->threads, kMaxThreads);
    }
    if (options->max_threads < 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "max_threads = %d is negative; use 0 for no limit", options->max_threads);
    }
    if (options->threads > 0 || options->max_threads == 0) return options->threads;
    return std::min(options->max_threads, cpu::available_processors());
}

void check_kind(int32_t kind) {
    if (kind != LEASH_DEVICE_CPU && kind != LEASH_DEVICE_CUDA) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "device kind %d does not exist; use LEASH_DEVICE_CPU = %d or LEASH_DEVICE_CUDA = %d",
             kind, LEASH_DEVICE_CPU, LEASH_DEVICE_CUDA);
    }
}

// The number of GPUs. Throws in a process forked from one that has asked for it: CUDA has been initialised there.
int32_t cuda_device_count() {
    constexpr int64_t kNone = -1;
    static std::atomic<int64_t> initialised_in{kNone};
    const int32_t count = cuda::device_count();
    int64_t process = kNone;
    if (!initialised_in.compare_exchange_strong(process, forks()) && process != forks()) {
        fail(LEASH_ERROR_UNAVAILABLE,
             "CUDA is not available: it was used before the process was forked, and does not survive a fork; use it only in "
             "processes that are started by exec (multiprocessing: the start method \"spawn\")");
    }
    return count;
}

std::unique_ptr<leash_device> open(int32_t kind, int32_t ordinal, const leash_device_options* options) {
    check_kind(kind);
    const int32_t threads = threads_of(options);
    void* const stream = options == nullptr ? nullptr : options->stream;
    if (kind == LEASH_DEVICE_CUDA) {
        cuda_device_count();
        return cuda::open(ordinal, stream);
    }
    if (stream != nullptr) fail(LEASH_ERROR_INVALID_ARGUMENT, "stream = %p is for CUDA devices; must be NULL for the CPU", stream);
    if (ordinal != 0) {
        fail(LEASH_ERROR_UNAVAILABLE, "CPU device %d does not exist; the only one has ordinal 0", ordinal);
    }
    return std::make_unique<cpu::CpuHandle>(threads);
}

void check_bytes(int64_t bytes) {
    if (bytes < 0) fail(LEASH_ERROR_INVALID_ARGUMENT, "bytes = %lld is negative", static_cast<long long>(bytes));
}

leash_status copy(leash_device* device, void* to, const void* from, int64_t bytes, int32_t direction, bool wait) {
    return guarded([&] {
        opened(device);
        check_bytes(bytes);
        check_memory(to, "to", bytes, 1);
        check_memory(from, "from", bytes, 1);
        if (direction < LEASH_COPY_HOST_TO_DEVICE || direction > LEASH_COPY_DEVICE_TO_DEVICE) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "direction = %d is not one of LEASH_COPY_*, 0 to 2", direction);
        }
        if (bytes > 0) device->copy(to, from, bytes, direction, wait);
    });
}

leash_event& created(leash_event* event, const char* name) {
    if (event == nullptr) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s is NULL; create one with leash_event_create", name);
    }
    return *event;
}

void check_recorded(const leash_event& event, const char* name) {
    if (!event.recorded) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s has not been recorded; call leash_event_record first", name);
    }
}

}  // namespace

}  // namespace leash::api

using namespace leash;
using namespace leash::api;

leash_status leash_device_count(int32_t kind, int32_t* count) {
    return guarded([&] {
        check_not_null(count, "count");
        check_kind(kind);
        *count = kind == LEASH_DEVICE_CPU ? 1 : cuda_device_count();
    });
}

leash_status leash_device_open(int32_t kind, int32_t ordinal, const leash_device_options* options,
                               leash_device** device) {
    return guarded([&] {
        check_not_null(device, "device");
        *device = open(kind, ordinal, options).release();
    });
}

leash_status leash_device_close(leash_device* device) {
    return guarded([&] {
        if (not_null(device).is_beyond_fork()) return;
        const std::unique_ptr<leash_device> owner(device);
        owner->close();
    });
}

leash_status leash_device_get_properties(leash_device* device, leash_device_properties* properties) {
    return guarded([&] {
        opened(device);
        check_not_null(properties, "properties");
        device->get_properties(properties);
    });
}

leash_status leash_synchronize(leash_device* device) {
    return guarded([&] { opened(device).synchronize(); });
}

leash_status leash_device_stream(leash_device* device, void** stream) {
    return guarded([&] {
        opened(device);
        check_not_null(stream, "stream");
        *stream = device->stream();
    });
}

leash_status leash_allocate(leash_device* device, int64_t bytes, void** memory) {
    return guarded([&] {
        opened(device);
        check_not_null(memory, "memory");
        check_bytes(bytes);
        *memory = device->allocate(bytes);
    });
}

leash_status leash_free(leash_device* device, void* memory) {
    return guarded([&] {
        if (!not_null(device).is_beyond_fork() && memory != nullptr) device->free(memory);
    });
}

leash_status leash_allocate_host(leash_device* device, int64_t bytes, void** memory) {
    return guarded([&] {
        opened(device);
        check_not_null(memory, "memory");
        check_bytes(bytes);
        *memory = device->allocate_host(bytes);
    });
}

leash_status leash_free_host(leash_device* device, void* memory) {
    return guarded([&] {
        if (!not_null(device).is_beyond_fork() && memory != nullptr) device->free_host(memory);
    });
}

leash_status leash_copy(leash_device* device, void* to, const void* from, int64_t bytes, int32_t direction) {
    return copy(device, to, from, bytes, direction, true);
}

leash_status leash_enqueue_copy(leash_device* device, void* to, const void* from, int64_t bytes, int32_t direction) {
    return copy(device, to, from, bytes, direction, false);
}

leash_status leash_fill(leash_device* device, void* memory, int32_t byte_value, int64_t bytes) {
    return guarded([&] {
        opened(device);
        check_bytes(bytes);
        check_memory(memory, "memory", bytes, 1);
        if (byte_value < 0 || byte_value > 255) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "byte_value = %d is outside [0, 255]", byte_value);
        }
        if (bytes > 0) device->fill(memory, byte_value, bytes);
    });
}

leash_status leash_event_create(leash_device* device, leash_event** event) {
    return guarded([&] {
        opened(device);
        check_not_null(event, "event");
        *event = device->create_event().release();
    });
}

leash_status leash_event_record(leash_device* device, leash_event* event) {
    return guarded([&] {
        opened(device);
        if (created(event, "event").device != device) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "event belongs to another device; create one for this device");
        }
        device->record(*event);
        event->recorded = true;
    });
}

leash_status leash_wait(leash_device* device, leash_event* event) {
    return guarded([&] {
        opened(device);
        check_recorded(created(event, "event"), "event");
        device->wait(*event);
    });
}

leash_status leash_event_elapsed_ns(leash_event* begin, leash_event* end, double* elapsed_ns) {
    return guarded([&] {
        check_not_null(elapsed_ns, "elapsed_ns");
        if (created(begin, "begin").device != created(end, "end").device) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "begin and end belong to different devices");
        }
        check_recorded(*begin, "begin");
        check_recorded(*end, "end");
        *elapsed_ns = opened(end->device).elapsed_ns(*begin, *end);
    });
}

leash_status leash_event_destroy(leash_event* event) {
    return guarded([&] {
        if (!created(event, "event").is_beyond_fork()) delete event;
    });
}
