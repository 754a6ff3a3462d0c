#include "test/bits.h"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

#include "spec/names.h"
#include "test/rig.h"
#include "test/values.h"

namespace leash::test {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kPadding = 12288;  // in every dtype
constexpr int64_t kPaddingElements = 3;

class Hash {
  public:
    void add(uint32_t word) {
        for (int shift = 0; shift < 32; shift += 8) state_ = (state_ ^ (word >> shift & 0xff)) * 0x100000001b3u;
    }
    void add(float value) { add(value == value ? bits_of(value) : 0x7fc00000u); }
    void add(double value) {
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        add(static_cast<uint32_t>(bits));
        add(static_cast<uint32_t>(bits >> 32));
    }
    void add(const std::vector<float>& values) {
        for (const float value : values) add(value);
    }
    uint64_t value() const { return state_; }

  private:
    uint64_t state_ = 0xcbf29ce484222325u;
};

// xorshift64*; floats are multiples of a power of 2, which needs no library function and no rounding.
class Draws {
  public:
    explicit Draws(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

    uint32_t bits() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1du) >> 32);
    }
    int64_t below(int64_t bound) { return static_cast<int64_t>(bits()) * bound >> 32; }
    // In (-4, 4), most of them near 0.
    float near_zero() {
        int32_t sum = 0;
        for (int i = 0; i < 4; i++) sum += static_cast<int32_t>(bits() >> 16);
        return static_cast<float>(sum - 2 * 65536) * 0x1p-15f;
    }
    float unit() { return static_cast<float>(bits() >> 8) * 0x1p-24f; }

  private:
    uint64_t state_;
};

// From kMaskedRow on, rows are masked, invalid or out of range.
enum Kind {
    kSpread,
    kSteps,       // alternating stretches of +20 and -20
    kAscending,   // a new maximum all the time
    kSteep,       // a maximum that rises by thousands
    kFar,         // about 4096
    kOneHot,      // one of 1e4 among zeros
    kPeaked,      // nearly all the mass in one token
    kConstant,
    kHalfOut,  // every other logit -inf
    kLateStart,   // -inf except at the end
    kHasNan,
    kHasInfinity,
    kAllOut,      // -inf only
    kMaskedRow,
    kBadTemperature,
    kStrayTarget,
    kKinds
};

float logit_of(int64_t kind, int64_t j, int64_t vocab, Draws& draws) {
    const float x = draws.near_zero();
    const auto place = static_cast<float>(j * 1024 / vocab);  // in [0, 1024)
    switch (kind) {
        case kSteps:
            return (j / 37 % 2 == 0 ? 20.0f : -20.0f) + x;
        case kAscending:
            return place * 0.125f + x * 0.0078125f;
        case kSteep:
            return place * 32 - 10240;
        case kFar:
            return 4096 + x;
        case kOneHot:
            return j == vocab / 2 ? 1e4f : 0.0f;
        case kPeaked:
            return j == vocab / 3 ? 24.0f : x;
        case kConstant:
            return 0.5f;
        case kHalfOut:
            return j % 2 == 0 && j + 1 < vocab ? -kInfinity : x;
        case kLateStart:
            return j < vocab - 1 - vocab / 4 ? -kInfinity : x;
        case kHasNan:
            return j == vocab - 1 ? NAN : x;
        case kHasInfinity:
            return j == vocab / 2 ? kInfinity : x;
        case kAllOut:
            return -kInfinity;
        default:
            return 3 * x;
    }
}

struct Shape {
    int64_t rows;
    int64_t vocab;
    int64_t first_kind = 0;
};

struct Columns {
    std::vector<float> a, b, c, d, e, statistics;
    std::vector<uint8_t> flags;
};

// The inputs of a call, `copies` times in succession.
struct Inputs {
    Shape shape;
    int32_t dtype;
    int64_t copies;
    int64_t rows = shape.rows * copies;
    int64_t stride = shape.vocab + kPaddingElements;
    std::vector<char> logits = std::vector<char>(static_cast<size_t>(rows * stride * dtype_bytes(dtype)));
    std::vector<float> temperatures, advantage, weight, old_logprob, reference_logprob, rollout_logprob;
    std::vector<uint8_t> mask;
    std::vector<int32_t> targets;

    Inputs(const Shape& s, int32_t type, int64_t count = 1) : shape(s), dtype(type), copies(count) {
        for (int64_t copy = 0; copy < copies; copy++) {
            Draws draws(static_cast<uint64_t>(shape.vocab));
            for (int64_t r = 0; r < shape.rows; r++) put_row(copy * shape.rows + r, (shape.first_kind + r) % kKinds, draws);
        }
    }

    // Policies that differ from this one by amounts on both sides of every clip and clamp.
    void put_policies(const std::vector<float>& logprob) {
        constexpr float kApart[] = {0, 0.125f, -0.125f, 0.375f, -0.375f, 1.5f, -1.5f, 30, -30};
        for (size_t row = 0; row < logprob.size(); row++) {
            const float base = std::isfinite(logprob[row]) ? logprob[row] : -3;
            const size_t r = row % static_cast<size_t>(shape.rows);
            old_logprob.push_back(base + kApart[r % 9]);
            reference_logprob.push_back(base + kApart[(r / 2 + 4) % 9]);
            rollout_logprob.push_back(old_logprob.back() + kApart[r / 3 % 9]);
        }
    }

    leash_matrix matrix(std::vector<char>& memory) const { return {memory.data(), rows, shape.vocab, stride, dtype, 0}; }
    leash_rows arguments(int32_t variant) {
        return {matrix(logits), temperatures.data(), mask.data(), 1.0f, variant};
    }

  private:
    void put_row(int64_t row, int64_t kind, Draws& draws) {
        for (int64_t j = 0; j < stride; j++) {
            const float logit = j < shape.vocab ? logit_of(kind, j, shape.vocab, draws) : kPadding;
            put_element(logits.data(), row * stride + j, logit, dtype);
        }
        constexpr float kTemperatures[] = {1, 0.5f, 1.5f, 0.8125f};
        temperatures.push_back(kind == kBadTemperature ? -1.0f : kTemperatures[draws.below(4)]);
        mask.push_back(kind != kMaskedRow);
        const int64_t target = kind == kHalfOut ? 0 : kind == kPeaked ? shape.vocab / 3 : draws.below(shape.vocab);
        targets.push_back(static_cast<int32_t>(kind == kStrayTarget ? shape.vocab : target));
        advantage.push_back(draws.near_zero());
        weight.push_back(draws.unit());
    }
};

// One call, and a hash of its outputs for each of the copies.
class Call {
  public:
    Call(Inputs& inputs, int32_t variant, leash_device* device, bool in_place)
        : inputs_(inputs), variant_(variant), device_(device), in_place_(in_place) {}

    std::vector<uint64_t> log_softmax() {
        leash_log_softmax_args args = {};
        args.rows = rows();
        args.logprobs = output();
        return hashed(leash_log_softmax(device_, &args), true);
    }
    std::vector<uint64_t> entropy() {
        leash_entropy_args args = {};
        args.rows = rows();
        args.entropy = column(columns_.b);
        return hashed(leash_entropy(device_, &args), false);
    }
    std::vector<uint64_t> token_statistics() {
        leash_token_statistics_args args = {};
        args.rows = rows();
        args.targets = inputs_.targets.data();
        args.logprob = column(columns_.a);
        args.entropy = column(columns_.b);
        args.lse = column(columns_.c);
        args.statistics = reinterpret_cast<leash_row_statistics*>(column(columns_.statistics, 3));
        args.collision = column(columns_.d);
        return hashed(leash_token_statistics(device_, &args), false);
    }
    std::vector<uint64_t> logits_gradient(const std::vector<float>& statistics) {
        leash_logits_gradient_args args = {};
        args.rows = rows();
        args.targets = inputs_.targets.data();
        args.statistics = reinterpret_cast<const leash_row_statistics*>(statistics.data());
        args.grad_logprob = inputs_.advantage.data();
        args.grad_entropy = inputs_.weight.data();
        args.grad_lse = inputs_.old_logprob.data();
        args.gradient = output();
        return hashed(leash_logits_gradient(device_, &args), true);
    }
    std::vector<uint64_t> policy_gradient(const leash_policy_loss& policy) {
        leash_policy_gradient_args args = {};
        args.rows = rows();
        args.policy = policy;
        args.targets = inputs_.targets.data();
        args.advantage = inputs_.advantage.data();
        args.old_logprob = inputs_.old_logprob.data();
        args.reference_logprob = inputs_.reference_logprob.data();
        args.rollout_logprob = inputs_.rollout_logprob.data();
        args.weight = inputs_.weight.data();
        args.loss = column(columns_.a);
        args.logprob = column(columns_.b);
        args.entropy = column(columns_.c);
        args.ratio = column(columns_.d);
        args.kl = column(columns_.e);
        columns_.flags.assign(static_cast<size_t>(inputs_.rows), 99);
        args.clip_flags = columns_.flags.data();
        args.gradient = output();
        return hashed(leash_policy_gradient(device_, &args), true);
    }
    const Columns& columns() const { return columns_; }

  private:
    leash_rows rows() {
        logits_ = inputs_.logits;
        leash_rows rows = inputs_.arguments(variant_);
        rows.logits.data = logits_.data();
        return rows;
    }
    leash_matrix output() {
        if (in_place_) return inputs_.matrix(logits_);
        output_.resize(logits_.size());
        for (int64_t i = 0; i < inputs_.rows * inputs_.stride; i++) put_element(output_.data(), i, kPadding, inputs_.dtype);
        return inputs_.matrix(output_);
    }
    float* column(std::vector<float>& values, int64_t width = 1) {
        values.assign(static_cast<size_t>(inputs_.rows * width), kPadding);
        return values.data();
    }
    std::vector<uint64_t> hashed(leash_status status, bool has_output) const {
        const std::vector<char>& output = in_place_ ? logits_ : output_;
        std::vector<uint64_t> hashes;
        for (int64_t copy = 0; copy < inputs_.copies; copy++) {
            Hash hash;
            hash.add(static_cast<uint32_t>(status));
            for (const std::vector<float>* column : {&columns_.a, &columns_.b, &columns_.c, &columns_.d, &columns_.e}) {
                add_share(hash, *column, copy);
            }
            add_share(hash, columns_.statistics, copy);
            add_share(hash, columns_.flags, copy);
            const int64_t elements = has_output ? inputs_.shape.rows * inputs_.stride : 0;
            for (int64_t i = 0; i < elements; i++) {
                hash.add(get_element(output.data(), copy * elements + i, inputs_.dtype));
            }
            hashes.push_back(hash.value());
        }
        return hashes;
    }
    template <class T>
    void add_share(Hash& hash, const std::vector<T>& values, int64_t copy) const {
        const size_t share = values.size() / static_cast<size_t>(inputs_.copies);
        for (size_t i = 0; i < share; i++) {
            const T value = values[static_cast<size_t>(copy) * share + i];
            if constexpr (sizeof(T) == sizeof(float)) {
                hash.add(value);
            } else {
                hash.add(uint32_t{value});
            }
        }
    }

    Inputs& inputs_;
    const int32_t variant_;
    leash_device* const device_;
    const bool in_place_;
    std::vector<char> logits_, output_;
    Columns columns_;
};

leash_policy_loss policy(int32_t kind, int32_t kl, int32_t rollout) {
    leash_policy_loss policy = {};
    policy.kind = kind;
    policy.kl = kl;
    policy.rollout = rollout;
    policy.clip_low = 0.25f;
    policy.clip_high = 0.3125f;
    policy.dual_clip = 3;
    policy.shape_positive = 1.25f;
    policy.shape_negative = 1.125f;
    policy.rollout_floor = 0.5f;
    policy.rollout_cap = 2;
    policy.kl_bound = std::numeric_limits<float>::infinity();
    policy.kl_coefficient = 0.125f;
    policy.entropy_coefficient = 0.03125f;
    return policy;
}

leash_variant variant_at(int32_t id) {
    leash_variant variant = {};
    leash_variant_get(id, &variant);
    return variant;
}

// The operations of one variant, in ways that must give the same bits.
class Variant {
  public:
    Variant(const char* name, const std::function<void(const Bits&)>& take) : name_(name), take_(take) {}

    int64_t last_level_cache_bytes() const {
        leash_device_properties properties = {};
        leash_device_get_properties(one_, &properties);
        return properties.last_level_cache_bytes;
    }

    // Several copies of the rows: only operations with an output matrix, which is written past the caches.
    void hash(const Shape& shape, int32_t dtype, int64_t copies = 1) {
        Inputs inputs = prepared(shape, dtype, copies);
        struct Way {
            const char* name;
            leash_device* device;
            bool in_place;
        };
        const std::vector<Way> ways = copies > 1 ? std::vector<Way>{{"past the caches", three_, false}}
                                                 : std::vector<Way>{{"1 thread", one_, false},
                                                                    {"3 threads", three_, false},
                                                                    {"3 threads, in place", three_, true}};
        const std::string at = std::to_string(shape.rows) + "x" + std::to_string(shape.vocab);
        for (const Way& way : ways) {
            const auto call = [&](int32_t operation) { return Call(inputs, variant_of(operation), way.device, way.in_place); };
            const auto record = [&](int32_t operation, const std::vector<uint64_t>& hashes) {
                for (const uint64_t each : hashes) take_({line(operation, dtype, at), way.name, each});
            };
            const leash_policy_loss loss = policy(LEASH_LOSS_PPO_CLIP, LEASH_KL_K3, LEASH_ROLLOUT_TRUNCATE);
            record(LEASH_LOG_SOFTMAX, call(LEASH_LOG_SOFTMAX).log_softmax());
            record(LEASH_LOGITS_GRADIENT, call(LEASH_LOGITS_GRADIENT).logits_gradient(statistics_));
            record(LEASH_POLICY_GRADIENT, call(LEASH_POLICY_GRADIENT).policy_gradient(loss));
            if (way.in_place || copies > 1) continue;
            record(LEASH_ENTROPY, call(LEASH_ENTROPY).entropy());
            record(LEASH_TOKEN_STATISTICS, call(LEASH_TOKEN_STATISTICS).token_statistics());
        }
    }

    // Every surrogate, every KL estimator and every treatment of the sampler.
    void hash_policies(const Shape& shape, int32_t dtype) {
        Inputs inputs = prepared(shape, dtype, 1);
        const auto record = [&](const char* term, int32_t kind, int32_t kl, int32_t rollout) {
            Call call(inputs, variant_of(LEASH_POLICY_GRADIENT), three_, false);
            const std::string at = std::to_string(shape.rows) + "x" + std::to_string(shape.vocab) + "/" + term;
            take_({line(LEASH_POLICY_GRADIENT, dtype, at), "3 threads", call.policy_gradient(policy(kind, kl, rollout))[0]});
        };
        for (int32_t kind = 0; kind < count_of(kLossNames); kind++) record(kLossNames[kind], kind, LEASH_KL_NONE, 0);
        for (int32_t kl = 0; kl < count_of(kKlNames); kl++) record(kKlNames[kl], LEASH_LOSS_PPO_CLIP, kl, 0);
        for (int32_t rollout = 0; rollout < count_of(kRolloutNames); rollout++) {
            record(kRolloutNames[rollout], LEASH_LOSS_CISPO, LEASH_KL_K3, rollout);
        }
    }

  private:
    Inputs prepared(const Shape& shape, int32_t dtype, int64_t copies) {
        Inputs inputs(shape, dtype, copies);
        Call forward(inputs, variant_of(LEASH_TOKEN_STATISTICS), one_, false);
        forward.token_statistics();
        inputs.put_policies(forward.columns().a);
        statistics_ = forward.columns().statistics;
        return inputs;
    }
    std::string line(int32_t operation, int32_t dtype, const std::string& at) const {
        return std::string(kOperationNames[operation]) + " " + kDtypeNames[dtype] + " " + name_ + " " + at;
    }
    int32_t variant_of(int32_t operation) const {
        for (int32_t id = 0; id < leash_variant_count(); id++) {
            const leash_variant variant = variant_at(id);
            if (variant.operation == operation && variant.device_kind == LEASH_DEVICE_CPU && name_ == variant.name) return id;
        }
        return LEASH_VARIANT_AUTO;
    }

    const std::string name_;
    const std::function<void(const Bits&)>& take_;
    const OpenDevice one_{1};
    const OpenDevice three_{3};
    std::vector<float> statistics_;
};

constexpr Shape kShapes[] = {{kKinds, 1}, {kKinds, 7}, {kKinds, 33}, {kKinds, 1000}, {kKinds, 4096}, {kKinds, 4099},
                             {kKinds, 9001}, {3, 40003, kAscending}, {2, 40003, kPeaked}};
constexpr Shape kManyRows = {144, 9};
constexpr int64_t kLargestCache = 64 << 20;

}  // namespace

uint64_t hash_of_c_library() {
    Hash hash;
    Draws draws(1);
    for (int i = 0; i < 20000; i++) {
        const double x = static_cast<double>(draws.bits()) * 0x1p-32 - 0.5;
        for (const double wide : {x, 40 * x}) {
            for (const double value : {std::exp(wide), std::exp2(wide), std::expm1(wide)}) hash.add(value);
        }
        for (const double value : {std::log(1 + x), std::log1p(x), std::log(1 + 1e5 * (x + 0.5))}) hash.add(value);
    }
    return hash.value();
}

void hash_operations(const std::function<bool(const char*)>& wanted, const std::function<void(const Bits&)>& take) {
    for (int32_t id = 0; id < leash_variant_count(); id++) {
        const leash_variant described = variant_at(id);
        if (described.operation != LEASH_LOG_SOFTMAX || described.device_kind != LEASH_DEVICE_CPU || described.available == 0 ||
            !wanted(described.name)) {
            continue;
        }
        Variant variant(described.name, take);
        const int64_t cache = variant.last_level_cache_bytes();
        for (int32_t dtype = 0; dtype < count_of(kDtypeNames); dtype++) {
            for (const Shape& shape : kShapes) variant.hash(shape, dtype);
            variant.hash_policies(kManyRows, dtype);
            const Shape& shape = kShapes[5];
            if (cache > 0 && cache <= kLargestCache) {
                variant.hash(shape, dtype, cache / (shape.rows * shape.vocab * dtype_bytes(dtype)) + 1);
            }
        }
    }
}

}  // namespace leash::test
