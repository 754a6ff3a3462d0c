// Rows of logits in device memory, accessed in vectors of 16 bytes.
//
// Sums use vectors; vector v has the columns from v kPerVector on, so that the order of every sum is independent of the row's
// address. If a row does not start on a 16-byte boundary, its vectors straddle two aligned words of 16 bytes. If both are in the
// row, the vector is read from them; a neighbour reads each of them too. Vectors are loaded as they are stored, several before the
// first is used, and unpacked afterwards.
//
// Outputs use the aligned words of the output's row; word w has the columns from w kPerVector - head() on. A thread reads the
// logits of a word and writes it: in place, no other thread reads or writes any part of it.
//
// Partial words at both ends of a row are accessed element by element. Nothing outside the row is accessed.
#ifndef LEASH_CUDA_ROWS_CUH
#define LEASH_CUDA_ROWS_CUH

#include <cstdint>

#include "cuda/gpu.h"
#include "leash.h"
#include "cuda/host/plan.h"
#include "math/row_statistics.h"

namespace leash::cuda {

using gpu::Bits128;

template <int kDType>
struct Element {
    using Stored = uint16_t;
    static constexpr int kPerVector = 8;

    // A pair of elements, for a maximum of 8 in 4 instructions.
    using Packed = uint32_t;
    static constexpr Packed kLowest = kDType == LEASH_BF16 ? 0xff80ff80u : 0xfc00fc00u;  // -inf
    static __device__ Packed larger(Packed a, Packed b) {
        return kDType == LEASH_BF16 ? gpu::max_nan_bf16_pair(a, b) : gpu::max_nan_f16_pair(a, b);
    }
    static __device__ Packed largest(Packed m, Bits128 v) {
        return larger(larger(m, larger(v.word[0], v.word[1])), larger(v.word[2], v.word[3]));
    }
    static __device__ bool exceeds(Packed m, Packed limit) { return larger(m, limit) != limit; }
    static __device__ float value(Packed m) { return gpu::max_nan(widen(m).x, widen(m).y); }
    static __device__ Packed packed(float x) { return narrow(x, x); }

    static __device__ float2 widen(uint32_t pair) {
        return kDType == LEASH_BF16 ? gpu::from_bf16_pair(pair) : gpu::from_f16_pair(pair);
    }
    static __device__ uint32_t narrow(float low, float high) {
        return kDType == LEASH_BF16 ? gpu::to_bf16_pair(low, high) : gpu::to_f16_pair(low, high);
    }
    static __device__ float to_float(Stored stored) { return widen(stored).x; }
    static __device__ Stored from_float(float value) { return static_cast<Stored>(narrow(value, 0.0f)); }
    static __device__ void unpack(Bits128 v, float (&x)[kPerVector]) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const float2 pair = widen(v.word[i]);
            x[2 * i] = pair.x;
            x[2 * i + 1] = pair.y;
        }
    }
    static __device__ Bits128 pack(const float (&x)[kPerVector]) {
        Bits128 v;
#pragma unroll
        for (int i = 0; i < 4; i++) v.word[i] = narrow(x[2 * i], x[2 * i + 1]);
        return v;
    }
};

template <>
struct Element<LEASH_F32> {
    using Stored = float;
    static constexpr int kPerVector = 4;

    using Packed = float;
    static constexpr Packed kLowest = -__builtin_inff();
    static __device__ Packed largest(Packed m, Bits128 v) {
        float x[kPerVector];
        unpack(v, x);
        return gpu::max_nan(gpu::max_nan(m, gpu::max_nan(x[0], x[1])), gpu::max_nan(x[2], x[3]));
    }
    static __device__ bool exceeds(Packed m, Packed limit) { return !(m <= limit); }
    static __device__ float value(Packed m) { return m; }
    static __device__ Packed packed(float x) { return x; }

    static __device__ float to_float(Stored stored) { return stored; }
    static __device__ Stored from_float(float value) { return value; }
    static __device__ void unpack(Bits128 v, float (&x)[kPerVector]) {
#pragma unroll
        for (int i = 0; i < 4; i++) x[i] = __uint_as_float(v.word[i]);
    }
    static __device__ Bits128 pack(const float (&x)[kPerVector]) {
        Bits128 v;
#pragma unroll
        for (int i = 0; i < 4; i++) v.word[i] = __float_as_uint(x[i]);
        return v;
    }
};

// The common arguments of all operations. All pointers are to device memory.
struct RowParameters {
    const void* logits;
    int64_t rows;
    int64_t vocab;
    int64_t stride;             // elements
    const float* temperatures;  // or NULL
    const uint8_t* mask;        // or NULL
    float temperature;
    Fault* fault;

    __device__ bool masked(int64_t row) const { return mask != nullptr && mask[row] == 0; }
    // 1 / T; NaN if the row's own temperature is not finite and positive.
    __device__ double inverse_temperature(int64_t row) const {
        const double t = temperatures != nullptr ? temperatures[row] : temperature;
        return t > 0 && t <= 3.4028234663852886e38 ? 1 / t : static_cast<double>(__uint_as_float(0x7fc00000u));
    }
};

constexpr float kMinusInfinity = -__builtin_inff();

// One row of a matrix.
template <int kDType>
class Row {
  public:
    using Type = Element<kDType>;
    using Stored = typename Type::Stored;
    static constexpr int kPerVector = Type::kPerVector;

    __device__ Row(const void* matrix, int64_t row, int64_t stride, int64_t vocab)
        : first_(const_cast<Stored*>(static_cast<const Stored*>(matrix)) + row * stride),
          count_(static_cast<int>(vocab)),
          head_(static_cast<int>((reinterpret_cast<uintptr_t>(first_) & 15) / sizeof(Stored))) {}

    __device__ int count() const { return count_; }
    __device__ int vectors() const { return (count_ - 1) / kPerVector + 1; }
    __device__ bool aligned() const { return head_ == 0; }
    __device__ Stored* at(int64_t column) const { return first_ + column; }
    __device__ float element(int column) const { return Type::to_float(first_[column]); }
    __device__ void set_element(int column, float value) const { first_[column] = Type::from_float(value); }

    // Number of elements between the last 16-byte boundary and the start of the row.
    __device__ int head() const { return head_; }
    __device__ int word_of(int column) const {
        return static_cast<int>((static_cast<unsigned>(column) + static_cast<unsigned>(head_)) / kPerVector);
    }
    __device__ int words() const { return word_of(count_ - 1) + 1; }
    // The first column of a word; negative for word 0 of an unaligned row.
    __device__ int64_t column_of(int word) const { return static_cast<int64_t>(word) * kPerVector - head_; }
    __device__ bool is_whole(int word) const { return column_of(word) >= 0 && column_of(word) + kPerVector <= count_; }

    // A vector. Outside the row: -inf, which adds nothing to any sum. If the row is unaligned, no thread may write it meanwhile.
    __device__ Bits128 vector(int v) const { return load_straddling(static_cast<int64_t>(v) * kPerVector); }
    // Vectors v, v + step, ..., which are in the row, with all loads before the first use.
    template <int kCount>
    __device__ void vectors(int v, int step, Bits128 (&x)[kCount]) const {
        const Stored* const from = first_ + static_cast<int64_t>(v) * kPerVector;
        const int64_t between = static_cast<int64_t>(step) * kPerVector;
        if (aligned() && v + (kCount - 1) * step < count_ / kPerVector) {
#pragma unroll
            for (int i = 0; i < kCount; i++) x[i] = gpu::load_once(from + i * between);
        } else if (!aligned() && v > 0 && v + (kCount - 1) * step + 1 < word_of(count_)) {
            Bits128 words[2 * kCount];
#pragma unroll
            for (int i = 0; i < kCount; i++) {
                words[2 * i] = gpu::load_cached(from - head_ + i * between);
                words[2 * i + 1] = gpu::load_cached(from - head_ + i * between + kPerVector);
            }
#pragma unroll
            for (int i = 0; i < kCount; i++) {
                x[i] = straddling(head_ * static_cast<int>(sizeof(Stored)), words[2 * i], words[2 * i + 1]);
            }
        } else {
#pragma unroll
            for (int i = 0; i < kCount; i++) x[i] = vector(v + i * step);
        }
    }
    // Likewise, the columns from any one on.
    __device__ Bits128 load_straddling(int64_t column) const {
        const int offset = static_cast<int>(reinterpret_cast<uintptr_t>(first_ + column) & 15);
        const int64_t before = column - offset / static_cast<int>(sizeof(Stored));
        if (offset == 0) return load(column);
        if (before >= 0 && before + 2 * kPerVector <= count_) {
            const Stored* const word = first_ + before;
            return straddling(offset, gpu::load_cached(word), gpu::load_cached(word + kPerVector));
        }
        return load_elements(column);
    }
    // Writes the part of a word that is in the row.
    __device__ void store(int word, const Bits128& elements) const {
        const int64_t column = column_of(word);
        if (is_whole(word)) {
            gpu::store_once(first_ + column, elements);
            return;
        }
        float x[kPerVector];
        Type::unpack(elements, x);
#pragma unroll
        for (int i = 0; i < kPerVector; i++) {
            if (column + i >= 0 && column + i < count_) first_[column + i] = Type::from_float(x[i]);
        }
    }

    // 16 of the 32 bytes of a and b, by selection rather than indexing, which would need local memory.
    static __device__ Bits128 straddling(int offset, Bits128 a, Bits128 b) {
        const uint32_t words[8] = {a.word[0], a.word[1], a.word[2], a.word[3], b.word[0], b.word[1], b.word[2], b.word[3]};
        uint32_t from_even[6];
        uint32_t from[5];
#pragma unroll
        for (int i = 0; i < 6; i++) from_even[i] = (offset & 8) != 0 ? words[i + 2] : words[i];
#pragma unroll
        for (int i = 0; i < 5; i++) from[i] = (offset & 4) != 0 ? from_even[i + 1] : from_even[i];
        const unsigned bits = sizeof(Stored) < sizeof(uint32_t) ? static_cast<unsigned>(offset & 3) * 8 : 0;
        Bits128 v;
#pragma unroll
        for (int i = 0; i < 4; i++) v.word[i] = __funnelshift_r(from[i], from[i + 1], bits);
        return v;
    }

  private:
    // From a column on a 16-byte boundary.
    __device__ Bits128 load(int64_t column) const {
        return column >= 0 && column + kPerVector <= count_ ? gpu::load_once(first_ + column) : load_elements(column);
    }
    __device__ Bits128 load_elements(int64_t column) const {
        float x[kPerVector];
#pragma unroll
        for (int i = 0; i < kPerVector; i++) {
            const bool is_inside = column + i >= 0 && column + i < count_;
            x[i] = is_inside ? Type::to_float(first_[column + i]) : kMinusInfinity;
        }
        return Type::pack(x);
    }

    Stored* const first_;
    const int count_;
    const int head_;
};

}  // namespace leash::cuda

#endif
