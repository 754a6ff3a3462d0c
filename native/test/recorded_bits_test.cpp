// The bits of every operation, dtype, instruction set, loss and KL estimator on the CPU against the record in bits.txt.
#include "test/bits.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "cpu/isa/instruction_sets.h"
#include "test/harness.h"

using namespace leash;
using namespace leash::test;

namespace {

#if defined(__aarch64__)
constexpr const char* kCLibrary = "c_library aarch64 - -";
#else
constexpr const char* kCLibrary = "c_library x86-64 - -";
#endif

std::string variant_of(const std::string& name) {
    std::istringstream words(name);
    std::string operation, dtype, variant;
    words >> operation >> dtype >> variant;
    return variant;
}

// bits.txt beside this file: its comments, and a hash by name.
struct Record {
    std::string path = __FILE__;
    std::string comments;
    std::map<std::string, uint64_t> hashes;

    Record() {
        path.replace(path.rfind('/') + 1, std::string::npos, "bits.txt");
        std::ifstream file(path);
        if (!file) report_failure(__FILE__, __LINE__, "cannot read " + path + "; tests run in the folder native");
        for (std::string line; std::getline(file, line);) {
            if (line.empty() || line[0] == '#') {
                comments += line + "\n";
            } else {
                const size_t space = line.rfind(' ');
                hashes[line.substr(0, space)] = std::stoull(line.substr(space + 1), nullptr, 16);
            }
        }
    }
    void write() const {
        std::ofstream file(path);
        file << comments;
        for (const auto& [name, hash] : hashes) {
            char text[17];
            std::snprintf(text, sizeof text, "%016" PRIx64, hash);
            file << name << " " << text << "\n";
        }
        if (!file.flush()) report_failure(__FILE__, __LINE__, "cannot write " + path);
    }
};

}  // namespace

VARIANT_TEST(bits_match_record) {
    Record record;
    if (is_recording()) {
        record.hashes[kCLibrary] = hash_of_c_library();
    } else if (record.hashes[kCLibrary] != hash_of_c_library()) {
        return report_skipped("bits: this C library rounds exp, log or their like otherwise than the recorded one");
    }
    std::map<std::string, uint64_t> computed;
    std::set<std::string> variants;
    hash_operations([](const char* variant) { return is_selected(variant); },
                    [&](const Bits& bits) {
                        variants.insert(variant_of(bits.name));
                        const auto first = computed.emplace(bits.name, bits.hash);
                        if (first.first->second != bits.hash) {
                            report_failure(__FILE__, __LINE__, bits.name + ": other bits with " + bits.way);
                        }
                    });
    if (is_recording()) {
        for (auto line = record.hashes.begin(); line != record.hashes.end();) {
            line = variants.count(variant_of(line->first)) > 0 ? record.hashes.erase(line) : std::next(line);
        }
        record.hashes.insert(computed.begin(), computed.end());
        return record.write();
    }

    int unrecorded = 0;
    for (const auto& [name, hash] : computed) {
        const auto line = record.hashes.find(name);
        if (line == record.hashes.end()) {
            unrecorded++;
        } else if (line->second != hash) {
            report_failure(__FILE__, __LINE__, name + ": bits differ from bits.txt; see its head for recording");
        }
    }
    if (unrecorded > 0) report_skipped("bits: " + std::to_string(unrecorded) + " of " + std::to_string(computed.size()) + " not recorded");
    for (const auto& [name, hash] : record.hashes) {
        if (variants.count(variant_of(name)) > 0 && computed.count(name) == 0) {
            report_failure(__FILE__, __LINE__, name + ": recorded, but not computed any more");
        }
    }
    for (const cpu::InstructionSet& set : cpu::instruction_sets()) {
        if (!set.available() && is_selected(set.name)) report_skipped(std::string("bits of ") + set.name + ": " + set.reason);
    }
}
