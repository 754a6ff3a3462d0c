#include "tested_kernels.h"

#include <string>

#include "harness.h"
#include "processor.h"

#if defined(__x86_64__)
namespace leash::cpu {
const Kernels* avx512_emulated_kernels();
}
#endif

namespace leash::test {

namespace {

bool runs_here(const cpu::Kernels* kernels) {
    return kernels != nullptr && cpu::missing_features(kernels->requires_text).empty();
}

std::vector<const cpu::Kernels*> find() {
    std::vector<const cpu::Kernels*> found = {cpu::portable_kernels()};
    if (runs_here(cpu::avx2_kernels())) {
        found.push_back(cpu::avx2_kernels());
    } else {
        report_skipped("avx2 loops, which this processor cannot run");
    }
    if (runs_here(cpu::avx512_kernels())) {
        found.push_back(cpu::avx512_kernels());
#if defined(__x86_64__)
    } else if (cpu::missing_features("avx2 fma f16c").empty()) {
        found.push_back(cpu::avx512_emulated_kernels());
#endif
    } else {
        report_skipped("avx512 loops, which this processor can neither run nor emulate");
    }
    return found;
}

}  // namespace

const std::vector<const cpu::Kernels*>& tested_kernels() {
    static const std::vector<const cpu::Kernels*> found = find();
    return found;
}

}  // namespace leash::test
