#include "cpu/processor.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "spec/instruction_sets.h"

namespace leash::cpu {

namespace {

struct Feature {
    const char* name;
    bool available;
};

#if defined(__x86_64__)
// __builtin_cpu_supports uses cpuid, and xgetbv for the operating system's support.
const Feature* begin_features() {
#define LEASH_FEATURE(name) {#name, __builtin_cpu_supports(#name) != 0},
    static const Feature features[] = {LEASH_CPU_FEATURES(LEASH_FEATURE) {nullptr, false}};
#undef LEASH_FEATURE
    return features;
}
#else
const Feature* begin_features() {
    static const Feature features[] = {
#if defined(__aarch64__)
        {"neon", true},  // of every AArch64 processor
#endif
        {nullptr, false}};
    return features;
}
#endif

bool is_available(const std::string& name) {
    for (const Feature* feature = begin_features(); feature->name != nullptr; feature++) {
        if (name == feature->name) return feature->available;
    }
    return false;
}

void append_word(std::string* words, const std::string& word) {
    if (!words->empty()) *words += ' ';
    *words += word;
}

// The first line that starts with `prefix`, without its newline; "" if there is none. Uses stdio because statically linked
// iostreams would be larger than the rest of the library.
std::string line_of_file(const std::string& path, const std::string& prefix) {
    std::string found;
    std::FILE* const file = std::fopen(path.c_str(), "re");
    if (file == nullptr) return found;
    char line[512];
    while (std::fgets(line, sizeof line, file) != nullptr) {
        const std::string text(line);
        if (text.rfind(prefix, 0) != 0) continue;
        found = text.substr(0, text.find('\n'));
        break;
    }
    std::fclose(file);
    return found;
}

// The value of a line such as "model name : AMD EPYC"; "" if there is none.
std::string value_in_file(const std::string& path, const std::string& key) {
    const std::string line = line_of_file(path, key);
    const size_t value = line.find_first_not_of(" \t:", std::min(line.find(':'), line.size()));
    return value == std::string::npos ? "" : line.substr(value);
}

// Linux names AArch64 cores by the numbers of their identification register alone. The names are those of its cputype.h.
struct Core {
    const char* implementer;
    const char* part;
    const char* name;
};
constexpr Core kCores[] = {
    {"0x41", "0xd0c", "Arm Neoverse N1"}, {"0x41", "0xd40", "Arm Neoverse V1"}, {"0x41", "0xd49", "Arm Neoverse N2"},
    {"0x41", "0xd4f", "Arm Neoverse V2"}, {"0x41", "0xd84", "Arm Neoverse V3"}, {"0x41", "0xd8e", "Arm Neoverse N3"},
};

// The format of sysfs, "32768K".
int64_t parse_cache_bytes(const std::string& text) {
    char* unit = nullptr;
    const int64_t size = std::strtoll(text.c_str(), &unit, 10);
    return *unit == 'K' ? size << 10 : *unit == 'M' ? size << 20 : size;
}

}  // namespace

std::string available_features() {
    std::string words;
    for (const Feature* feature = begin_features(); feature->name != nullptr; feature++) {
        if (feature->available) append_word(&words, feature->name);
    }
    return words;
}

std::string missing_features(const std::string& required) {
    std::string words;
    for (size_t begin = 0; begin < required.size();) {
        const size_t end = std::min(required.find(' ', begin), required.size());
        const std::string name = required.substr(begin, end - begin);
        if (!name.empty() && !is_available(name)) append_word(&words, name);
        begin = end + 1;
    }
    return words;
}

std::string processor_name(const std::string& cpuinfo) {
    const std::string model = value_in_file(cpuinfo, "model name");
    if (!model.empty()) return model;
    const std::string implementer = value_in_file(cpuinfo, "CPU implementer");
    const std::string part = value_in_file(cpuinfo, "CPU part");
    for (const Core& core : kCores) {
        if (implementer == core.implementer && part == core.part) return core.name;
    }
    if (implementer.empty() || part.empty()) return "unknown processor";
    return "AArch64 processor, implementer " + implementer + ", part " + part;
}

int available_processors() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
}

int64_t last_level_cache_bytes() {
    int64_t largest = 0;
    for (int index = 0; index < 8; index++) {
        const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
        if (line_of_file(folder + "type", "") == "Instruction") continue;
        largest = std::max(largest, parse_cache_bytes(line_of_file(folder + "size", "")));
    }
#if defined(_SC_LEVEL3_CACHE_SIZE)
    if (largest == 0) largest = std::max<int64_t>(0, sysconf(_SC_LEVEL3_CACHE_SIZE));
#endif
    return largest;
}

int64_t memory_bytes() {
    const int64_t pages = sysconf(_SC_PHYS_PAGES);
    return pages > 0 ? pages * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace leash::cpu
