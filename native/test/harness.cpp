#include "test/harness.h"

#include <regex.h>

#include <cstdio>
#include <cstring>
#include <vector>

namespace leash::test {

namespace {

struct Case {
    const char* name;
    void (*body)();
};

// A function's own static, because registrations run before main in no particular order.
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

}  // namespace

Registration::Registration(const char* name, void (*body)()) { cases().push_back({name, body}); }

Context::Context(std::string text) { contexts().push_back(std::move(text)); }

Context::~Context() { contexts().pop_back(); }

void report_failure(const char* file, int line, const std::string& what) {
    if (++failures > kMaxPrinted) return;
    std::string where;
    for (const std::string& context : contexts()) where += " [" + context + "]";
    std::fprintf(stderr, "%s:%d: %s%s\n", file, line, what.c_str(), where.c_str());
}

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
    int run = 0;
    int failed = 0;
    for (const Case& test : cases()) {
        if (argc > 1 && std::strstr(test.name, argv[1]) == nullptr) continue;
        const int before = failures;
        test.body();
        run++;
        if (failures > before) {
            failed++;
            std::fprintf(stderr, "FAILED %s: %d checks\n", test.name, failures - before);
        }
    }
    std::printf("%d native tests, %d failed\n", run, failed);
    return failed == 0 && run > 0 ? 0 : 1;
}
