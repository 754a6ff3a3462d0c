#include "test/harness.h"

#include <regex.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "spec/names.h"

namespace leash::test {

namespace {

struct Case {
    const char* name;
    void (*body)();
    bool by_variant;
};

struct Options {
    const char* text = "";
    std::string variant;  // "": all
    int32_t operation = -1;  // all
    int32_t dtype = -1;
    bool fail_fast = false;
    bool list = false;
    bool record = false;
};

// A function-local static, because registrations run before main in unspecified order.
std::vector<Case>& cases() {
    static std::vector<Case> all;
    return all;
}

std::vector<std::string>& contexts() {
    static std::vector<std::string> all;
    return all;
}

constexpr int kMaxPrinted = 40;
int failures = 0;
Options options;
const Case* current = nullptr;
std::vector<std::string> known_variants;

[[noreturn]] void refuse(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(2);
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
}

template <int kCount>
int32_t index_in(const char* const (&names)[kCount], const std::string& name) {
    for (int32_t i = 0; i < kCount; i++) {
        if (name == names[i]) return i;
    }
    refuse("'" + name + "' is not one of " + joined({names, names + kCount}));
}

Options parsed(int argc, char** argv) {
    const std::string usage =
        std::string("usage: ") + argv[0] + " [--variant NAME] [--operation NAME] [--dtype NAME] [--fail-fast] [--list] [--record] [TEXT]";
    Options options;
    for (int i = 1; i < argc; i++) {
        const std::string argument = argv[i];
        if (argument == "--variant" && i + 1 < argc) {
            options.variant = argv[++i];
        } else if (argument == "--operation" && i + 1 < argc) {
            options.operation = index_in(kOperationNames, argv[++i]);
        } else if (argument == "--dtype" && i + 1 < argc) {
            options.dtype = index_in(kDtypeNames, argv[++i]);
        } else if (argument == "--fail-fast") {
            options.fail_fast = true;
        } else if (argument == "--list") {
            options.list = true;
        } else if (argument == "--record") {
            options.record = true;
        } else if (argument[0] != '-' && *options.text == '\0') {
            options.text = argv[i];
        } else {
            refuse("cannot take '" + argument + "'; " + usage);
        }
    }
    return options;
}

bool selects(const Case& test) {
    return std::strstr(test.name, options.text) != nullptr && (!is_one_selected() || test.by_variant);
}

}  // namespace

Registration::Registration(const char* name, void (*body)(), bool by_variant) { cases().push_back({name, body, by_variant}); }

Context::Context(std::string text) { contexts().push_back(std::move(text)); }

Context::~Context() { contexts().pop_back(); }

void report_failure(const char* file, int line, const std::string& what) {
    if (++failures > kMaxPrinted && !options.fail_fast) return;
    std::string where;
    for (const std::string& context : contexts()) where += " [" + context + "]";
    std::fprintf(stderr, "%s:%d: %s%s\n", file, line, what.c_str(), where.c_str());
    if (options.fail_fast) {
        std::fprintf(stderr, "FAILED %s: stopped at its first failure\n", current->name);
        std::exit(1);
    }
}

void report_failure(const char* file, int line, const char* what) { report_failure(file, line, std::string(what)); }

std::string text_of(long long value) { return std::to_string(value); }
std::string text_of(unsigned long long value) { return std::to_string(value); }
std::string text_of(long double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.17Lg", value);
    return text;
}
std::string text_of(const void* value) {
    char text[32];
    std::snprintf(text, sizeof text, "%p", value);
    return text;
}

void expect_variant_test() {
    if (!current->by_variant) report_failure(__FILE__, __LINE__, std::string(current->name) + " is not a VARIANT_TEST");
}

bool is_selected(const std::string& variant) {
    expect_variant_test();
    if (std::find(known_variants.begin(), known_variants.end(), variant) == known_variants.end()) {
        known_variants.push_back(variant);
    }
    return options.variant.empty() || options.variant == variant;
}

bool is_operation_selected(int32_t operation) { return options.operation < 0 || options.operation == operation; }
bool is_dtype_selected(int32_t dtype) { return options.dtype < 0 || options.dtype == dtype; }
bool is_one_selected() { return !options.variant.empty() || options.operation >= 0 || options.dtype >= 0; }

bool is_recording() { return options.record; }

bool matches(const std::string& text, const std::string& expression) {
    regex_t compiled;
    if (regcomp(&compiled, ("^" + expression + "$").c_str(), REG_EXTENDED) != 0) return false;
    const bool found = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
    regfree(&compiled);
    return found;
}

void report_skipped(const std::string& what) { std::printf("  skipped: %s\n", what.c_str()); }

}  // namespace leash::test

int main(int argc, char** argv) {
    using namespace leash::test;
    options = parsed(argc, argv);
    int run = 0;
    int failed = 0;
    for (const Case& test : cases()) {
        if (!selects(test)) continue;
        run++;
        if (options.list) {
            std::printf("%s\n", test.name);
            continue;
        }
        const int before = failures;
        current = &test;
        test.body();
        if (failures > before) {
            failed++;
            std::fprintf(stderr, "FAILED %s: %d checks\n", test.name, failures - before);
        }
    }
    if (run == 0) refuse(std::string("no test's name contains '") + options.text + "'; --list prints the names");
    if (options.list) return 0;
    const auto& known = known_variants;
    if (!options.variant.empty() && std::find(known.begin(), known.end(), options.variant) == known.end()) {
        refuse("no variant is called '" + options.variant + "' here; there are: " + joined(known));
    }
    std::printf("%d native tests%s%s, %d failed\n", run, options.variant.empty() ? "" : " of ", options.variant.c_str(), failed);
    return failed == 0 ? 0 : 1;
}
