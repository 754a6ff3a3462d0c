#include "cuda/host/choices.h"

#include <algorithm>
#include <atomic>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "spec/cuda_variants.h"
#include "spec/names.h"

namespace leash::cuda {

namespace {

constexpr int64_t kMaxVocab = INT32_MAX;
constexpr int64_t kAnyRows = kMaxRows;
constexpr int32_t kAnyLater = INT32_MAX;

// Estimates from memory traffic, launches and the number of blocks, not measured. `leash-bench tune` measures them and writes entries
// that go before these; to compile one in, add it here with the evidence that was written.
constexpr leash_choice kCompiledIn[] = {
    // operation, dtypes, vocab from, to, rows up to, compute capability from, to, cluster, reserved, variant, evidence
    {-1, kAllDtypes, 1, Warp::kVocab, kAnyRows, 80, kAnyLater, 0, 0, "warp", "unmeasured; the row stays in the registers of a warp"},
    {-1, kAllDtypes, 16384, Resident::kVocab, 8, 90, kAnyLater, 16, 0, "resident",
     "unmeasured; blocks for every multiprocessor, in one launch"},
    {-1, kAllDtypes, 16384, Resident::kVocab, 32, 90, kAnyLater, 8, 0, "resident",
     "unmeasured; blocks for every multiprocessor, in one launch"},
    {-1, kAllDtypes, Warp::kVocab + 1, Resident::kVocab, 512, 90, kAnyLater, 0, 0, "resident", "unmeasured; one read, in one launch"},
    {LEASH_LOG_SOFTMAX, kAllDtypes, Warp::kVocab + 1, Resident::kVocab, kAnyRows, 90, kAnyLater, 0, 0, "resident",
     "unmeasured; one read, others take two"},
    {LEASH_POLICY_GRADIENT, kAllDtypes, Warp::kVocab + 1, Resident::kVocab, kAnyRows, 90, kAnyLater, 0, 0, "resident",
     "unmeasured; one read, others take two"},
    {-1, kAllDtypes, 16384, kMaxVocab, 64, 80, kAnyLater, 0, 0, "split", "unmeasured; many blocks for each of few rows"},
    {-1, kAllDtypes, 1, kMaxVocab, kAnyRows, 80, kAnyLater, 0, 0, "two_read", "unmeasured; any row, four loads in flight"},
};
constexpr const char* kFallback = "naive";

struct Entry {
    leash_choice choice;
    std::vector<int32_t> variants;  // by operation; -1: there is none
};

Entry entry_of(const leash_choice& choice) {
    Entry entry = {choice, {}};
    for (int32_t operation = 0; operation < count_of(kOperationNames); operation++) {
        const bool applies = choice.operation == -1 || choice.operation == operation;
        entry.variants.push_back(applies ? index_of(operation, choice.variant) : -1);
    }
    return entry;
}

using Table = std::vector<Entry>;

const Table& compiled_in() {
    static const Table table = [] {
        Table entries;
        for (const leash_choice& each : kCompiledIn) entries.push_back(entry_of(each));
        return entries;
    }();
    return table;
}

bool is_same(const leash_choice& a, const leash_choice& b) {
    const auto fields = [](const leash_choice& c) {
        return std::make_tuple(c.operation, c.dtypes, c.min_vocab, c.max_vocab, c.max_rows, c.min_compute_capability,
                               c.max_compute_capability, c.variant, c.cluster, c.evidence);
    };
    return fields(a) == fields(b);
}

// Calls may be using a table that has been replaced, so it stays, and is used again for the same entries. Texts are unique.
struct Tables {
    std::mutex mutex;
    std::set<std::string> texts;
    std::list<Table> set;
    std::atomic<const Table*> current{&compiled_in()};
};

Tables& tables() {
    static Tables instance;
    return instance;
}

const Table& current() { return *tables().current.load(std::memory_order_acquire); }

}  // namespace

void set_choices(const leash_choice* choices, int32_t count) {
    Tables& all = tables();
    const std::lock_guard<std::mutex> lock(all.mutex);
    if (count == 0) {
        all.current.store(&compiled_in(), std::memory_order_release);
        return;
    }
    Table table;
    for (int32_t i = 0; i < count; i++) {
        leash_choice each = choices[i];
        each.reserved = 0;
        each.variant = all.texts.insert(each.variant).first->c_str();
        each.evidence = all.texts.insert(each.evidence).first->c_str();
        table.push_back(entry_of(each));
    }
    table.insert(table.end(), compiled_in().begin(), compiled_in().end());
    const auto is_table = [&](const Table& known) {
        return std::equal(known.begin(), known.end(), table.begin(), table.end(),
                          [](const Entry& a, const Entry& b) { return is_same(a.choice, b.choice); });
    };
    auto found = std::find_if(all.set.begin(), all.set.end(), is_table);
    if (found == all.set.end()) found = all.set.insert(found, std::move(table));
    all.current.store(&*found, std::memory_order_release);
}

int32_t choice_count() { return static_cast<int32_t>(current().size()); }

bool choice(int32_t index, leash_choice* choice) {
    const Table& table = current();
    if (index < 0 || index >= static_cast<int32_t>(table.size())) return false;
    *choice = table[static_cast<size_t>(index)].choice;
    return true;
}

Chosen choose(int32_t operation, const leash_rows& rows, const DeviceLimits& limits) {
    int32_t entry = 0;
    for (const Entry& each : current()) {
        const leash_choice& choice = each.choice;
        const Selection selection = {each.variants[static_cast<size_t>(operation)], choice.cluster};
        if (selection.index >= 0 && (choice.dtypes >> rows.logits.dtype & 1) != 0 &&
            limits.compute_capability >= choice.min_compute_capability &&
            limits.compute_capability <= choice.max_compute_capability && rows.logits.vocab >= choice.min_vocab &&
            rows.logits.vocab <= choice.max_vocab && rows.logits.rows <= choice.max_rows &&
            refusal(selection, rows, limits).empty()) {
            return {entry, selection};
        }
        entry++;
    }
    return {-1, {index_of(operation, kFallback), 0}};
}

}  // namespace leash::cuda
