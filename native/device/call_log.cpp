#include "device/call_log.h"

#include "device/cuda_errors.h"
#include "cuda/host/catalogue.h"
#include "spec/names.h"

namespace leash::cuda {

namespace {

std::string text_of(int32_t index) {
    return std::string(kOperationNames[variant(index).operation]) + " by " + variant(index).name;
}

}  // namespace

CallLog::CallLog(const CudaContext& context, cudaStream_t stream) : context_(context), stream_(stream) {
    calls_.reserve(kCalls);
    found_.reserve(1);
    check(cudaMalloc(reinterpret_cast<void**>(&device_faults_), kCalls * sizeof(Fault)), "cudaMalloc");
    check(cudaMallocHost(reinterpret_cast<void**>(&host_faults_), kCalls * sizeof(Fault)), "cudaMallocHost");
    check(cudaMemsetAsync(device_faults_, 0, kCalls * sizeof(Fault), stream_), "cudaMemsetAsync");
}

CallLog::~CallLog() {
    const Entered entered(context_);
    (void)succeeded(cudaFree(device_faults_));
    (void)succeeded(cudaFreeHost(host_faults_));
}

Fault* CallLog::add(int32_t index, const leash_rows& rows) {
    calls_.push_back({index, rows.logits.dtype, rows.logits.rows, rows.logits.vocab});
    return device_faults_ + (calls_.size() - 1);
}

cudaError_t CallLog::collect() {
    if (calls_.empty()) return cudaSuccess;
    const size_t bytes = calls_.size() * sizeof(Fault);
    const cudaError_t error = cudaMemcpyAsync(host_faults_, device_faults_, bytes, cudaMemcpyDeviceToHost, stream_);
    return error != cudaSuccess ? error : cudaMemsetAsync(device_faults_, 0, bytes, stream_);
}

void CallLog::read() {
    for (size_t i = 0; i < calls_.size() && found_.empty(); i++) {
        if (host_faults_[i].rows > 0) found_.push_back({host_faults_[i], calls_[i], i + 1, calls_.size()});
    }
    calls_.clear();
}

void CallLog::throw_fault() {
    if (found_.empty()) return;
    const Found found = found_.front();
    found_.clear();
    std::string where;
    if (found.of > 1) {
        where = "; in call " + std::to_string(found.number) + " of " + std::to_string(found.of) +
                " since the last synchronize, " + text_of(found.call.index);
    }
    fail_for_targets(found.fault.first_row(), found.fault.first_target(), static_cast<int64_t>(found.fault.rows),
                          found.call.vocab, where.c_str());
}

std::string CallLog::describe() const {
    constexpr size_t kNamed = 4;
    if (calls_.empty()) return "no call of this device: another one of this process, or the GPU itself";
    std::string text = calls_.size() == 1 ? "the call since the last synchronize: "
                                          : "one of the " + std::to_string(calls_.size()) + " calls since the last synchronize: ";
    for (size_t i = 0; i < calls_.size() && i < kNamed; i++) {
        const Call& call = calls_[i];
        text += std::string(i > 0 ? ", " : "") + text_of(call.index) + " " + std::to_string(call.rows) + " x " +
                std::to_string(call.vocab) + " " + kDtypeNames[call.dtype];
    }
    return calls_.size() > kNamed ? text + ", ..." : text;
}

}  // namespace leash::cuda
