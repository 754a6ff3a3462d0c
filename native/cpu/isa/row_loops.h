// The loops over one piece of a row, written once for all instruction sets: loops.cpp includes a vector type Simd (portable.h,
// avx2.h, ...), then this file, and fills the table of loops.h. Everything is in an unnamed namespace, and no inline function of
// the standard library is called, so that no code compiled for one instruction set can be linked into the paths of another.
//
// Work per vector of kLanes elements in vector operations, without loads and loop overhead, and with the exponential of AVX2;
// that of AVX-512 takes one less:
//
//   sums          15: max; fma, clamp; exp2 10; sum; weighted sum
//   squares        1: fma (and a load), from kept terms (one more store in sums)
//   gradient      15: sub, mul, clamp; exp2 10; fma, mul (and the store)
//   log_softmax    3: sub, mul, sub (and the store)
//   gradient_of_terms, from kept terms (one more store in sums): mul (and the store); with a slope also sub, mul, clamp, fma
//
// Zen 3 issues four vector operations per cycle; a multiply-add and the table's permutation take two slots each. Sums of 8
// elements need at least 5.3 cycles, the exponential alone 4.3. Zen 4 issues two 512-bit operations per cycle, one of them a
// multiplication: sums of 16 elements need at least 7 cycles. Zen 5 issues four: sums of 16 elements need at least 3.5 cycles
// and take 4.9, the exponential alone 3.4; a bare loop over the same operations takes 4.4.
//
// Traffic: sums reads its piece once, from memory into registers, and prefetches 16 KiB ahead (on Zen 5, 12 to 48 KiB are
// equally good; 2 KiB take a third longer, no prefetch nearly twice as long). From memory, one thread of Zen 5 sums f32 at
// nine tenths of its read rate.
//
// Accuracy: terms are relative to the largest logit of the piece's first run. A run with a logit more than kHeadroom above
// this reference is summed again relative to its own largest logit, after the earlier sums have been rescaled to it. Rescaling
// rounds, but the rescaled sums then have less than 2^-kHeadroom of the mass: as maxima rise, earlier errors vanish. If instead
// the largest logit stays above the reference, the reference has more than 2^-kHeadroom of the mass: the mean differs from 0 by
// as much, and its rounding, that of a y of kHeadroom, is small in comparison. Each run is summed by itself: in one long sum
// of equal terms, all roundings could have the same sign.
#ifndef LEASH_CPU_ISA_ROW_LOOPS_H
#define LEASH_CPU_ISA_ROW_LOOPS_H

#include <cstdint>

#include "cpu/isa/loops.h"

namespace leash::cpu {
namespace {

using Float = Simd::Float;

constexpr int kUnroll = 4;
static_assert(kUnroll >= 2 && (kUnroll & (kUnroll - 1)) == 0, "vectors are loaded in pairs and combined by halves");
constexpr int kPair = 2 * Simd::kLanes;
constexpr int kGroup = kUnroll * Simd::kLanes;
constexpr int kVectorBytes = Simd::kLanes * sizeof(float);
constexpr int kCacheLineBytes = 64;
constexpr int kAhead = 16384;  // bytes
constexpr float kHeadroom = 5.0f;  // in units of log2
static_assert(kBlockElements % kRunElements == 0 && kRunElements % kGroup == 0, "blocks are whole runs, runs whole groups");
constexpr float kLowestExponent = -127.0f;  // Simd::exp2 gives exactly 0 for it
constexpr float kMostNegative = -3.4028235e38f;
constexpr float kMinusInfinity = -__builtin_inff();

// Replaces any NaN among the scalar arguments of the loops with the plain NaN. NaN results are then copies of it or of elements
// of T, and can be rounded to bf16 safely.
inline Float plain_nan(float value) { return Simd::set(value == value ? value : __builtin_nanf("")); }

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

// A separate group for the ragged end of a piece. Padding with -inf adds nothing to any sum.
template <class T>
struct alignas(64) Group {
    T element[kGroup];
    int count;

    Group(const T* from, int n) : count(n) {
        if (n == 0) return;  // unused
        __builtin_memcpy(element, from, static_cast<size_t>(n) * sizeof(T));
        fill_minus_infinity(element + n, kGroup - n);
    }
};

template <class T>
float load_one(const void* logits, int64_t index) {
    const Group<T> group(static_cast<const T*>(logits) + index, 1);
    Float x[2];
    Simd::load_pair(group.element, x);
    return Simd::first_lane(x[0]);
}

template <class T>
void store_one(void* out, int64_t index, float value) {
    const Float x[2] = {plain_nan(value), plain_nan(value)};
    T converted[kPair];
    Simd::template store_pair<false>(converted, x);
    __builtin_memcpy(static_cast<T*>(out) + index, converted, sizeof(T));
}

// y = x scale - offset in one operation, as exact as (x - reference) scale because the product is not rounded separately.
// Needs an offset with a small rounding error, that is, up to kLimit.
struct Near {
    static constexpr bool kFar = false;
    static constexpr float kLimit = 8388608.0f;  // 2^23: rounded to 1/2 at worst

    Near(float reference_logit, float scale)
        : reference(reference_logit),
          vector_scale(Simd::set(scale)),
          rounded_offset(reference * scale),
          minus_offset(Simd::set(-rounded_offset)) {}

    static bool serves(float reference, float scale) {
        const float offset = reference * scale;
        return Simd::kFused && offset >= -kLimit && offset <= kLimit;
    }
    Float y(Float x) const { return Simd::fma(x, vector_scale, minus_offset); }
    double offset() const { return rounded_offset; }
    float less(const Near& other) const { return rounded_offset - other.rounded_offset; }

    float reference;
    Float vector_scale;
    float rounded_offset;
    Float minus_offset;
};

// y = (x - reference) scale, at any magnitude.
struct Far {
    static constexpr bool kFar = true;
    Far(float reference_logit, float scale_factor)
        : reference(reference_logit),
          scale(scale_factor),
          vector_scale(plain_nan(scale_factor)),
          vector_reference(plain_nan(reference_logit)) {}

    static bool serves(float, float) { return true; }
    Float y(Float x) const { return Simd::mul(Simd::sub(x, vector_reference), vector_scale); }
    double offset() const { return static_cast<double>(reference) * static_cast<double>(scale); }
    float less(const Far& other) const { return (reference - other.reference) * scale; }

    float reference;
    float scale;
    Float vector_scale;
    Float vector_reference;
};

struct Sums {
    Float sum = Simd::set(0.0f);
    Float weighted[2] = {Simd::set(0.0f), Simd::set(0.0f)};

    // The two terms of a pair are added to each other first: fewer roundings, and fewer registers than two sums.
    template <class Position>
    inline void add_pair(const Float* x, const Position& position, Float* e) {
        const Float y0 = clamp(position.y(x[0]));
        const Float y1 = clamp(position.y(x[1]));
        e[0] = Simd::exp2(y0);
        weighted[0] = Simd::fma(e[0], y0, weighted[0]);
        e[1] = Simd::exp2(y1);
        weighted[1] = Simd::fma(e[1], y1, weighted[1]);
        sum = Simd::add(sum, Simd::add(e[0], e[1]));
    }

    // The sums after y_j += shift for all terms: shift is in [-127, 0], factor = 2^shift.
    inline void move(float shift, float factor) {
        const Float f = Simd::set(factor);
        weighted[0] = Simd::mul(f, Simd::fma(Simd::set(shift), sum, Simd::add(weighted[0], weighted[1])));
        weighted[1] = Simd::set(0.0f);
        sum = Simd::mul(f, sum);
    }

    inline void add(const Sums& other) {
        sum = Simd::add(sum, other.sum);
        for (int i = 0; i < 2; ++i) weighted[i] = Simd::add(weighted[i], other.weighted[i]);
    }

    TermSums finish() const { return {Simd::sum(sum), Simd::sum(Simd::add(weighted[0], weighted[1]))}; }
};

template <class T>
inline void load_group(const T* p, Float* x) {
    for (int i = 0; i < kUnroll; i += 2) Simd::load_pair(p + i * Simd::kLanes, x + i);
}

// Prefetches the lines of a group so many bytes ahead, possibly beyond the row: a prefetch cannot fault.
template <class T>
__attribute__((always_inline)) inline void prefetch_group(const T* p) {
    const char* const lines = reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(p) + kAhead);
    for (size_t i = 0; i < kGroup * sizeof(T); i += kCacheLineBytes) Simd::prefetch(lines + i);
}

// Combines neighbours first, then their results.
template <int kCount, class Operation>
__attribute__((always_inline)) inline Float combined(const Float* v, Operation operation) {
    if constexpr (kCount == 1) {
        return v[0];
    } else {
        return operation(combined<kCount / 2>(v, operation), combined<kCount / 2>(v + kCount / 2, operation));
    }
}

// The largest element of whole groups and a last, ragged one; any number if there is a NaN.
template <class T>
inline float max_of(const T* p, int64_t whole, const Group<T>& tail) {
    Float max[kUnroll];
    for (int k = 0; k < kUnroll; ++k) max[k] = Simd::set(kMinusInfinity);
    if (tail.count > 0) load_group(tail.element, max);
    for (int64_t i = 0; i < whole; i += kGroup) {
        Float x[kUnroll];
        load_group(p + i, x);
        for (int k = 0; k < kUnroll; ++k) max[k] = Simd::max(max[k], x[k]);
    }
    return Simd::max_lane(combined<kUnroll>(max, Simd::max));
}

// Moves a position to a far larger logit: every y changes by shift < 0; factor = 2^shift. Terms that fall by 127 or more vanish.
struct Move {
    float shift;
    float factor;

    template <class Position>
    Move(const Position& from, const Position& to) {
        const float less = from.less(to);
        shift = !(less > kLowestExponent) ? kLowestExponent : less < 0.0f ? less : 0.0f;
        factor = Simd::first_lane(Simd::exp2(Simd::set(shift)));
    }
    TermSums of(const TermSums& sums) const {
        return {factor * sums.sum, factor * (sums.weighted + shift * sums.sum)};
    }
};

// The sums of a piece: whole groups from p on, then a last one that may be padded. False if a logit is out of the range of
// Position. A separate function, so that the compiler keeps the sums in registers.
template <class Position, bool kKeep, class T>
__attribute__((noinline)) bool sum_piece(const T* p, int64_t whole, const Group<T>& tail, float scale, float* terms,
                                         PieceSums& out) {
    const int64_t first = whole < kRunElements ? whole : kRunElements;
    const float start = max_of(p, first, first == whole ? tail : Group<T>(p, 0));
    const bool has_start = start != kMinusInfinity;
    if (!Position::serves(has_start ? start : 0.0f, scale)) return false;
    Position position(has_start ? start : 0.0f, scale);
    out.references[0] = {0, position.offset(), position.reference};
    out.reference_count = 1;
    float limit = has_start ? start + kHeadroom / scale : kMinusInfinity;
    Float max[2] = {Simd::set(kMinusInfinity), Simd::set(kMinusInfinity)};
    const int64_t count = whole + tail.count;
    int64_t i = 0;
    for (int b = 0; b < kPieceBlocks; ++b) {
        const int64_t block = (b + 1) * kBlockElements;
        const int64_t whole_end = whole < block ? whole : block;
        Sums total;
        int64_t n;
        for (; i < block && i < count; i += n) {
            const T* const from = i < whole ? p + i : tail.element;
            n = i < whole ? (whole_end - i < kRunElements ? whole_end - i : kRunElements) : kGroup;
            const auto add_run = [&](Sums& run) __attribute__((always_inline)) {
                for (int64_t j = 0; j < n; j += kGroup) {
                    prefetch_group(from + j);
                    for (int k = 0; k < kGroup; k += kPair) {
                        Float x[2];
                        Simd::load_pair(from + j + k, x);
                        max[0] = Simd::max(max[0], x[0]);
                        max[1] = Simd::max(max[1], x[1]);
                        Float e[2];
                        run.add_pair(x, position, e);
                        if (kKeep) Simd::store_pair<false>(reinterpret_cast<F32*>(terms) + i + j + k, e);
                    }
                }
            };
            Sums run;
            add_run(run);
            if (__builtin_expect(!Simd::any_greater(Simd::max(max[0], max[1]), Simd::set(limit)), 1)) {
                total.add(run);
                continue;
            }
            const float top = Simd::max_lane(Simd::max(max[0], max[1]));
            if (!Position::serves(top, scale)) return false;
            const Position next(top, scale);
            const Move move(position, next);
            for (int k = 0; k < b; ++k) out.blocks[k] = move.of(out.blocks[k]);
            total.move(move.shift, move.factor);
            position = next;
            out.references[out.reference_count++] = {i < whole ? i / kRunElements : kPieceRuns, next.offset(), top};
            limit = top + kHeadroom / scale;
            run = Sums();
            add_run(run);
            total.add(run);
        }
        out.blocks[b] = total.finish();
    }
    out.max = Simd::max_lane(Simd::max(max[0], max[1]));
    out.offset = position.offset();
    out.far = Position::kFar;
    return true;
}

template <bool kKeep, class T>
void sum_near_or_far(const T* p, int64_t count, float scale, float* terms, PieceSums& out) {
    const int64_t whole = count - count % kGroup;
    const Group<T> tail(p + whole, static_cast<int>(count - whole));
    if (!sum_piece<Near, kKeep>(p, whole, tail, scale, terms, out)) {
        sum_piece<Far, kKeep>(p, whole, tail, scale, terms, out);
    }
}

template <class T>
void sums(const void* logits, int64_t count, float scale, float* terms, PieceSums& out) {
    const T* const p = static_cast<const T*>(logits);
    if (terms != nullptr) {
        sum_near_or_far<true>(p, count, scale, terms, out);
    } else {
        sum_near_or_far<false>(p, count, scale, terms, out);
    }
}

float squares(const float* terms, int64_t count, const PieceSums& sums) {
    const F32* const p = reinterpret_cast<const F32*>(terms);
    const int64_t whole = count - count % kGroup;
    const auto start_of = [&](int k) __attribute__((always_inline)) -> int64_t {
        if (k == sums.reference_count) return whole < count ? whole + kGroup : whole;
        const int64_t run = sums.references[k].first_run;
        return run == kPieceRuns ? whole : run * kRunElements;
    };
    float total = 0.0f;
    for (int k = 0; k < sums.reference_count; ++k) {
        Float all = Simd::set(0.0f);
        for (int64_t i = start_of(k); i < start_of(k + 1);) {
            Float sum[kUnroll];
            for (int j = 0; j < kUnroll; ++j) sum[j] = Simd::set(0.0f);
            const int64_t end = i + kRunElements < start_of(k + 1) ? i + kRunElements : start_of(k + 1);
            for (; i < end; i += kGroup) {
                Float e[kUnroll];
                load_group(p + i, e);
                for (int j = 0; j < kUnroll; ++j) sum[j] = Simd::fma(e[j], e[j], sum[j]);
            }
            all = Simd::add(all, combined<kUnroll>(sum, Simd::add));
        }
        const float of_runs = Simd::sum(all);
        if (of_runs == 0.0f) continue;  // perhaps runs of -inf, with a reference beyond the largest logit
        const float shift = 2.0f * static_cast<float>(sums.references[k].offset - sums.offset);
        total += of_runs * Simd::first_lane(Simd::exp2(clamp(Simd::set(shift))));
    }
    return total;
}

template <class T>
TermSums sums_except(const void* logits, int64_t count, float scale, float reference, int64_t skip) {
    const T* const p = static_cast<const T*>(logits);
    const Far position(reference, scale);
    Sums total;
    Sums run;
    for (int64_t i = 0; i < count; i += kGroup) {
        if (i % kRunElements == 0) {
            total.add(run);
            run = Sums();
        }
        const bool has_skipped = i <= skip && skip < i + kGroup;
        const bool in_place = !has_skipped && i + kGroup <= count;
        Group<T> group(p + i, in_place ? 0 : static_cast<int>(count - i < kGroup ? count - i : kGroup));
        if (has_skipped) fill_minus_infinity(group.element + (skip - i), 1);
        Float x[kUnroll];
        load_group(in_place ? p + i : group.element, x);
        Float e[2];
        for (int k = 0; k < kUnroll; k += 2) run.add_pair(x + k, position, e);
    }
    total.add(run);
    return total.finish();
}

// Searches for the group first, then for the element in it, as the order of elements depends on the pair.
template <class T>
int64_t index_of(const void* logits, int64_t count, float value) {
    const T* const p = static_cast<const T*>(logits);
    const Float wanted = Simd::set(value);
    for (int64_t i = 0; i < count; i += kGroup) {
        if (i + kGroup <= count) {
            Float x[kUnroll];
            load_group(p + i, x);
            bool found = false;
            for (int k = 0; k < kUnroll; ++k) found |= Simd::any_equal(x[k], wanted);
            if (!found) continue;
        }
        for (int64_t j = i; j < count && j < i + kGroup; ++j) {
            if (load_one<T>(p, j) == value) return j;
        }
    }
    return -1;
}

// Writes groups of results to out, starting with the group at `begin`: f(from, i, v) sets the vectors v of the group at i, whose
// logits are at `from`. The last group may be ragged.
template <bool kStreaming, class T, class Function>
inline void write_groups(const T* p, T* out, int64_t begin, int64_t end, Function f) {
    int64_t i = begin;
    Float v[kUnroll];
    for (; i + kGroup <= end; i += kGroup) {
        f(p + i, i, v);
        for (int k = 0; k < kUnroll; k += 2) {
            Simd::template store_pair<kStreaming>(out + (i - begin) + k * Simd::kLanes, v + k);
        }
    }
    if (i < end) {
        Group<T> group(p + i, static_cast<int>(end - i));
        f(group.element, i, v);
        for (int k = 0; k < kUnroll; k += 2) Simd::template store_pair<false>(group.element + k * Simd::kLanes, v + k);
        __builtin_memcpy(out + (i - begin), group.element, static_cast<size_t>(end - i) * sizeof(T));
    }
}

// Writes past the caches, except before the first and after the last aligned vector of the output.
inline void stream_bytes(const char* from, char* to, int64_t count) {
    const int64_t past = static_cast<int64_t>(reinterpret_cast<uintptr_t>(to) % kVectorBytes);
    int64_t i = past == 0 ? 0 : kVectorBytes - past;
    if (i > count) i = count;
    __builtin_memcpy(to, from, static_cast<size_t>(i));
    for (; i + kVectorBytes <= count; i += kVectorBytes) Simd::stream(from + i, to + i);
    __builtin_memcpy(to + i, from + i, static_cast<size_t>(count - i));
}

// The results of a piece. Streaming stores need aligned vectors: an unaligned output is written through an aligned block, so that
// groups, and with them runs, are the same for any output.
template <class T, class Function>
inline void transform(const void* logits, void* output, int64_t count, bool streaming, Function f) {
    const T* const p = static_cast<const T*>(logits);
    T* const out = static_cast<T*>(output);
    if (!streaming) return write_groups<false>(p, out, 0, count, f);
    if (reinterpret_cast<uintptr_t>(out) % kVectorBytes == 0) {
        write_groups<true>(p, out, 0, count, f);
    } else {
        alignas(64) T block[kBlockElements];
        for (int64_t i = 0; i < count; i += kBlockElements) {
            const int64_t end = i + kBlockElements < count ? i + kBlockElements : count;
            write_groups<false>(p, block, i, end, f);
            stream_bytes(reinterpret_cast<const char*>(block), reinterpret_cast<char*>(out + i),
                         (end - i) * static_cast<int64_t>(sizeof(T)));
        }
    }
    Simd::stream_fence();
}

template <class T>
void log_softmax(const void* logits, void* out, int64_t count, float max_logit, float inverse_temperature,
                 float log_sum, bool streaming) {
    const Float m = plain_nan(max_logit);
    const Float factor = plain_nan(inverse_temperature);
    const Float offset = plain_nan(log_sum);
    transform<T>(logits, out, count, streaming, [=](const T* from, int64_t, Float* v) __attribute__((always_inline)) {
        prefetch_group(from);
        load_group(from, v);
        for (int k = 0; k < kUnroll; ++k) v[k] = Simd::sub(Simd::mul(Simd::sub(v[k], m), factor), offset);
    });
}

template <class T>
void gradient(const void* logits, void* out, int64_t count, float max_logit, float scale,
              GradientCoefficients coefficients, bool streaming) {
    // Far: y is exactly 0 at the maximum, so that the gradient is exactly 0 if all mass is there.
    const Far position(max_logit, scale);
    const Float base = plain_nan(coefficients.base);
    const Float slope = plain_nan(coefficients.slope);
    transform<T>(logits, out, count, streaming, [=](const T* from, int64_t, Float* v) __attribute__((always_inline)) {
        prefetch_group(from);
        load_group(from, v);
        for (int k = 0; k < kUnroll; ++k) {
            const Float y = clamp(position.y(v[k]));
            v[k] = Simd::mul(Simd::exp2(y), Simd::fma(slope, y, base));
        }
    });
}

// The terms of a group as kept by sums.
struct KeptTerms {
    const F32* terms;

    template <class T>
    inline void of(const T*, int64_t i, const TermRun&, Float* e) const {
        load_group(terms + i, e);
    }
};

// The terms of a group, recomputed as by sums.
template <class Position>
struct ComputedTerms {
    float scale;

    template <class T>
    inline void of(const T* from, int64_t, const TermRun& run, Float* e) const {
        const Position position(run.reference, scale);
        load_group(from, e);
        for (int k = 0; k < kUnroll; ++k) e[k] = Simd::exp2(clamp(position.y(e[k])));
    }
};

template <class T, bool kSlope, class Terms>
inline void gradient_of(const Terms& terms, const void* logits, const TermRun* runs, void* out, int64_t count,
                        float max_logit, float scale, GradientCoefficients coefficients, bool streaming) {
    const Far position(max_logit, scale);
    const int64_t whole = count - count % kGroup;
    transform<T>(logits, out, count, streaming, [&](const T* from, int64_t i, Float* v) __attribute__((always_inline)) {
        const TermRun run = runs[i < whole ? i / kRunElements : kPieceRuns];
        terms.of(from, i, run, v);
        const Float base = plain_nan(run.factor * coefficients.base);
        if (kSlope) {
            const Float slope = plain_nan(run.factor * coefficients.slope);
            Float x[kUnroll];
            load_group(from, x);
            for (int k = 0; k < kUnroll; ++k) {
                v[k] = Simd::mul(v[k], Simd::fma(slope, clamp(position.y(x[k])), base));
            }
        } else {
            for (int k = 0; k < kUnroll; ++k) v[k] = Simd::mul(v[k], base);
        }
    });
}

template <class T>
void gradient_of_terms(const void* logits, const float* terms, bool far, const TermRun* runs, void* out, int64_t count,
                       float max_logit, float scale, GradientCoefficients coefficients, bool streaming) {
    const auto of = [&](const auto& source) {
        if (coefficients.slope == 0.0f) {
            gradient_of<T, false>(source, logits, runs, out, count, max_logit, scale, coefficients, streaming);
        } else {
            gradient_of<T, true>(source, logits, runs, out, count, max_logit, scale, coefficients, streaming);
        }
    };
    if (terms != nullptr) {
        of(KeptTerms{reinterpret_cast<const F32*>(terms)});
    } else if (far) {
        of(ComputedTerms<Far>{scale});
    } else {
        of(ComputedTerms<Near>{scale});
    }
}

float exp2_sum(const float* in, int64_t count) {
    const F32* const p = reinterpret_cast<const F32*>(in);
    Float sum[kUnroll];
    for (int k = 0; k < kUnroll; ++k) sum[k] = Simd::set(0.0f);
    const auto add_group = [&](const F32* group) __attribute__((always_inline)) {
        Float x[kUnroll];
        load_group(group, x);
        for (int k = 0; k < kUnroll; ++k) sum[k] = Simd::add(sum[k], Simd::exp2(clamp(x[k])));
    };
    const int64_t whole = count - count % kGroup;
    for (int64_t i = 0; i < whole; i += kGroup) add_group(p + i);
    if (whole < count) add_group(Group<F32>(p + whole, static_cast<int>(count - whole)).element);
    return Simd::sum(combined<kUnroll>(sum, Simd::add));
}

void exp2_array(const float* in, float* out, int64_t count) {
    transform<F32>(in, out, count, false, [](const F32* from, int64_t, Float* v) __attribute__((always_inline)) {
        load_group(from, v);
        for (int k = 0; k < kUnroll; ++k) v[k] = Simd::exp2(clamp(v[k]));
    });
}

template <class T>
constexpr DTypeLoops loops_for() {
    return {sizeof(T) < sizeof(float) || Simd::kKeepsTermsOfF32,
            sums<T>,        squares,     sums_except<T>,       index_of<T>,
            log_softmax<T>, gradient<T>, gradient_of_terms<T>, load_one<T>, store_one<T>};
}

constexpr Kernels kernel_table(const char* name) {
    return {name, {loops_for<F32>(), loops_for<Bf16>(), loops_for<F16>()}, exp2_sum, exp2_array};
}

}  // namespace
}  // namespace leash::cpu

#endif
