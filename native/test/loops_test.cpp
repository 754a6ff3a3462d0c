// The loops of every instruction set, through the table of loops.h, against long double, in memory between guard pages. Counts are
// around the vector widths and the unrolled groups.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "test/guarded_memory.h"
#include "test/harness.h"
#include "test/tested_kernels.h"
#include "test/values.h"

using namespace leash;
using namespace leash::test;

namespace {

constexpr int64_t kCounts[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129, 200, 671, 4096};
constexpr float kEpsilon = 0x1p-24f;

// A piece of a row with its decoded values, in guarded memory aligned only to its elements.
struct Piece {
    GuardedMemory memory;
    std::vector<float> values;
    int32_t dtype;

    Piece(const std::vector<float>& wanted, int32_t type, Guard guard)
        : memory(wanted.size() * static_cast<size_t>(dtype_bytes(type)), guard), values(wanted), dtype(type) {
        for (size_t j = 0; j < wanted.size(); j++) {
            put_element(data(), static_cast<int64_t>(j), wanted[j], dtype);
            values[j] = get_element(data(), static_cast<int64_t>(j), dtype);
        }
    }

    void* data() const { return memory.data(); }
    int64_t count() const { return static_cast<int64_t>(values.size()); }
    size_t bytes() const { return values.size() * static_cast<size_t>(dtype_bytes(dtype)); }
    float max() const { return *std::max_element(values.begin(), values.end()); }
};

std::vector<float> row(Rows kind, int64_t count, uint64_t seed) {
    Random random(seed);
    std::vector<float> values;
    for (int64_t j = 0; j < count; j++) values.push_back(logit_of(kind, j, count, random));
    return values;
}

// Calls body(kernels, dtype, guard, context) for all of them.
template <class Body>
void for_each_loop(Body body) {
    for (const cpu::Kernels* kernels : tested_kernels()) {
        for (int32_t dtype = LEASH_F32; dtype <= LEASH_F16; dtype++) {
            if (!is_dtype_selected(dtype)) continue;
            const Context context(std::string(kernels->name) + " " + dtype_name(dtype));
            for (const Guard guard : {Guard::kBefore, Guard::kAfter}) body(*kernels, kernels->loops[dtype], dtype, guard);
        }
    }
}

// Exact sums relative to an offset, and the error bound of f32 arithmetic: a few roundings in each exponent and term, and the
// additions of the longest chain, of 4 lanes: pairs within a run, and the runs of a block.
struct ExactSums {
    long double sum = 0;
    long double weighted = 0;
    long double sum_error = 0;
    long double weighted_error = 0;

    ExactSums(const Piece& piece, float scale, double offset, int64_t skip) {
        const auto run = static_cast<long double>(std::min(piece.count(), cpu::kRunElements));
        const long double chain = 8 + run / 8 + cpu::kBlockElements / cpu::kRunElements;
        for (int64_t j = 0; j < piece.count(); j++) {
            const float x = piece.values[static_cast<size_t>(j)];
            if (j == skip || x == -INFINITY) continue;
            const long double y = static_cast<long double>(x) * scale - offset;
            const long double term = std::exp2(y);
            sum += term;
            weighted += term * y;
            sum_error += kEpsilon * term * (chain + 2 * std::fabs(y));
            weighted_error += kEpsilon * term * std::fabs(y) * (chain + 2 * std::fabs(y) + 2);
        }
        // Terms below 2^-126 count as 0, and so does a sum rescaled to a far larger reference.
        sum_error += 0x1p-120L;
        weighted_error += 0x1p-112L;
    }
};

void check_sums(const cpu::TermSums& got, double offset, const Piece& piece, float scale, int64_t skip) {
    const ExactSums exact(piece, scale, offset, skip);
    CHECK_NEAR(static_cast<long double>(got.sum), exact.sum, exact.sum_error);
    CHECK_NEAR(static_cast<long double>(got.weighted), exact.weighted, exact.weighted_error);
}

cpu::PieceSums sums_of(const cpu::DTypeLoops& loops, const Piece& piece, float scale, float* terms) {
    cpu::PieceSums sums;
    loops.sums(piece.data(), piece.count(), scale, terms, sums);
    return sums;
}

cpu::TermSums all_blocks(const cpu::PieceSums& piece) {
    double sum = 0;
    double weighted = 0;
    for (const cpu::TermSums& block : piece.blocks) {
        sum += block.sum;
        weighted += block.weighted;
    }
    return {static_cast<float>(sum), static_cast<float>(weighted)};
}

bool has_nan(const cpu::PieceSums& piece) {
    return std::any_of(std::begin(piece.blocks), std::end(piece.blocks),
                       [](const cpu::TermSums& block) { return std::isnan(block.sum); });
}

}  // namespace

VARIANT_TEST(sums_agree_with_long_double) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const Rows kind : kAllRows) {
            for (const int64_t count : kCounts) {
                const Piece piece(row(kind, count, 3), dtype, guard);
                const Context context("kind " + std::to_string(static_cast<int>(kind)) + ", " + std::to_string(count));
                for (const float scale : {1.4426950f, 0.2f, 3.0f}) {
                    const cpu::PieceSums got = sums_of(loops, piece, scale, nullptr);
                    CHECK_EQ(got.max, piece.max());
                    check_sums(all_blocks(got), got.offset, piece, scale, -1);
                }
            }
        }
    });
}

VARIANT_TEST(squares_agree_with_long_double) {
    const GuardedMemory memory(cpu::kPieceElements * sizeof(float), Guard::kAfter);
    float* const terms = static_cast<float*>(memory.data());
    for_each_loop([&](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const Rows kind : kAllRows) {
            for (const int64_t count : kCounts) {
                const Piece piece(row(kind, count, 3), dtype, guard);
                const Context context("kind " + std::to_string(static_cast<int>(kind)) + ", " + std::to_string(count));
                for (const float scale : {1.4426950f, 0.2f, 3.0f}) {
                    const cpu::PieceSums sums = sums_of(loops, piece, scale, terms);
                    // The square of a term is one at twice the scale, with twice its error.
                    const ExactSums exact(piece, 2 * scale, 2 * sums.offset, -1);
                    CHECK_NEAR(static_cast<long double>(loops.squares(terms, count, sums)), exact.sum, 2 * exact.sum_error);
                }
            }
        }
    });
}

// 2^(2 * 64.2) is infinite, and the squares of the first run are 0.
VARIANT_TEST(squares_of_minus_infinity_have_no_scale) {
    const GuardedMemory memory(cpu::kPieceElements * sizeof(float), Guard::kAfter);
    float* const terms = static_cast<float*>(memory.data());
    for_each_loop([&](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        std::vector<float> values(2 * cpu::kRunElements, -INFINITY);
        std::fill(values.begin() + cpu::kRunElements, values.end(), -44.5f);
        const Piece piece(values, dtype, guard);
        const cpu::PieceSums sums = sums_of(loops, piece, 1.4426950f, terms);
        CHECK_NEAR(loops.squares(terms, piece.count(), sums), static_cast<float>(cpu::kRunElements), 1e-3);
    });
}

// A block's sums cover only its own elements, as a block can be summed again without its largest term.
VARIANT_TEST(block_sums_cover_only_their_elements) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const int64_t count : {int64_t{1}, cpu::kBlockElements - 1, cpu::kBlockElements, cpu::kBlockElements + 1,
                                    2 * cpu::kBlockElements + 37, cpu::kPieceElements - 1, cpu::kPieceElements}) {
            const Piece piece(row(Rows::kNormal, count, 9), dtype, guard);
            const cpu::PieceSums got = sums_of(loops, piece, 1.4426950f, nullptr);
            for (int b = 0; b < cpu::kPieceBlocks; b++) {
                const int64_t begin = std::min(count, b * cpu::kBlockElements);
                const int64_t end = std::min(count, begin + cpu::kBlockElements);
                if (begin == end) {
                    CHECK_EQ(got.blocks[b].sum, 0.0f);
                    continue;
                }
                const Piece block({piece.values.begin() + begin, piece.values.begin() + end}, dtype, guard);
                check_sums(got.blocks[b], got.offset, block, 1.4426950f, -1);
            }
        }
    });
}

VARIANT_TEST(sums_except_omits_one_element) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const Rows kind : {Rows::kNormal, Rows::kPeaked, Rows::kHalfMasked}) {
            for (const int64_t count : kCounts) {
                const Piece piece(row(kind, count, 4), dtype, guard);
                const Context context("kind " + std::to_string(static_cast<int>(kind)) + ", " + std::to_string(count));
                for (const int64_t skip : {int64_t{-1}, int64_t{0}, count / 2, count - 1}) {
                    check_sums(loops.sums_except(piece.data(), count, 1.4426950f, piece.max(), skip),
                               static_cast<double>(piece.max()) * 1.4426950f, piece, 1.4426950f, skip);
                }
            }
        }
    });
}

VARIANT_TEST(sums_of_minus_infinity_only_are_zero) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const int64_t count : kCounts) {
            const Piece piece(std::vector<float>(static_cast<size_t>(count), -INFINITY), dtype, guard);
            const cpu::PieceSums got = sums_of(loops, piece, 1.4426950f, nullptr);
            CHECK_EQ(got.max, -INFINITY);
            for (const cpu::TermSums& block : got.blocks) {
                CHECK_EQ(block.sum, 0.0f);
                CHECK_EQ(block.weighted, 0.0f);
            }
        }
    });
}

VARIANT_TEST(nan_or_infinity_anywhere_makes_sum_nan) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const int64_t count : {1, 8, 33, 200}) {
            for (const float poison : {std::nanf(""), -std::nanf(""), INFINITY}) {
                for (int64_t at = 0; at < count; at++) {
                    for (const Rows kind : {Rows::kNormal, Rows::kMaskedStart}) {
                        std::vector<float> values = row(kind, count, 5);
                        values[static_cast<size_t>(at)] = poison;
                        const Piece piece(values, dtype, guard);
                        CHECK(has_nan(sums_of(loops, piece, 1.4426950f, nullptr)));
                    }
                }
            }
        }
    });
}

// A NaN can hide a larger logit of its group from a horizontal maximum. The loop must handle such a group.
VARIANT_TEST(nan_beside_much_larger_logit_makes_sum_nan) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        constexpr int64_t kCount = 256;
        for (int64_t nan_at = 0; nan_at < kCount; nan_at += 3) {
            for (int64_t large_at = 1; large_at < kCount; large_at += 5) {
                if (nan_at == large_at) continue;
                std::vector<float> values(kCount, 0.0f);
                values[static_cast<size_t>(large_at)] = 1e4f;
                values[static_cast<size_t>(nan_at)] = std::nanf("");
                const Piece piece(values, dtype, guard);
                CHECK(has_nan(sums_of(loops, piece, 1.4426950f, nullptr)));
            }
        }
    });
}

VARIANT_TEST(index_of_finds_first_match) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const int64_t count : kCounts) {
            std::vector<float> values(static_cast<size_t>(count), 1.0f);
            const Piece none(values, dtype, guard);
            CHECK_EQ(loops.index_of(none.data(), count, 2.0f), -1);
            CHECK_EQ(loops.index_of(none.data(), count, -INFINITY), -1);
            for (int64_t at = 0; at < count; at += 1 + at / 3) {
                std::fill(values.begin() + at, values.end(), 2.0f);
                const Piece piece(values, dtype, guard);
                CHECK_EQ(loops.index_of(piece.data(), count, 2.0f), at);
                std::fill(values.begin() + at, values.end(), 1.0f);
            }
        }
    });
}

VARIANT_TEST(single_element_is_loaded_and_stored) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        std::vector<float> values = {0.0f, -0.0f, 1.5f, -3.25f, -INFINITY, INFINITY, 6.1035156e-05f};
        const Piece piece(values, dtype, guard);
        for (int64_t j = 0; j < piece.count(); j++) {
            const float value = piece.values[static_cast<size_t>(j)];
            CHECK_EQ(loops.load(piece.data(), j), value);
            loops.store(piece.data(), j, -value);
            CHECK_EQ(get_element(piece.data(), j, dtype), -value);
            loops.store(piece.data(), j, value);
        }
        loops.store(piece.data(), 3, std::nanf(""));
        CHECK(std::isnan(loops.load(piece.data(), 3)));
        CHECK_EQ(get_element(piece.data(), 2, dtype), 1.5f);
        CHECK_EQ(get_element(piece.data(), 4, dtype), -INFINITY);
    });
}

namespace {

// Runs a loop out of place, with and without streaming, to aligned and unaligned outputs, and in place. Checks that all give the
// same bytes, and returns them.
template <class Loop>
std::vector<char> run_everywhere(const Piece& piece, Guard guard, Loop loop) {
    const size_t element = static_cast<size_t>(dtype_bytes(piece.dtype));
    const GuardedMemory plain(piece.bytes(), guard);
    loop(piece.data(), plain.data(), false);
    const char* const bytes = static_cast<const char*>(plain.data());
    const std::vector<char> expected(bytes, bytes + piece.bytes());
    for (const bool streaming : {false, true}) {
        for (size_t shift = 0; shift < 3; shift++) {
            const GuardedMemory room(piece.bytes() + 3 * element, guard);
            char* const out = static_cast<char*>(room.data()) + shift * element;
            std::memset(room.data(), 0x5a, piece.bytes() + 3 * element);
            loop(piece.data(), out, streaming);
            CHECK(std::memcmp(out, expected.data(), expected.size()) == 0);
            const char* const begin = static_cast<const char*>(room.data());
            const char* const end = begin + piece.bytes() + 3 * element;
            CHECK(std::all_of(begin, static_cast<const char*>(out), [](char c) { return c == 0x5a; }));
            CHECK(std::all_of(static_cast<const char*>(out) + piece.bytes(), end, [](char c) { return c == 0x5a; }));
        }
        const Piece in_place(piece.values, piece.dtype, guard);
        loop(in_place.data(), in_place.data(), streaming);
        CHECK(std::memcmp(in_place.data(), expected.data(), expected.size()) == 0);
    }
    return expected;
}

}  // namespace

VARIANT_TEST(log_softmax_matches_formula_in_f32) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const Rows kind : kAllRows) {
            for (const int64_t count : kCounts) {
                const Piece piece(row(kind, count, 6), dtype, guard);
                const float max = piece.max();
                const std::vector<char> out =
                    run_everywhere(piece, guard, [&](const void* from, void* to, bool streaming) {
                        loops.log_softmax(from, to, count, max, 0.7f, 2.5f, streaming);
                    });
                for (int64_t j = 0; j < count; j++) {
                    float expected = 0;
                    put_element(&expected, 0, (piece.values[static_cast<size_t>(j)] - max) * 0.7f - 2.5f, dtype);
                    CHECK_EQ(get_element(out.data(), j, dtype), get_element(&expected, 0, dtype));
                }
            }
        }
    });
}

namespace {

// Compares with double. `headroom`: maximum y of a term, in units of log2.
void check_gradient(const std::vector<char>& out, const Piece& piece, float scale,
                    const GradientCoefficients& coefficients, double headroom) {
    const float max = piece.max();
    for (int64_t j = 0; j < piece.count(); j++) {
        const float x = piece.values[static_cast<size_t>(j)];
        const double y = (static_cast<double>(x) - max) * scale;
        const double term = x == -INFINITY ? 0.0 : std::exp2(y);
        const double line = x == -INFINITY ? 0.0 : coefficients.slope * y;
        const double expected = term * (coefficients.base + line);
        const double size = term * (std::fabs(coefficients.base) + std::fabs(line));
        // A relative rounding error of y becomes |y| times as large in the exponential.
        const double roundings = x == -INFINITY ? 0.0 : 6 + 2 * std::fmax(std::fabs(y), headroom);
        CHECK_NEAR(static_cast<double>(get_element(out.data(), j, piece.dtype)), expected,
                   roundings * kEpsilon * size + rounding_error(size, piece.dtype) + 0x1p-120);
    }
}

std::vector<cpu::TermRun> runs_of(const cpu::PieceSums& sums, float max, float scale) {
    std::vector<cpu::TermRun> runs(cpu::kPieceRuns + 1);
    for (int k = 0; k < sums.reference_count; k++) {
        const cpu::PieceSums::Reference& reference = sums.references[k];
        const double shift = reference.offset - static_cast<double>(max) * scale;
        const float factor = reference.logit > max ? 0.0f : static_cast<float>(std::exp2(shift));
        std::fill(runs.begin() + reference.first_run, runs.end(), cpu::TermRun{reference.logit, factor});
    }
    return runs;
}

}  // namespace

VARIANT_TEST(gradient_agrees_with_double) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const Rows kind : kAllRows) {
            for (const int64_t count : kCounts) {
                const Piece piece(row(kind, count, 7), dtype, guard);
                const float max = piece.max();
                const float scale = 1.1f;
                const GradientCoefficients coefficients = {0.8f, -0.3f, 0.0f};
                const std::vector<char> out =
                    run_everywhere(piece, guard, [&](const void* from, void* to, bool streaming) {
                        loops.gradient(from, to, count, max, scale, coefficients, streaming);
                    });
                check_gradient(out, piece, scale, coefficients, 0);
            }
        }
    });
}

// Kept and recomputed terms must give the same bits, with and without a slope.
VARIANT_TEST(gradient_of_terms_agrees_with_double) {
    const GuardedMemory memory(cpu::kPieceElements * sizeof(float), Guard::kAfter);
    float* const terms = static_cast<float*>(memory.data());
    for_each_loop([&](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const Rows kind : kAllRows) {
            for (const int64_t count : kCounts) {
                const Piece piece(row(kind, count, 7), dtype, guard);
                const float max = piece.max();
                const Context context("kind " + std::to_string(static_cast<int>(kind)) + ", " + std::to_string(count));
                for (const float scale : {1.1f, 3.0f}) {
                    for (const float slope : {0.0f, -0.3f}) {
                        const GradientCoefficients coefficients = {0.8f, slope, 0.0f};
                        const cpu::PieceSums sums = sums_of(loops, piece, scale, terms);
                        const cpu::PieceSums alone = sums_of(loops, piece, scale, nullptr);
                        CHECK(std::memcmp(sums.blocks, alone.blocks, sizeof sums.blocks) == 0);
                        const std::vector<cpu::TermRun> runs = runs_of(sums, max, scale);
                        const auto run = [&](const float* kept) {
                            return run_everywhere(piece, guard, [&](const void* from, void* to, bool streaming) {
                                loops.gradient_of_terms(from, kept, sums.far, runs.data(), to, count, max, scale,
                                                        coefficients, streaming);
                            });
                        };
                        const std::vector<char> out = run(terms);
                        CHECK(run(nullptr) == out);
                        // Terms may exceed the reference by this much.
                        check_gradient(out, piece, scale, coefficients, 5);
                    }
                }
            }
        }
    });
}

// A NaN of all ones, as in memory filled with 0xff, would carry into its sign when rounded to bf16.
VARIANT_TEST(nan_payloads_stay_nan) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        for (const uint32_t bits : {0x7fffffffu, 0xffffffffu, 0x7f800001u, 0xff80ffffu}) {
            const float nan = float_of(bits);
            const Piece piece(row(Rows::kNormal, 77, 8), dtype, guard);
            const GuardedMemory out(piece.bytes(), guard);
            const auto all_nan = [&] {
                for (int64_t j = 0; j < 77; j++) CHECK(std::isnan(get_element(out.data(), j, dtype)));
            };
            for (const GradientCoefficients& c :
                 {GradientCoefficients{nan, 0, 0}, GradientCoefficients{0, nan, 0}, GradientCoefficients{nan, nan, 0}}) {
                loops.gradient(piece.data(), out.data(), 77, 1.0f, 1.0f, c, false);
                all_nan();
            }
            loops.gradient(piece.data(), out.data(), 77, nan, 1.0f, {1, 1, 0}, false);
            all_nan();
            loops.gradient(piece.data(), out.data(), 77, 1.0f, nan, {1, 1, 0}, false);
            all_nan();
            const std::vector<cpu::TermRun> runs(cpu::kPieceRuns + 1, cpu::TermRun{0.0f, 1.0f});
            for (const GradientCoefficients& c : {GradientCoefficients{nan, 0, 0}, GradientCoefficients{0, nan, 0}}) {
                loops.gradient_of_terms(piece.data(), nullptr, false, runs.data(), out.data(), 77, 1.0f, 1.0f, c, false);
                all_nan();
            }
            loops.log_softmax(piece.data(), out.data(), 77, nan, 1.0f, 1.0f, false);
            all_nan();
            loops.log_softmax(piece.data(), out.data(), 77, 1.0f, 1.0f, nan, false);
            all_nan();
            loops.store(out.data(), 5, nan);
            CHECK(std::isnan(get_element(out.data(), 5, dtype)));
        }
    });
}

VARIANT_TEST(gradient_of_nan_row_is_nan) {
    for_each_loop([](const cpu::Kernels&, const cpu::DTypeLoops& loops, int32_t dtype, Guard guard) {
        const Piece piece(row(Rows::kHalfMasked, 77, 8), dtype, guard);
        const GuardedMemory out(piece.bytes(), guard);
        const float nan = std::nanf("");
        loops.gradient(piece.data(), out.data(), 77, nan, 1.0f, {nan, nan, nan}, false);
        for (int64_t j = 0; j < 77; j++) CHECK(std::isnan(get_element(out.data(), j, dtype)));
        loops.log_softmax(piece.data(), out.data(), 77, nan, 1.0f, nan, false);
        for (int64_t j = 0; j < 77; j++) CHECK(std::isnan(get_element(out.data(), j, dtype)));
    });
}
