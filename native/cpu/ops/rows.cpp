#include "cpu/ops/rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "math/dtype.h"
#include "cpu/ops/operations.h"

namespace leash::cpu {
namespace {

// Below this sum, relative to the largest term, that term has two thirds of the mass or more, and the others are summed again
// without it: subtracting 1 would magnify the rounding of the sum more than threefold.
constexpr double kPeakedSum = 1.5;

}  // namespace

Rows::Rows(const leash_rows& rows, const Kernels& kernels)
    : rows_(rows), loops_(kernels.loops[rows.logits.dtype]), element_bytes_(dtype_bytes(rows.logits.dtype)) {}

int64_t Rows::pieces() const { return (vocab() + kPieceElements - 1) / kPieceElements; }

int64_t Rows::piece_start(int64_t piece) const { return piece * kPieceElements; }

int64_t Rows::piece_count(int64_t piece) const { return std::min(kPieceElements, vocab() - piece_start(piece)); }

double Rows::inverse_temperature(int64_t row) const {
    const double t = rows_.temperatures != nullptr ? rows_.temperatures[row] : rows_.temperature;
    return t > 0 && std::isfinite(t) ? 1 / t : std::numeric_limits<double>::quiet_NaN();
}

void* Rows::element(const leash_matrix& matrix, int64_t row, int64_t column) const {
    return static_cast<char*>(matrix.data) + (row * matrix.row_stride + column) * element_bytes_;
}

float Rows::logit(int64_t row, int64_t column) const { return loops_.load(element(logits(), row, 0), column); }

void Rows::fill_zero(const leash_matrix& matrix, int64_t row) const {
    std::memset(element(matrix, row, 0), 0, static_cast<size_t>(vocab() * element_bytes_));
}

void Rows::sums(int64_t row, int64_t piece, float* terms, bool squares, PieceSums& out) const {
    const int64_t count = piece_count(piece);
    loops_.sums(element(logits(), row, piece_start(piece)), count, loop_scale(inverse_temperature(row)), terms, out);
    out.squares = squares ? loops_.squares(terms, count, out) : 0.0f;
}

void Rows::runs(const PieceSums& sums, const RowStatistics& row, TermRun (&runs)[kPieceRuns + 1]) {
    const double max_offset = row.max_logit * loop_scale(row.inverse_temperature);
    for (int k = 0; k < sums.reference_count; ++k) {
        const PieceSums::Reference& reference = sums.references[k];
        // A reference beyond the largest logit denotes runs of -inf only, whose terms are 0.
        const double factor = reference.logit > row.max_logit ? 0.0 : std::exp2(reference.offset - max_offset);
        for (int64_t run = reference.first_run; run <= kPieceRuns; ++run) {
            runs[run] = {reference.logit, static_cast<float>(factor)};
        }
    }
}

RowStatistics Rows::statistics(int64_t row, const PieceSums* sums) const {
    const float scale = loop_scale(inverse_temperature(row));
    const int64_t n = pieces();
    int64_t top = 0;
    for (int64_t k = 1; k < n; ++k) {
        if (sums[k].max > sums[top].max) top = k;
    }
    const float max = sums[top].max;
    const double max_offset = static_cast<double>(max) * scale;

    double sum = 0;
    double weighted = 0;
    double squares = 0;
    // Changes an offset to that of the maximum: 2^shift (sum, weighted + shift sum).
    const auto add = [&](double offset, double terms, double weighted_terms) {
        if (terms == 0) return;
        const double shift = offset - max_offset;
        const double factor = std::exp2(shift);
        sum += factor * terms;
        weighted += factor * (weighted_terms + shift * terms);
    };
    const auto add_piece = [&](const PieceSums& piece, int without) {
        double terms = 0;
        double weighted_terms = 0;
        for (int b = 0; b < kPieceBlocks; ++b) {
            if (b == without) continue;
            terms += piece.blocks[b].sum;
            weighted_terms += piece.blocks[b].weighted;
        }
        add(piece.offset, terms, weighted_terms);
    };
    for (int64_t k = 0; k < n; ++k) {
        add_piece(sums[k], -1);
        if (sums[k].squares != 0) squares += std::exp2(2 * (sums[k].offset - max_offset)) * sums[k].squares;
    }

    double rest = sum - 1;
    if (sum < kPeakedSum) {
        const int64_t peak = piece_start(top);
        const int64_t skip = loops_.index_of(element(logits(), row, peak), piece_count(top), max);
        const int64_t block = skip / kBlockElements;
        const int64_t start = block * kBlockElements;
        sum = weighted = 0;
        for (int64_t k = 0; k < n; ++k) add_piece(sums[k], k == top ? static_cast<int>(block) : -1);
        const TermSums others =
            loops_.sums_except(element(logits(), row, peak + start),
                               std::min(kBlockElements, piece_count(top) - start), scale, max, skip - start);
        add(max_offset, others.sum, others.weighted);
        rest = sum;
    }
    return finish_row(max, inverse_temperature(row), rest, weighted, squares - 1);
}

}  // namespace leash::cpu
