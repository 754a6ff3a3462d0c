// Rows of logits in device memory, accessed in vectors of 16 bytes.
//
// Sums use vectors; vector v has the columns from v kPerVector on, so that the order of every sum is independent of the row's
// address. If a row does not start on a 16-byte boundary, its vectors straddle two aligned words of 16 bytes. If both are in the
// row, the vector is read from them; a neighbour reads each of them too.
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
    // NaN if the row's own temperature is not finite and positive.
    __device__ double row_temperature(int64_t row) const {
        const double t = temperatures != nullptr ? temperatures[row] : temperature;
        return t > 0 && t <= 3.4028234663852886e38 ? t : static_cast<double>(__uint_as_float(0x7fc00000u));
    }
};

__device__ inline float loop_scale(double temperature) { return static_cast<float>(kLog2E / temperature); }

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
    __device__ Stored* at(int column) const { return first_ + column; }
    __device__ float element(int column) const { return Type::to_float(first_[column]); }
    __device__ void set_element(int column, float value) const { first_[column] = Type::from_float(value); }

    // Number of elements between the last 16-byte boundary and the start of the row.
    __device__ int head() const { return head_; }
    __device__ int words() const {
        return static_cast<int>((static_cast<unsigned>(count_ - 1) + static_cast<unsigned>(head_)) / kPerVector) + 1;
    }
    // The first column of a word; negative for word 0 of an unaligned row.
    __device__ int64_t column_of(int word) const { return static_cast<int64_t>(word) * kPerVector - head_; }
    __device__ bool is_whole(int word) const { return column_of(word) >= 0 && column_of(word) + kPerVector <= count_; }

    // The columns from one on a 16-byte boundary. Outside the row: -inf, which adds nothing to any sum.
    __device__ void load(int64_t column, float (&x)[kPerVector]) const {
        if (column >= 0 && column + kPerVector <= count_) {
            Type::unpack(gpu::load_once(first_ + column), x);
        } else {
            load_elements(column, x);
        }
    }
    // The same from any column. If unaligned, no thread may write the row meanwhile.
    __device__ void load_straddling(int64_t column, float (&x)[kPerVector]) const {
        const int offset = static_cast<int>(reinterpret_cast<uintptr_t>(first_ + column) & 15);
        const int64_t before = column - offset / static_cast<int>(sizeof(Stored));
        if (offset == 0) {
            load(column, x);
        } else if (before >= 0 && before + 2 * kPerVector <= count_) {
            const Stored* const word = first_ + before;
            Type::unpack(straddling(offset, gpu::load_cached(word), gpu::load_cached(word + kPerVector)), x);
        } else {
            load_elements(column, x);
        }
    }
    // Writes the part of a word that is in the row.
    __device__ void store(int word, const float (&x)[kPerVector]) const {
        const int64_t column = column_of(word);
        if (is_whole(word)) {
            gpu::store_once(first_ + column, Type::pack(x));
            return;
        }
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
    __device__ void load_elements(int64_t column, float (&x)[kPerVector]) const {
#pragma unroll
        for (int i = 0; i < kPerVector; i++) {
            const bool is_inside = column + i >= 0 && column + i < count_;
            x[i] = is_inside ? Type::to_float(first_[column + i]) : kMinusInfinity;
        }
    }

    Stored* const first_;
    const int count_;
    const int head_;
};

}  // namespace leash::cuda

#endif
