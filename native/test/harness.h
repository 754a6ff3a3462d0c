// A test is a function that registers itself; a failing check prints its place, condition and values, and the test continues. main
// (harness.cpp) runs the tests selected by its arguments and exits with 1 after any failure:
//
//   [--variant NAME] [--operation NAME] [--dtype NAME] [--fail-fast] [--list] [--record] [TEXT]
//
//   TEXT            only tests whose names contain it
//   --variant NAME  only tests declared with VARIANT_TEST, and only with this variant: avx2, cuda:warp
//   --operation NAME, --dtype NAME
//                   only these cases of the same tests, if they are by operation or by dtype
//   --fail-fast     stop at the first failing check
//   --list          print the names of the selected tests; run none
//   --record        tests that compare with a recorded file write it instead
//
// Arguments that select nothing are an error, exit status 2.
#ifndef LEASH_TEST_HARNESS_H
#define LEASH_TEST_HARNESS_H

#include <cstdint>
#include <string>
#include <type_traits>

namespace leash::test {

struct Registration {
    Registration(const char* name, void (*body)(), bool by_variant);
};

void report_failure(const char* file, int line, const std::string& what);
void report_failure(const char* file, int line, const char* what);

// Whether a POSIX extended regular expression matches a whole text.
bool matches(const std::string& text, const std::string& expression);

// Fails if the test, which depends on variants, is not declared with VARIANT_TEST.
void expect_variant_test();

// Whether --variant selects this variant. Tests must call it for every variant.
bool is_selected(const std::string& variant);

bool is_operation_selected(int32_t operation);
bool is_dtype_selected(int32_t dtype);

// Whether --variant, --operation or --dtype was given, so that there are fewer cases.
bool is_one_selected();

bool is_recording();

// Reports that something cannot be tested on this machine.
void report_skipped(const std::string& what);

// Names the current case in messages of checks while in scope.
class Context {
  public:
    explicit Context(std::string text);
    ~Context();
};

std::string text_of(long long value);
std::string text_of(unsigned long long value);
std::string text_of(long double value);
std::string text_of(const void* value);

template <class T>
std::string text_of_any(T value) {
    if constexpr (std::is_pointer_v<T>) {
        return text_of(static_cast<const void*>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
        return text_of(static_cast<long double>(value));
    } else if constexpr (std::is_signed_v<T>) {
        return text_of(static_cast<long long>(value));
    } else {
        return text_of(static_cast<unsigned long long>(value));
    }
}

// Out of line, as checks are many and failures few.
template <class A, class B>
[[gnu::cold, gnu::noinline]] void report_comparison(const char* file, int line, const char* relation, const A& a, const B& b) {
    report_failure(file, line, relation + (": " + text_of_any(+a)) + " against " + text_of_any(+b));
}

}  // namespace leash::test

#define LEASH_TEST(name, by_variant)                                                        \
    static void name();                                                                      \
    static const leash::test::Registration registration_of_##name(#name, name, by_variant);  \
    static void name()

#define TEST(name) LEASH_TEST(name, false)
#define VARIANT_TEST(name) LEASH_TEST(name, true)

#define CHECK(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) leash::test::report_failure(__FILE__, __LINE__, #condition);       \
    } while (false)

#define CHECK_EQ(a, b)                                                                                          \
    do {                                                                                                        \
        const auto a_ = (a);                                                                                    \
        const auto b_ = (b);                                                                                    \
        if (!(a_ == b_)) {                                                                                      \
            leash::test::report_comparison(__FILE__, __LINE__, #a " == " #b, a_, b_);                           \
        }                                                                                                       \
    } while (false)

// |a - b| <= tolerance; false if either is NaN.
#define CHECK_NEAR(a, b, tolerance)                                                                             \
    do {                                                                                                        \
        const auto a_ = (a);                                                                                    \
        const auto b_ = (b);                                                                                    \
        if (!((a_ > b_ ? a_ - b_ : b_ - a_) <= (tolerance))) {                                                  \
            leash::test::report_comparison(__FILE__, __LINE__, #a " near " #b, a_, b_);                         \
        }                                                                                                       \
    } while (false)

#endif
