// Converts return addresses to source lines, with addr2line and the debug information of the program or library.
#include <dlfcn.h>
#include <link.h>

#include <cstdio>
#include <map>

#include "emulator/execution.h"

namespace leash::emulator {

namespace {

// The lines from the innermost inlined function outwards, without those of the emulator and other libraries.
std::string lines_of(const char* module, uintptr_t offset) {
    char command[600];
    std::snprintf(command, sizeof command, "addr2line -i -e '%s' 0x%zx 2>/dev/null", module, static_cast<size_t>(offset));
    FILE* const lines = popen(command, "r");
    if (lines == nullptr) return "";
    std::string result;
    char text[1000];
    while (std::fgets(text, sizeof text, lines) != nullptr) {
        std::string line = text;
        line = line.substr(0, line.find_first_of(" \n"));
        while (line.rfind("./", 0) == 0) line = line.substr(2);  // the Makefile maps its folder to "."
        if (line[0] == '/' || line[0] == '?' || line.rfind("emulator/", 0) == 0) continue;
        result += (result.empty() ? "" : " called at ") + line;
    }
    pclose(lines);
    return result;
}

std::string resolved(const void* site) {
    Dl_info object = {};
    link_map* map = nullptr;
    // Minus one: within the call instruction.
    const uintptr_t address = reinterpret_cast<uintptr_t>(site) - 1;
    if (dladdr1(site, &object, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0) return "an unknown place";
    const uintptr_t offset = address - map->l_addr;
    const std::string lines = lines_of(object.dli_fname, offset);
    if (!lines.empty()) return lines;
    char place[40];
    std::snprintf(place, sizeof place, "+0x%zx", static_cast<size_t>(offset));
    return std::string(object.dli_fname) + place;
}

}  // namespace

std::string location(const void* site) {
    static std::map<const void*, std::string> known;
    const auto at = known.find(site);
    return at != known.end() ? at->second : known[site] = resolved(site);
}

}  // namespace leash::emulator
