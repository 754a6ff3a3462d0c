// Interprets bytes as calls of the C ABI, with arguments inside and outside the contract (libFuzzer; make fuzz). Every pointer is
// NULL, refused by its size, or lies in one arena, which is compared with a copy after each call: only the elements of outputs may
// differ, and only if the call was accepted. An accepted call must have outputs that share no byte with another buffer. Statuses
// must exist, and errors have messages. The sanitizers watch everything else. All calls draw from one input and are judged by one
// arena, hence one file.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "leash.h"
#include "leash_jvm.h"
#include "spec/names.h"

extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1:detect_stack_use_after_return=1"; }

namespace {

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "violated: %s; last error: %s\n", what, leash_last_error());
    std::abort();
}

void require(bool condition, const char* what) {
    if (!condition) fail(what);
}

// Zeros follow the end.
class Input {
  public:
    Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}

    bool is_empty() const { return size_ == 0; }
    template <class T>
    T take() {
        T value = {};
        const size_t bytes = std::min(sizeof value, size_);
        std::memcpy(&value, data_, bytes);
        data_ += bytes;
        size_ -= bytes;
        return value;
    }
    int64_t below(int64_t end) { return take<uint16_t>() % end; }
    bool one_in(int64_t n) { return below(n) == n - 1; }

    // A size that some check must refuse, or any.
    int64_t extreme() {
        const int64_t values[] = {-1, 0, 1, INT32_MAX, int64_t{INT32_MAX} + 1, int64_t{1} << 61, int64_t{1} << 62, INT64_MAX - 1,
                                  INT64_MAX, INT64_MIN, int64_t{1} << 32, take<int64_t>()};
        return values[below(sizeof values / sizeof *values)];
    }
    float number() {
        const float values[] = {0, 1, 0.2f, 2, -1, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN(),
                                1e-45f, 3e38f, take<float>()};
        return values[below(sizeof values / sizeof *values)];
    }

  private:
    const uint8_t* data_;
    size_t size_;
};

constexpr size_t kArena = 1 << 16;
alignas(64) uint8_t arena[kArena];
uint8_t before[kArena];
uint8_t owners[kArena];

bool is_in_arena(uintptr_t begin, unsigned __int128 bytes) {
    const auto start = reinterpret_cast<uintptr_t>(arena);
    return begin >= start && begin - start <= kArena && bytes <= kArena - (begin - start);
}

// A buffer of a call: rows of `row_bytes` that are `stride_bytes` apart.
struct Buffer {
    void** data;
    __int128 rows;
    __int128 row_bytes;
    __int128 stride_bytes;
    bool written;
    bool is_matrix;

    // More than any memory where even 128 bits are too few.
    __int128 bytes() const {
        if (rows <= 0) return 0;
        __int128 product = 0;
        return __builtin_mul_overflow(rows - 1, stride_bytes, &product) ? __int128{1} << 100 : product + row_bytes;
    }
    uintptr_t address() const { return reinterpret_cast<uintptr_t>(*data); }
};

void check_status(leash_status status) {
    require(status >= LEASH_OK && status <= LEASH_ERROR_DEVICE_LOST, "the status exists");
    require(status != LEASH_ERROR_INTERNAL, "no internal error");
    if (status != LEASH_OK) require(*leash_last_error() != '\0', "errors have messages");
}

// Runs a call that may write the elements of outputs, if it is accepted.
template <class Call>
leash_status watched(const std::vector<Buffer>& buffers, Call call) {
    std::memcpy(before, arena, kArena);
    const leash_status status = call();
    check_status(status);
    if (status == LEASH_OK || status == LEASH_ERROR_TARGET_OUT_OF_RANGE) {
        std::memset(owners, 0, kArena);
        // Outputs are taken over into the copy.
        const auto mark = [](const Buffer& buffer, bool shares) {
            if (buffer.bytes() <= 0) return;
            for (int64_t row = 0; row < static_cast<int64_t>(buffer.rows); row++) {
                const auto at = buffer.address() - reinterpret_cast<uintptr_t>(arena) + static_cast<size_t>(row * buffer.stride_bytes);
                for (size_t i = at; i < at + static_cast<size_t>(buffer.row_bytes); i++) {
                    require(shares || owners[i] == 0, "an output of an accepted call overlaps no other buffer");
                    owners[i] = 1;
                }
                if (buffer.written) std::memcpy(before + at, arena + at, static_cast<size_t>(buffer.row_bytes));
            }
        };
        for (const Buffer& buffer : buffers) {
            if (*buffer.data == nullptr || buffer.bytes() <= 0) continue;
            require(is_in_arena(buffer.address(), static_cast<unsigned __int128>(buffer.bytes())), "an accepted buffer has memory");
        }
        for (const Buffer& buffer : buffers) {
            if (*buffer.data != nullptr && !buffer.written) mark(buffer, true);
        }
        const Buffer* const logits = buffers.empty() ? nullptr : &buffers[0];
        for (const Buffer& buffer : buffers) {
            if (*buffer.data == nullptr || !buffer.written) continue;
            const bool in_place = buffer.is_matrix && buffer.address() == logits->address() && buffer.stride_bytes == logits->stride_bytes;
            if (in_place) {
                for (const Buffer& other : buffers) {
                    if (&other == logits || *other.data == nullptr || other.rows <= 0 || other.written) continue;
                    require(other.address() + static_cast<uintptr_t>(other.bytes()) <= buffer.address() ||
                                buffer.address() + static_cast<uintptr_t>(buffer.bytes()) <= other.address(),
                            "an output in place overlaps no other input");
                }
            }
            mark(buffer, in_place);
        }
    }
    require(std::memcmp(arena, before, kArena) == 0, "only outputs are written, and only by accepted calls");
    return status;
}

// The devices, memory and events that a program has.
struct World {
    std::vector<leash_device*> devices;
    std::vector<leash_event*> events;
    struct Memory {
        char* data;
        int64_t bytes;
        bool host;
    };
    std::vector<Memory> memory;

    leash_device* any(Input& in) { return in.one_in(50) ? nullptr : devices[static_cast<size_t>(in.below(static_cast<int64_t>(devices.size())))]; }
};

// The devices that serve all programs; those that a program opens are closed with it.
leash_device* lasting(int32_t threads) {
    leash_device_options options = {};
    options.threads = threads;
    leash_device* device = nullptr;
    require(leash_device_open(LEASH_DEVICE_CPU, 0, &options, &device) == LEASH_OK, "a device opens");
    return device;
}

// Twice the arena, of floats in [-8, 8); some have any bits where `wild`.
std::vector<uint8_t> drawn_numbers(bool wild) {
    std::vector<uint8_t> bytes(2 * kArena);
    uint32_t state = 1;
    for (size_t i = 0; i < bytes.size(); i += 4) {
        state = state * 1664525u + 1013904223u;
        const float value = static_cast<float>(static_cast<int32_t>(state) >> 16) * 0x1p-12f;
        std::memcpy(&bytes[i], &value, 4);
        if (wild && (state >> 8 & 31) == 0) std::memcpy(&bytes[i], &state, 4);
    }
    return bytes;
}

const std::vector<uint8_t>& numbers() {
    static const std::vector<uint8_t> all = drawn_numbers(false);
    return all;
}

const std::vector<uint8_t>& wild_numbers() {
    static const std::vector<uint8_t> all = drawn_numbers(true);
    return all;
}

// The arguments of an operation, placed apart at first.
class Arguments {
  public:
    explicit Arguments(Input& in) : in_(in) {
        rows_ = in.one_in(40) ? in.extreme() : in.below(in.one_in(8) ? 200 : 6);
        vocab_ = in.one_in(40) ? in.extreme() : 1 + in.below(in.one_in(8) ? kMostVocab : 40);
        dtype_ = in.one_in(60) ? in.take<int32_t>() : static_cast<int32_t>(in.below(3));
        at_ = static_cast<size_t>(in.below(16)) * 4;
    }

    void matrix(leash_matrix& to, bool written) {
        to.rows = in_.one_in(80) ? in_.extreme() : rows_;
        to.vocab = in_.one_in(80) ? in_.extreme() : vocab_;
        to.row_stride = in_.one_in(20) || vocab_ > kMostVocab ? in_.extreme() : vocab_ + (in_.one_in(3) ? in_.below(50) : 0);
        // Interleaved rows need the same stride.
        if (written && in_.one_in(2)) to.row_stride = stride_;
        stride_ = to.row_stride;
        to.dtype = in_.one_in(80) ? in_.take<int32_t>() : dtype_;
        const int64_t element = to.dtype == LEASH_F32 ? 4 : 2;
        add(&to.data, to.rows, __int128{to.vocab} * element, __int128{to.row_stride} * element, written, true);
    }
    // Makes the output that was added last the logits, or a matrix like it beside or over them.
    void in_place(leash_matrix& to, const leash_matrix& logits) {
        to = logits;
        if (in_.one_in(2)) to.data = static_cast<uint8_t*>(logits.data) + in_.below(100) * 4;
        buffers_.back() = buffers_.front();
        buffers_.back().data = &to.data;
        buffers_.back().written = true;
    }
    template <class Element>
    void column(Element*& to, bool written, int64_t presence) {
        if (in_.below(8) < presence) {
            add(const_cast<void**>(reinterpret_cast<const void* const*>(&to)), rows_, sizeof(Element), sizeof(Element), written, false);
        }
    }
    void rows(leash_rows& to) {
        matrix(to.logits, false);
        // Of all columns, too.
        rows_ = to.logits.rows;
        column(to.temperatures, false, 2);
        column(to.mask, false, 3);
        to.temperature = in_.one_in(10) ? in_.number() : 1;
        to.variant = in_.one_in(4) ? static_cast<int32_t>(in_.below(leash_variant_count() + 4)) - 2 : LEASH_VARIANT_AUTO;
    }

    // Moves a few of the buffers, then takes away those that a call would access outside the arena.
    void spoil() {
        for (int64_t i = in_.below(8) - 4; i > 0; i--) {
            Buffer& buffer = buffers_[static_cast<size_t>(in_.below(static_cast<int64_t>(buffers_.size())))];
            const Buffer& other = buffers_[static_cast<size_t>(in_.below(static_cast<int64_t>(buffers_.size())))];
            switch (in_.below(6)) {
                case 0:
                    *buffer.data = nullptr;
                    break;
                case 1:
                    *buffer.data = reinterpret_cast<void*>(other.address());
                    break;
                case 2:
                    *buffer.data = reinterpret_cast<void*>(other.address() + static_cast<uintptr_t>(in_.below(400)) * 2 - 400);
                    break;
                case 3:
                    *buffer.data = reinterpret_cast<void*>(buffer.address() + static_cast<uintptr_t>(in_.below(7)));
                    break;
                case 4:
                    *buffer.data = reinterpret_cast<void*>(~static_cast<uintptr_t>(in_.below(4096)));
                    break;
                default:
                    *buffer.data = reinterpret_cast<void*>(other.address() + static_cast<uintptr_t>(std::min<__int128>(other.row_bytes, 1 << 16)));
                    break;
            }
        }
        for (Buffer& buffer : buffers_) {
            if (*buffer.data == nullptr || buffer.bytes() <= 0) continue;
            const bool passes_the_end = buffer.bytes() > __int128{UINTPTR_MAX} - buffer.address();
            const bool passes_arithmetic = buffer.bytes() > INT64_MAX;
            if (!passes_the_end && !passes_arithmetic && !is_in_arena(buffer.address(), static_cast<unsigned __int128>(buffer.bytes()))) {
                *buffer.data = nullptr;
            }
        }
    }

    // Any numbers, with targets that are in range, as a rule, in the columns of targets.
    void fill(const int32_t* targets) {
        const std::vector<uint8_t>& source = in_.one_in(4) ? wild_numbers() : numbers();
        std::memcpy(arena, source.data() + in_.below(kArena / 4) * 4, kArena);
        const auto address = reinterpret_cast<uintptr_t>(targets);
        if (in_.one_in(4) || rows_ <= 0 || rows_ > 1000 || address % 4 != 0 || vocab_ < 1) return;
        if (!is_in_arena(address, static_cast<unsigned __int128>(rows_) * 4)) return;
        for (int64_t i = 0; i < rows_; i++) {
            const auto target = static_cast<int32_t>(in_.take<uint8_t>() % std::min<int64_t>(vocab_, 1000));
            std::memcpy(reinterpret_cast<void*>(address + static_cast<uintptr_t>(i) * 4), &target, 4);
        }
    }

    const std::vector<Buffer>& buffers() const { return buffers_; }

  private:
    static constexpr int64_t kMostVocab = 2000;

    void add(void** data, int64_t rows, __int128 row_bytes, __int128 stride_bytes, bool written, bool is_matrix) {
        buffers_.push_back({data, rows, row_bytes, stride_bytes, written, is_matrix});
        *data = arena + at_ % kArena;
        const __int128 bytes = buffers_.back().bytes();
        if (bytes > 0 && bytes < static_cast<__int128>(kArena)) at_ += (static_cast<size_t>(bytes) + 63) / 64 * 64;
    }

    Input& in_;
    int64_t rows_;
    int64_t vocab_;
    int32_t dtype_;
    int64_t stride_ = 0;  // of the matrix added last
    size_t at_;
    std::vector<Buffer> buffers_;
};

template <class Args>
void call(Input& in, World& world, int32_t operation, leash_status (*function)(leash_device*, const Args*), Arguments& arguments, Args& args,
          const int32_t* targets) {
    arguments.spoil();
    arguments.fill(targets);
    leash_device* const device = world.any(in);
    switch (in.below(8)) {
        case 0:
            watched(arguments.buffers(), [&] { return leash_run_pinned(device, operation, &args); });
            break;
        case 1: {
            leash_plan plan = {};
            watched({}, [&] { return leash_plan_call(device, operation, &args, in.one_in(4) ? nullptr : &plan); });
            break;
        }
        case 2: {
            const void* const calls[] = {&args, in.one_in(9) ? nullptr : &args};
            leash_block block = {};
            block.operation = in.one_in(20) ? in.take<int32_t>() : operation;
            block.launches = in.one_in(10) ? in.take<int32_t>() % 1100 : 1;
            block.calls = in.one_in(20) ? nullptr : calls;
            block.count = in.one_in(20) ? -1 - in.below(5) : 1 + in.below(2);
            block.first = in.one_in(20) ? in.extreme() : in.below(2);
            if (block.launches > 3 && block.launches <= LEASH_MAX_BLOCK_LAUNCHES) block.launches = 3;
            if (block.operation != operation && block.operation >= 0 && block.operation < leash::count_of(leash::kOperationNames)) {
                block.operation = operation;
            }
            watched(arguments.buffers(), [&] { return leash_measure_block(device, in.one_in(30) ? nullptr : &block); });
            break;
        }
        default:
            watched(arguments.buffers(), [&] { return function(device, in.one_in(100) ? nullptr : &args); });
    }
}

void operation(Input& in, World& world) {
    Arguments a(in);
    switch (in.below(6)) {
        case 0: {
            leash_log_softmax_args args = {};
            a.rows(args.rows);
            a.matrix(args.logprobs, true);
            if (in.one_in(3)) a.in_place(args.logprobs, args.rows.logits);
            call(in, world, LEASH_LOG_SOFTMAX, leash_log_softmax, a, args, nullptr);
            break;
        }
        case 1: {
            leash_entropy_args args = {};
            a.rows(args.rows);
            a.column(args.entropy, true, 8);
            call(in, world, LEASH_ENTROPY, leash_entropy, a, args, nullptr);
            break;
        }
        case 2: {
            leash_token_statistics_args args = {};
            a.rows(args.rows);
            a.column(args.targets, false, 7);
            a.column(args.logprob, true, 5);
            a.column(args.entropy, true, 5);
            a.column(args.lse, true, 5);
            a.column(args.statistics, true, 5);
            a.column(args.collision, true, 5);
            if (in.one_in(8)) {
                double ns = 0;
                a.spoil();
                a.fill(args.targets);
                leash_device* const device = world.any(in);
                watched(a.buffers(), [&] { return leash_measure_dispatch(device, &args, in.below(4) - 1, &ns); });
                break;
            }
            call(in, world, LEASH_TOKEN_STATISTICS, leash_token_statistics, a, args, args.targets);
            break;
        }
        case 3: {
            leash_logits_gradient_args args = {};
            a.rows(args.rows);
            a.column(args.targets, false, 7);
            a.column(args.statistics, false, 8);
            a.column(args.grad_logprob, false, 5);
            a.column(args.grad_entropy, false, 5);
            a.column(args.grad_lse, false, 5);
            a.matrix(args.gradient, true);
            if (in.one_in(3)) a.in_place(args.gradient, args.rows.logits);
            call(in, world, LEASH_LOGITS_GRADIENT, leash_logits_gradient, a, args, args.targets);
            break;
        }
        default: {
            leash_policy_gradient_args args = {};
            a.rows(args.rows);
            const auto count = [&](int32_t entries) { return in.one_in(60) ? in.take<int32_t>() : static_cast<int32_t>(in.below(entries)); };
            args.policy.kind = count(leash::count_of(leash::kLossNames));
            args.policy.kl = count(leash::count_of(leash::kKlNames));
            args.policy.rollout = count(leash::count_of(leash::kRolloutNames));
            float* const numbers[] = {&args.policy.clip_low,       &args.policy.clip_high,      &args.policy.dual_clip,
                                      &args.policy.shape_positive, &args.policy.shape_negative, &args.policy.rollout_floor,
                                      &args.policy.rollout_cap,    &args.policy.kl_coefficient, &args.policy.entropy_coefficient,
                                      &args.policy.kl_bound};
            const float usual[] = {0.2f, 0.2f, 3, 1, 1, 0, 2, 0.1f, 0.1f, 1};
            for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) *numbers[i] = in.one_in(12) ? in.number() : usual[i];
            a.column(args.targets, false, 8);
            a.column(args.advantage, false, 8);
            a.column(args.old_logprob, false, 5);
            a.column(args.reference_logprob, false, 7);
            a.column(args.rollout_logprob, false, 4);
            a.column(args.weight, false, 4);
            a.column(args.loss, true, 5);
            a.column(args.logprob, true, 4);
            a.column(args.entropy, true, 4);
            a.column(args.ratio, true, 4);
            a.column(args.kl, true, 4);
            a.column(args.clip_flags, true, 4);
            if (!in.one_in(4)) a.matrix(args.gradient, true);
            if (args.gradient.data != nullptr && in.one_in(3)) a.in_place(args.gradient, args.rows.logits);
            call(in, world, LEASH_POLICY_GRADIENT, leash_policy_gradient, a, args, args.targets);
        }
    }
}

void open_or_close(Input& in, World& world) {
    constexpr size_t kLasting = 2;
    if (world.devices.size() > kLasting && in.one_in(2)) {
        for (leash_event* event : world.events) check_status(leash_event_destroy(event));
        world.events.clear();
        check_status(leash_device_close(world.devices.back()));
        world.devices.pop_back();
        return;
    }
    leash_device_options options = {};
    options.threads = in.one_in(8) ? -1 - static_cast<int32_t>(in.below(3)) : static_cast<int32_t>(in.below(4));
    options.max_threads = in.one_in(4) ? in.take<int32_t>() : 1;
    leash_device* device = nullptr;
    const leash_status status = leash_device_open(in.one_in(8) ? in.take<int32_t>() : LEASH_DEVICE_CPU, in.one_in(8) ? in.take<int32_t>() : 0,
                                                  &options, in.one_in(20) ? nullptr : &device);
    check_status(status);
    require((device != nullptr) == (status == LEASH_OK), "a device is made only without an error");
    if (device != nullptr) world.devices.push_back(device);
}

void memory(Input& in, World& world) {
    leash_device* const device = world.any(in);
    if (!world.memory.empty() && in.one_in(2)) {
        const World::Memory last = world.memory.back();
        const leash_status status = last.host ? leash_free_host(device, last.data) : leash_free(device, last.data);
        check_status(status);
        if (status == LEASH_OK) world.memory.pop_back();
        return;
    }
    int64_t bytes = in.one_in(6) ? in.extreme() : in.below(5000);
    // AddressSanitizer takes long for gigabytes; terabytes are refused.
    if (bytes < int64_t{1} << 42) bytes = std::min(bytes, int64_t{1} << 23);
    const bool host = in.one_in(2);
    void* made = nullptr;
    void** const to = in.one_in(30) ? nullptr : &made;
    const leash_status status = host ? leash_allocate_host(device, bytes, to) : leash_allocate(device, bytes, to);
    check_status(status);
    require((made != nullptr) == (status == LEASH_OK), "memory is made only without an error");
    if (made == nullptr) return;
    char* const data = static_cast<char*>(made);
    require(reinterpret_cast<uintptr_t>(made) % 64 == 0, "memory is aligned");
    require(bytes == 0 || (data[0] == 0 && data[bytes - 1] == 0), "memory is zero");
    if (bytes < 5000) require(std::all_of(data, data + bytes, [](char byte) { return byte == 0; }), "memory is zero");
    const int64_t used = std::min<int64_t>(bytes, 5000);
    check_status(leash_fill(device, made, 0xff, used));
    world.memory.push_back({data, bytes, host});
}

void bytes_in_arena(Input& in, World& world) {
    const int64_t bytes = in.one_in(4) ? in.extreme() : in.below(3000);
    const auto place = [&]() -> uint8_t* {
        if (in.one_in(10)) return nullptr;
        if (in.one_in(10)) return reinterpret_cast<uint8_t*>(~uintptr_t{0});
        return arena + in.below(kArena);
    };
    uint8_t* to = place();
    uint8_t* from = place();
    // What would be accepted must have memory.
    const auto is_safe = [&](uint8_t* memory) {
        const auto address = reinterpret_cast<uintptr_t>(memory);
        return bytes <= 0 || memory == nullptr || is_in_arena(address, static_cast<unsigned __int128>(bytes)) ||
               static_cast<uint64_t>(bytes) > UINTPTR_MAX - address;
    };
    if (!is_safe(to)) to = nullptr;
    if (!is_safe(from)) from = nullptr;
    leash_device* const device = world.any(in);
    void* data = to;
    const std::vector<Buffer> outputs = {{&data, 1, bytes, bytes, true, false}};
    switch (in.below(3)) {
        case 0:
            watched(outputs, [&] { return leash_fill(device, to, in.one_in(4) ? in.take<int32_t>() : 7, bytes); });
            break;
        case 1:
            watched(outputs, [&] { return leash_copy(device, to, from, bytes, static_cast<int32_t>(in.below(5)) - 1); });
            break;
        default:
            watched(outputs, [&] { return leash_enqueue_copy(device, to, from, bytes, static_cast<int32_t>(in.below(5)) - 1); });
    }
}

void event(Input& in, World& world) {
    leash_device* const device = world.any(in);
    const auto some = [&]() -> leash_event* {
        return world.events.empty() || in.one_in(8) ? nullptr : world.events[static_cast<size_t>(in.below(static_cast<int64_t>(world.events.size())))];
    };
    switch (in.below(6)) {
        case 0:
        case 1: {
            leash_event* made = nullptr;
            check_status(leash_event_create(device, in.one_in(20) ? nullptr : &made));
            if (made != nullptr) world.events.push_back(made);
            break;
        }
        case 2:
            check_status(leash_event_record(device, some()));
            break;
        case 3:
            check_status(leash_wait(device, some()));
            break;
        case 4: {
            double ns = 0;
            leash_event* const begin = some();
            check_status(leash_event_elapsed_ns(begin, some(), in.one_in(20) ? nullptr : &ns));
            break;
        }
        default:
            if (world.events.empty()) {
                check_status(leash_event_destroy(nullptr));
                break;
            }
            check_status(leash_event_destroy(world.events.back()));
            world.events.pop_back();
    }
}

// Few valid tables, as the library keeps each one.
void choices(Input& in) {
    leash_choice table[3] = {};
    const char* const names[] = {"naive", "warp", "resident", "split", "two_read", "auto", "", nullptr};
    const bool valid = in.one_in(2);
    for (leash_choice& choice : table) {
        choice = {-1, 7, 1, 100, 10, 80, 90, 0, 0, "naive", "unmeasured; a test"};
        if (valid) continue;
        choice.operation = in.one_in(2) ? in.take<int32_t>() : -1;
        choice.dtypes = in.one_in(2) ? in.take<uint32_t>() : 0;
        choice.min_vocab = in.extreme();
        choice.max_vocab = in.extreme();
        choice.max_rows = in.extreme();
        choice.cluster = static_cast<int32_t>(in.below(40)) - 3;
        choice.variant = names[in.below(8)];
        choice.evidence = in.one_in(5) ? nullptr : "";
    }
    if (!valid) table[2].dtypes = 0;
    const int32_t count = in.one_in(5) ? in.take<int32_t>() : 3;
    check_status(leash_choices_set(in.one_in(20) ? nullptr : table, count > 3 && count <= 10000 ? 3 : count));
    leash_choice found = {};
    check_status(leash_choice_get(in.one_in(2) ? in.take<int32_t>() : 0, in.one_in(20) ? nullptr : &found));
    int32_t index = -1;
    check_status(leash_choose(in.one_in(5) ? in.take<int32_t>() : static_cast<int32_t>(in.below(5)), in.one_in(5) ? in.take<int32_t>() : 0,
                              in.one_in(2) ? in.extreme() : 4, in.one_in(2) ? in.extreme() : 1000, in.take<uint8_t>(), in.extreme(),
                              in.take<int32_t>(), in.one_in(20) ? nullptr : &index));
}

void describe(Input& in, World& world) {
    leash_variant variant = {};
    check_status(leash_variant_get(in.one_in(2) ? in.take<int32_t>() : static_cast<int32_t>(in.below(leash_variant_count())),
                                   in.one_in(20) ? nullptr : &variant));
    leash_layout_entry entry = {};
    check_status(leash_layout_get(in.one_in(2) ? in.take<int32_t>() : static_cast<int32_t>(in.below(leash_layout_count())),
                                  in.one_in(20) ? nullptr : &entry));
    const char* const name = leash_name(in.one_in(2) ? in.take<int32_t>() : static_cast<int32_t>(in.below(5)), in.take<int16_t>() % 16);
    if (name != nullptr) require(*name != '\0', "names are not empty");
    leash_device_properties properties = {};
    check_status(leash_device_get_properties(world.any(in), in.one_in(20) ? nullptr : &properties));
    int32_t count = 0;
    check_status(leash_device_count(in.one_in(2) ? in.take<int32_t>() : LEASH_DEVICE_CPU, in.one_in(20) ? nullptr : &count));
    void* stream = nullptr;
    check_status(leash_device_stream(world.any(in), in.one_in(20) ? nullptr : &stream));
    check_status(leash_synchronize(world.any(in)));
}

void ceiling(Input& in, World& world) {
    leash_ceiling_args args = {};
    args.kind = in.one_in(8) ? in.take<int32_t>() : static_cast<int32_t>(in.below(5));
    args.repetitions = static_cast<int32_t>(in.below(4)) - 1;
    args.bytes = in.one_in(5) ? in.extreme() : in.below(4) * 4096;
    args.memory = in.one_in(8) ? reinterpret_cast<void*>(~uintptr_t{63}) : arena + in.below(3) * 64 + (in.one_in(8) ? 4 : 0);
    args.variant = in.one_in(2) ? static_cast<int32_t>(in.below(leash_variant_count() + 4)) - 2 : LEASH_VARIANT_AUTO;
    const auto address = reinterpret_cast<uintptr_t>(args.memory);
    const bool passes_the_end = args.bytes > 0 && static_cast<uint64_t>(args.bytes) > UINTPTR_MAX - address;
    // Only the time of EXP depends on the bytes, and it has no limit.
    if (args.bytes > 20000 && (!passes_the_end || args.kind == LEASH_CEILING_EXP)) args.bytes = 4096;
    if (!passes_the_end && !is_in_arena(address, 20000)) args.memory = nullptr;
    void* data = args.memory;
    const bool writes = args.kind == LEASH_CEILING_COPY || args.kind == LEASH_CEILING_UPDATE;
    std::vector<Buffer> outputs;
    if (writes) outputs.push_back({&data, 1, args.bytes, args.bytes, true, false});
    leash_device* const device = world.any(in);
    watched(outputs, [&] { return leash_measure_ceiling(device, in.one_in(20) ? nullptr : &args); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static leash_device* const one = lasting(1);
    static leash_device* const three = lasting(3);
    Input in(data, size);
    World world;
    world.devices = {one, three};
    for (int calls = 0; calls < 24 && !in.is_empty(); calls++) {
        switch (in.below(16)) {
            case 0:
                if (in.one_in(8)) open_or_close(in, world);
                break;
            case 1:
                memory(in, world);
                break;
            case 2:
                bytes_in_arena(in, world);
                break;
            case 3:
                event(in, world);
                break;
            case 4:
                choices(in);
                break;
            case 5:
                describe(in, world);
                break;
            case 6:
                ceiling(in, world);
                break;
            default:
                operation(in, world);
        }
    }
    for (leash_event* event : world.events) require(leash_event_destroy(event) == LEASH_OK, "events are destroyed");
    for (const World::Memory& each : world.memory) {
        require((each.host ? leash_free_host(one, each.data) : leash_free(one, each.data)) == LEASH_OK, "memory is freed");
    }
    for (size_t i = 2; i < world.devices.size(); i++) require(leash_device_close(world.devices[i]) == LEASH_OK, "devices are closed");
    return 0;
}
