// Errors of the exported functions: they throw Failure internally; at the C ABI, `guarded` converts every exception to a status
// and a message for leash_last_error.
#ifndef LEASH_DEVICE_STATUS_H
#define LEASH_DEVICE_STATUS_H

#include <pthread.h>

#include <string>
#include <utility>

#include "leash.h"

namespace leash {

struct Failure {
    leash_status status;
    std::string message;
};

// Throws Failure with a printf-style message, which names the wrong value and the remedy.
[[noreturn]] void fail(leash_status status, const char* format, ...) __attribute__((format(printf, 2, 3)));

// Throws LEASH_ERROR_TARGET_OUT_OF_RANGE, after completion of the call. vocab is 0 if it is
// not known; `where` is "" or a continuation of the message.
[[noreturn]] void fail_for_targets(int64_t first_row, int64_t target, int64_t rows, int64_t vocab, const char* where);

// Only in a catch block: records the message of the current exception and returns its status.
leash_status status_of_exception() noexcept;

// Defers the cancellation of a thread, which would leave locks held and workers in the caller's frames.
class CancellationDeferred {
  public:
    CancellationDeferred() { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
    ~CancellationDeferred() { pthread_setcancelstate(before_, nullptr); }
    CancellationDeferred(const CancellationDeferred&) = delete;
    CancellationDeferred& operator=(const CancellationDeferred&) = delete;

  private:
    int before_ = PTHREAD_CANCEL_ENABLE;
};

template <class Body>
leash_status guarded(Body&& body) noexcept {
    const CancellationDeferred until_return;
    try {
        std::forward<Body>(body)();
        return LEASH_OK;
    } catch (...) {
        return status_of_exception();
    }
}

}  // namespace leash

#endif
