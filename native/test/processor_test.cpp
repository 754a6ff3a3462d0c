// The processor probe against the information of the operating system.
#include "cpu/processor.h"

#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "spec/instruction_sets.h"
#include "test/harness.h"

using namespace leash::cpu;

namespace {

// " flag flag flag " of the first processor; "" if unknown.
std::string system_flags() {
    std::string flags;
    std::FILE* const file = std::fopen("/proc/cpuinfo", "r");
    if (file == nullptr) return flags;
    static char line[1 << 16];
    while (flags.empty() && std::fgets(line, sizeof line, file) != nullptr) {
        const std::string text(line);
        if (text.rfind("flags", 0) == 0) flags = text.substr(0, text.find('\n')) + " ";
    }
    std::fclose(file);
    return flags;
}

bool contains_word(const std::string& words, const std::string& word) {
    return (" " + words + " ").find(" " + word + " ") != std::string::npos;
}

}  // namespace

TEST(features_match_operating_system) {
#if defined(__aarch64__)
    CHECK(available_features() == "neon");
    return;
#endif
    const std::string flags = system_flags();
    if (flags.empty()) {
        leash::test::report_skipped("processor features: no flags in /proc/cpuinfo");
        return;
    }
#define LEASH_TEXT(feature) #feature,
    for (const char* feature : {LEASH_CPU_FEATURES(LEASH_TEXT)}) {
#undef LEASH_TEXT
        const leash::test::Context context(feature);
        CHECK_EQ(contains_word(available_features(), feature), contains_word(flags, feature));
        CHECK_EQ(missing_features(feature).empty(), contains_word(flags, feature));
    }
}

TEST(missing_features_are_named) {
    CHECK(missing_features("").empty());
    CHECK(missing_features(available_features()).empty());
    CHECK(missing_features("no-such-feature") == "no-such-feature");
    CHECK(missing_features(available_features() + " one  two") == "one two");
}

TEST(processors_are_named) {
    const auto name_from = [](const std::string& text) {
        char path[] = "/tmp/leash-cpuinfo-XXXXXX";
        const int file = mkstemp(path);
        CHECK_EQ(write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        close(file);
        const std::string name = processor_name(path);
        unlink(path);
        return name;
    };
    CHECK(name_from("processor\t: 0\nmodel name\t: AMD EPYC\nCPU part\t: 0xd4f\n") == "AMD EPYC");
    CHECK(name_from("processor\t: 0\nBogoMIPS\t: 2000.00\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd4f\n") ==
          "Arm Neoverse V2");
    CHECK(name_from("CPU implementer\t: 0x61\nCPU part\t: 0x022\n") == "AArch64 processor, implementer 0x61, part 0x022");
    CHECK(name_from("CPU implementer\t: 0x41\n") == "unknown processor");
    CHECK(name_from("model name\t: \n") == "unknown processor");
    CHECK(processor_name("/nowhere") == "unknown processor");
}

TEST(machine_is_described) {
    CHECK(!processor_name().empty());
    CHECK(processor_name().find('\n') == std::string::npos);
    CHECK(available_processors() >= 1);
    CHECK(memory_bytes() > 0);
    CHECK(last_level_cache_bytes() >= 0);
}

TEST(available_processors_follow_affinity_mask) {
    cpu_set_t before;
    CHECK_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    int first = 0;
    while (!CPU_ISSET(first, &before)) first++;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    CHECK_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    CHECK_EQ(available_processors(), 1);
    CHECK_EQ(sched_setaffinity(0, sizeof before, &before), 0);
    CHECK_EQ(available_processors(), CPU_COUNT(&before));
}
