#include "device/call_log.h"

#include <algorithm>

#include "device/cuda_errors.h"
#include "cuda/host/catalogue.h"
#include "spec/names.h"

namespace leash::cuda {

namespace {

std::string text_of(int32_t index) {
    return std::string(kOperationNames[variant(index).operation]) + " by " + variant(index).name;
}

void* allocated(size_t bytes) {
    void* memory = nullptr;
    check(cudaMalloc(&memory, bytes), "cudaMalloc");
    return memory;
}

void* allocated_on_host(size_t bytes) {
    void* memory = nullptr;
    check(cudaMallocHost(&memory, bytes), "cudaMallocHost");
    return memory;
}

}  // namespace

CallLog::CallLog(const CudaContext& context, cudaStream_t stream)
    : stream_(stream),
      device_(context, allocated((kOwn + kShared) * sizeof(Fault))),
      host_(context, allocated_on_host((kOwn + kShared) * sizeof(Fault))),
      device_faults_(static_cast<Fault*>(device_.get())),
      host_faults_(static_cast<Fault*>(host_.get())) {
    calls_.reserve(kOwn);
    shapes_.reserve(kShared);
    // In a stream of its own, as the program may be capturing this one.
    const Stream setup(context);
    check(cudaMemsetAsync(device_faults_, 0, (kOwn + kShared) * sizeof(Fault), setup.get()), "cudaMemsetAsync");
    check(cudaStreamSynchronize(setup.get()), "cudaStreamSynchronize");
}

Fault* CallLog::add(Launcher launcher, int32_t index, const leash_rows& rows) {
    bool has_own_slot = false;
    if (launcher != Launcher::kGraph) {
        count_++;
        has_own_slot = launcher == Launcher::kDevice && calls_.size() < kOwn;
        if (calls_.size() < kOwn) calls_.push_back({index, rows.logits.dtype, rows.logits.rows, rows.logits.vocab});
    }
    return has_own_slot ? device_faults_ + (calls_.size() - 1) : shared_slot({launcher, index, rows.logits.vocab});
}

Fault* CallLog::shared_slot(const Shape& shape) {
    const auto is_same = [&](const Shape& each) {
        return each.launcher == shape.launcher && each.index == shape.index && each.vocab == shape.vocab;
    };
    auto at = std::find_if(shapes_.begin(), shapes_.end(), is_same);
    if (at == shapes_.end()) {
        // All that come later share the last slot.
        if (shapes_.size() < kShared) shapes_.push_back(shape);
        at = shapes_.end() - 1;
    }
    return device_faults_ + kOwn + (at - shapes_.begin());
}

cudaError_t CallLog::collect() {
    const auto copy = [&](size_t first, size_t count) {
        return count == 0 ? cudaSuccess
                          : cudaMemcpyAsync(host_faults_ + first, device_faults_ + first, count * sizeof(Fault),
                                            cudaMemcpyDeviceToHost, stream_);
    };
    const cudaError_t error = copy(0, calls_.size());
    return error != cudaSuccess ? error : copy(kOwn, shapes_.size());
}

cudaError_t CallLog::read() {
    cudaError_t error = cudaSuccess;
    const auto keep = [&](size_t slot, const auto& found) {
        if (host_faults_[slot].rows == 0) return;
        if (!found_.has_value()) found_ = found(host_faults_[slot]);
        const cudaError_t cleared = cudaMemsetAsync(device_faults_ + slot, 0, sizeof(Fault), stream_);
        if (error == cudaSuccess) error = cleared;
    };
    for (size_t i = 0; i < calls_.size(); i++) {
        keep(i, [&](const Fault& fault) { return found_in_call(fault, i); });
    }
    for (size_t i = 0; i < shapes_.size(); i++) {
        keep(kOwn + i, [&](const Fault& fault) { return found_in_shape(fault, i); });
    }
    count_ = 0;
    calls_.clear();
    return error;
}

CallLog::Found CallLog::found_in_call(const Fault& fault, size_t i) const {
    std::string where;
    if (count_ > 1) {
        where = "; in call " + std::to_string(i + 1) + " of " + std::to_string(count_) + " since the last synchronize, " +
                text_of(calls_[i].index);
    }
    return {fault, calls_[i].vocab, where};
}

CallLog::Found CallLog::found_in_shape(const Fault& fault, size_t i) const {
    const Shape& shape = shapes_[i];
    if (i + 1 == kShared) return {fault, 0, "; in a call, a plan or a graph of a shape seen after many others"};
    switch (shape.launcher) {
        case Launcher::kProgram:
            return {fault, shape.vocab, "; in a launch of a plan, " + text_of(shape.index)};
        case Launcher::kGraph:
            return {fault, shape.vocab, "; in a replay of a graph, " + text_of(shape.index)};
        default:
            return {fault, shape.vocab,
                    "; in a call after the first " + std::to_string(kOwn) + " since the last synchronize, " + text_of(shape.index)};
    }
}

void CallLog::throw_fault() {
    if (!found_.has_value()) return;
    const Found found = *std::move(found_);
    found_.reset();
    const auto rows = static_cast<int64_t>(found.fault.rows);
    fail_for_targets(found.fault.first_row(), found.fault.first_target(), rows, found.vocab, found.where.c_str());
}

std::string CallLog::describe() const {
    constexpr size_t kNamed = 4;
    std::string text;
    if (count_ == 0) {
        text = "no call of this device: another one of this process, or the GPU itself";
    } else {
        text = count_ == 1 ? "the call since the last synchronize: "
                           : "one of the " + std::to_string(count_) + " calls since the last synchronize: ";
        for (size_t i = 0; i < calls_.size() && i < kNamed; i++) {
            const Call& call = calls_[i];
            text += std::string(i > 0 ? ", " : "") + text_of(call.index) + " " + std::to_string(call.rows) + " x " +
                    std::to_string(call.vocab) + " " + kDtypeNames[call.dtype];
        }
        if (count_ > kNamed) text += ", ...";
    }
    size_t named = 0;
    for (const Shape& shape : shapes_) {
        if (shape.launcher != Launcher::kGraph || named == kNamed) continue;
        text += (named++ == 0 ? "; or a replay of a graph with " : ", ") + text_of(shape.index) + " of vocab " +
                std::to_string(shape.vocab);
    }
    return text;
}

}  // namespace leash::cuda
