// The loops over one piece of a row, once for all instruction sets: a translation unit includes its simd_*.h and then
// this file, and has the table of kernels.h. Everything is in an unnamed namespace, and no inline function of the standard
// library is called, so that no code compiled for one instruction set can be linked into the paths of another.
//
// Work per element, counted in vector operations (one vector = kLanes elements), loads and loop overhead aside:
//
//   sums          15: max; sub, mul, clamp; round 2, sub; 5 fma; exponent 2; sum; weighted sum   - 9 of them max/mul/fma
//   gradient      13: sub, mul, clamp; round 2, sub; 5 fma; exponent 2; fma, mul (and the store)
//   log_softmax    2: sub, fma (and the store)
//
// On Zen 3, where two of the four vector pipes multiply, sums therefore needs at least 4.5 cycles per 8 elements: 5 to 6 G
// elements per second and core, against some 3 G f32 per second that such a core can read from memory.
//
// Traffic: sums reads its piece once, in one pass without a separate search for the maximum: terms are taken against the
// maximum of the piece's first group, and the sums are rescaled in the rare case that a later logit exceeds it by more
// than 2^kSlack. The exact maximum is kept beside them.
#ifndef LEASH_CPU_ROW_LOOPS_H
#define LEASH_CPU_ROW_LOOPS_H

#include <cstdint>

#include "kernels.h"

namespace leash::cpu {
namespace {

using Float = Simd::Float;

constexpr int kUnroll = 4;
constexpr int kGroup = kUnroll * Simd::kLanes;
constexpr float kSlack = 8.0f;
constexpr float kLowestExponent = -127.0f;  // 2^-127 comes out as exactly 0, see exp2_of
constexpr float kMostNegative = -3.4028235e38f;
constexpr float kMinusInfinity = -__builtin_inff();

// 2^y for kLowestExponent <= y < 127, at most 1.95 ulp off (exhaustively: make exp2-sweep). The integer part n is
// rounded off by adding 1.5 * 2^23, which leaves n in the low bits; the rest, |f| <= 1/2, goes through a minimax
// polynomial with constant term 1, fitted to float coefficients. At y = -127 the polynomial is exactly 1 and the
// exponent field becomes exactly 0: the clamped terms vanish rather than being merely small. NaN stays NaN.
inline Float exp2_of(Float y) {
    const Float magic = Simd::set(12582912.0f);
    const Float biased = Simd::add(y, magic);
    const Float f = Simd::sub(y, Simd::sub(biased, magic));
    Float p = Simd::set(0x1.5bd97cp-10f);
    p = Simd::fma(p, f, Simd::set(0x1.3ce8b2p-7f));
    p = Simd::fma(p, f, Simd::set(0x1.c6b6dap-5f));
    p = Simd::fma(p, f, Simd::set(0x1.ebf9c2p-3f));
    p = Simd::fma(p, f, Simd::set(0x1.62e42ap-1f));
    p = Simd::fma(p, f, Simd::set(1.0f));
    return Simd::scale_by_biased(p, biased);
}

inline Float clamp(Float y) { return Simd::max(Simd::set(kLowestExponent), y); }

inline void fill_minus_infinity(F32* p, int count) {
    for (int i = 0; i < count; ++i) p[i].value = kMinusInfinity;
}
inline void fill_minus_infinity(Bf16* p, int count) {
    for (int i = 0; i < count; ++i) p[i].bits = 0xFF80;
}
inline void fill_minus_infinity(F16* p, int count) {
    for (int i = 0; i < count; ++i) p[i].bits = 0xFC00;
}

// A group of its own for the ragged ends of a piece. Padding with -inf adds nothing to any sum.
template <class T>
struct alignas(64) Group {
    T element[kGroup];

    Group(const T* from, int count) {
        __builtin_memcpy(element, from, static_cast<size_t>(count) * sizeof(T));
        fill_minus_infinity(element + count, kGroup - count);
    }
};

struct Sums {
    Float sum[kUnroll];
    Float weighted[kUnroll];
    Float max;

    Sums() : max(Simd::set(kMinusInfinity)) {
        for (int i = 0; i < kUnroll; ++i) sum[i] = weighted[i] = Simd::set(0.0f);
    }

    inline void add(const Float* x, Float reference, Float scale) {
        for (int i = 0; i < kUnroll; ++i) {
            const Float y = clamp(Simd::mul(Simd::sub(x[i], reference), scale));
            const Float e = exp2_of(y);
            sum[i] = Simd::add(sum[i], e);
            weighted[i] = Simd::fma(e, y, weighted[i]);
        }
    }

    // Moves the sums from one reference to a larger one, shift = (from - to) scale <= 0:
    // 2^shift (sum, weighted + shift sum).
    void rescale(float shift) {
        const Float s = clamp(Simd::set(shift));
        const Float factor = exp2_of(s);
        for (int i = 0; i < kUnroll; ++i) {
            weighted[i] = Simd::mul(factor, Simd::fma(s, sum[i], weighted[i]));
            sum[i] = Simd::mul(factor, sum[i]);
        }
    }

    PieceSums finish(float reference) const {
        PieceSums out;
        out.max = Simd::max_lane(max);
        out.reference = reference;
        out.sum = Simd::sum(Simd::add(Simd::add(sum[0], sum[1]), Simd::add(sum[2], sum[3])));
        out.weighted =
            Simd::sum(Simd::add(Simd::add(weighted[0], weighted[1]), Simd::add(weighted[2], weighted[3])));
        return out;
    }
};

template <class T>
inline void load_group(const T* p, Float* x) {
    for (int i = 0; i < kUnroll; ++i) x[i] = Simd::load(p + i * Simd::kLanes);
}

inline Float max_of(const Float* x) {
    return Simd::max(Simd::max(x[0], x[1]), Simd::max(x[2], x[3]));
}

// max_lane, but finite where nothing finite is there yet, so that -inf - reference is -inf and not NaN.
inline float reference_for(Float group_max) {
    const float largest = Simd::max_lane(group_max);
    return largest == kMinusInfinity ? kMostNegative : largest;
}

template <class T>
PieceSums sums(const void* logits, int64_t count, float scale) {
    const T* const p = static_cast<const T*>(logits);
    const float slack = kSlack / scale;
    const Float vector_scale = Simd::set(scale);
    const int64_t whole = count - count % kGroup;
    const Group<T> tail(p + whole, static_cast<int>(count - whole));

    Float x[kUnroll];
    load_group(whole > 0 ? p : tail.element, x);
    float reference = reference_for(max_of(x));
    Float vector_reference = Simd::set(reference);
    Float limit = Simd::set(reference + slack);

    Sums total;
    const auto add_group = [&](const T* group) __attribute__((always_inline)) {
        load_group(group, x);
        const Float group_max = max_of(x);
        total.max = Simd::max(total.max, group_max);
        if (__builtin_expect(Simd::any_greater(group_max, limit), 0)) {
            const float next = reference_for(group_max);
            total.rescale((reference - next) * scale);
            reference = next;
            vector_reference = Simd::set(reference);
            limit = Simd::set(reference + slack);
        }
        total.add(x, vector_reference, vector_scale);
    };
    for (int64_t i = 0; i < whole; i += kGroup) add_group(p + i);
    if (whole < count) add_group(tail.element);
    return total.finish(reference);
}

template <class T>
PieceSums sums_except(const void* logits, int64_t count, float scale, float reference, int64_t skip) {
    const T* const p = static_cast<const T*>(logits);
    const Float vector_scale = Simd::set(scale);
    const Float vector_reference = Simd::set(reference);
    const int64_t skipped_group = skip < 0 ? -1 : skip - skip % kGroup;

    Sums total;
    for (int64_t i = 0; i < count; i += kGroup) {
        Float x[kUnroll];
        if (i == skipped_group || count - i < kGroup) {
            const int64_t left = count - i;
            Group<T> group(p + i, static_cast<int>(left < kGroup ? left : kGroup));
            if (i == skipped_group) fill_minus_infinity(group.element + (skip - i), 1);
            load_group(group.element, x);
        } else {
            load_group(p + i, x);
        }
        total.max = Simd::max(total.max, max_of(x));
        total.add(x, vector_reference, vector_scale);
    }
    return total.finish(reference);
}

template <class T>
int64_t index_of(const void* logits, int64_t count, float value) {
    const T* const p = static_cast<const T*>(logits);
    const Float wanted = Simd::set(value);
    const int64_t whole = count - count % kGroup;
    const Group<T> tail(p + whole, static_cast<int>(count - whole));
    for (int64_t i = 0; i < count; i += kGroup) {
        const T* const group = i < whole ? p + i : tail.element;
        for (int k = 0; k < kGroup; k += Simd::kLanes) {
            const uint32_t equal = Simd::equal_mask(Simd::load(group + k), wanted);
            if (equal != 0) {
                const int64_t found = i + k + __builtin_ctz(equal);
                return found < count ? found : -1;
            }
        }
    }
    return -1;
}

// out_j = f(x_j) for a function of vectors. Streaming writes begin at the first aligned vector of the output.
template <class T, class Function>
inline void transform(const void* logits, void* output, int64_t count, bool streaming, Function f) {
    const T* const p = static_cast<const T*>(logits);
    T* const out = static_cast<T*>(output);
    const auto ragged = [&](int64_t from, int64_t n) {
        Group<T> group(p + from, static_cast<int>(n));
        for (int k = 0; k < kGroup; k += Simd::kLanes) {
            Simd::store(group.element + k, f(Simd::load(group.element + k)));
        }
        __builtin_memcpy(out + from, group.element, static_cast<size_t>(n) * sizeof(T));
    };
    int64_t i = 0;
    if (streaming) {
        constexpr uintptr_t kVectorBytes = Simd::kLanes * sizeof(T);
        const uintptr_t past = reinterpret_cast<uintptr_t>(out) % kVectorBytes;
        const int64_t head = past == 0 ? 0 : static_cast<int64_t>((kVectorBytes - past) / sizeof(T));
        if (head > 0 && head < count) {
            ragged(0, head);
            i = head;
        }
        for (; i + kGroup <= count; i += kGroup) {
            for (int k = 0; k < kGroup; k += Simd::kLanes) {
                Simd::stream(out + i + k, f(Simd::load(p + i + k)));
            }
        }
        Simd::stream_fence();
    }
    for (; i + kGroup <= count; i += kGroup) {
        Float x[kUnroll];
        load_group(p + i, x);
        for (int k = 0; k < kUnroll; ++k) Simd::store(out + i + k * Simd::kLanes, f(x[k]));
    }
    if (i < count) ragged(i, count - i);
}

template <class T>
void log_softmax(const void* logits, void* out, int64_t count, float max_logit, float inverse_temperature,
                 float log_sum, bool streaming) {
    const Float m = Simd::set(max_logit);
    const Float factor = Simd::set(inverse_temperature);
    const Float offset = Simd::set(log_sum);
    transform<T>(logits, out, count, streaming, [=](Float x) __attribute__((always_inline)) {
        return Simd::sub(Simd::mul(Simd::sub(x, m), factor), offset);
    });
}

template <class T>
void gradient(const void* logits, void* out, int64_t count, float max_logit, float scale,
              GradientCoefficients coefficients, bool streaming) {
    const Float m = Simd::set(max_logit);
    const Float vector_scale = Simd::set(scale);
    const Float base = Simd::set(coefficients.base);
    const Float slope = Simd::set(coefficients.slope);
    transform<T>(logits, out, count, streaming, [=](Float x) __attribute__((always_inline)) {
        const Float y = clamp(Simd::mul(Simd::sub(x, m), vector_scale));
        return Simd::mul(exp2_of(y), Simd::fma(slope, y, base));
    });
}

template <class T>
float load_one(const void* logits, int64_t index) {
    const Group<T> group(static_cast<const T*>(logits) + index, 1);
    return Simd::max_lane(Simd::max(Simd::set(kMinusInfinity), Simd::load(group.element)));
}

template <class T>
void store_one(void* out, int64_t index, float value) {
    T converted[Simd::kLanes];
    Simd::store(converted, Simd::set(value));
    __builtin_memcpy(static_cast<T*>(out) + index, converted, sizeof(T));
}

float exp2_sum(const float* in, int64_t count) {
    const F32* const p = reinterpret_cast<const F32*>(in);
    Sums total;
    int64_t i = 0;
    for (; i + kGroup <= count; i += kGroup) {
        Float x[kUnroll];
        load_group(p + i, x);
        for (int k = 0; k < kUnroll; ++k) total.sum[k] = Simd::add(total.sum[k], exp2_of(clamp(x[k])));
    }
    if (i < count) {
        const Group<F32> tail(p + i, static_cast<int>(count - i));
        for (int k = 0; k < kUnroll; ++k) {
            const Float x = Simd::load(tail.element + k * Simd::kLanes);
            total.sum[k] = Simd::add(total.sum[k], exp2_of(clamp(x)));
        }
    }
    return total.finish(0.0f).sum;
}

void exp2_array(const float* in, float* out, int64_t count) {
    transform<F32>(in, out, count, false,
                   [](Float y) __attribute__((always_inline)) { return exp2_of(clamp(y)); });
}

template <class T>
constexpr DTypeLoops loops_for() {
    return {sums<T>, sums_except<T>, index_of<T>, log_softmax<T>, gradient<T>, load_one<T>, store_one<T>};
}

constexpr Kernels kernel_table(const char* name, const char* description, const char* requires_text) {
    return {name,           description,     requires_text, {loops_for<F32>(), loops_for<Bf16>(), loops_for<F16>()},
            exp2_sum,       exp2_array};
}

}  // namespace
}  // namespace leash::cpu

#endif
