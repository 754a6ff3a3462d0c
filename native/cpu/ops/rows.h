// The rows of a call's logits: elements, temperatures, masks, and statistics from the sums of their pieces.
#ifndef LEASH_CPU_OPS_ROWS_H
#define LEASH_CPU_OPS_ROWS_H

#include <cstdint>

#include "cpu/isa/loops.h"
#include "leash.h"
#include "math/row_statistics.h"

namespace leash::cpu {

class Rows {
  public:
    Rows(const leash_rows& rows, const Kernels& kernels);

    int64_t count() const { return rows_.logits.rows; }
    int64_t vocab() const { return rows_.logits.vocab; }
    const leash_matrix& logits() const { return rows_.logits; }
    const DTypeLoops& loops() const { return loops_; }

    // Pieces per row; the last may be short.
    int64_t pieces() const;
    int64_t piece_start(int64_t piece) const;
    int64_t piece_count(int64_t piece) const;

    bool masked(int64_t row) const { return rows_.mask != nullptr && rows_.mask[row] == 0; }
    // 1 / T; NaN if the row's own temperature is not finite and positive.
    double inverse_temperature(int64_t row) const;

    // An element of the logits or of a matrix of the same shape and dtype.
    void* element(const leash_matrix& matrix, int64_t row, int64_t column) const;
    float logit(int64_t row, int64_t column) const;
    void fill_zero(const leash_matrix& matrix, int64_t row) const;

    // The terms of the piece go to `terms`, unless it is null; see DTypeLoops. With squares it must not be null.
    void sums(int64_t row, int64_t piece, float* terms, bool squares, PieceSums& out) const;
    RowStatistics statistics(int64_t row, const PieceSums* sums) const;
    // The runs of a piece, and its ragged end.
    static void runs(const PieceSums& sums, const RowStatistics& row, TermRun (&runs)[kPieceRuns + 1]);

  private:
    const leash_rows& rows_;
    const DTypeLoops& loops_;
    const int64_t element_bytes_;
};

}  // namespace leash::cpu

#endif
