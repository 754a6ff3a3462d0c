// A test is a function that registers itself; a check that fails says where, what and with which values, and the test goes
// on. main (harness.cpp) runs all tests, or those whose name contains the argument, and exits with 1 after any failure.
#ifndef LEASH_TEST_HARNESS_H
#define LEASH_TEST_HARNESS_H

#include <sstream>
#include <string>

namespace leash::test {

struct Registration {
    Registration(const char* name, void (*body)());
};

void report_failure(const char* file, int line, const std::string& what);

// Whether an extended regular expression of POSIX matches the whole of a text.
bool matches(const std::string& text, const std::string& expression);

// For what cannot be tested on this machine.
void report_skipped(const std::string& what);

// Names the case that checks are about, for as long as it is in scope.
class Context {
  public:
    explicit Context(std::string text);
    ~Context();
};

template <class A, class B>
std::string describe(const char* relation, const A& a, const B& b) {
    std::ostringstream text;
    text.precision(17);
    text << relation << ": " << +a << " against " << +b;
    return text.str();
}

}  // namespace leash::test

#define TEST(name)                                                             \
    static void name();                                                        \
    static const leash::test::Registration registration_of_##name(#name, name); \
    static void name()

#define CHECK(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) leash::test::report_failure(__FILE__, __LINE__, #condition);       \
    } while (false)

#define CHECK_EQ(a, b)                                                                                          \
    do {                                                                                                        \
        const auto a_ = (a);                                                                                    \
        const auto b_ = (b);                                                                                    \
        if (!(a_ == b_)) {                                                                                      \
            leash::test::report_failure(__FILE__, __LINE__, leash::test::describe(#a " == " #b, a_, b_));       \
        }                                                                                                       \
    } while (false)

// |a - b| <= tolerance; false where either is NaN.
#define CHECK_NEAR(a, b, tolerance)                                                                             \
    do {                                                                                                        \
        const auto a_ = (a);                                                                                    \
        const auto b_ = (b);                                                                                    \
        if (!((a_ > b_ ? a_ - b_ : b_ - a_) <= (tolerance))) {                                                  \
            leash::test::report_failure(__FILE__, __LINE__, leash::test::describe(#a " near " #b, a_, b_));     \
        }                                                                                                       \
    } while (false)

#endif
