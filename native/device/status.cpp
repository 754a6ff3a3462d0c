#include "device/status.h"

#include <cstdarg>
#include <cstdio>
#include <new>
#include <system_error>

namespace leash {

namespace {

// Plain storage: recording a message must not fail, and needs no destructor at the end of a host thread.
thread_local char last_error[1024] = "";

leash_status record(leash_status status, const char* message) noexcept {
    std::snprintf(last_error, sizeof last_error, "%s", message);
    return status;
}

}  // namespace

void fail(leash_status status, const char* format, ...) {
    char message[sizeof last_error];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    throw Failure{status, message};
}

void fail_for_targets(int64_t first_row, int64_t target, int64_t rows, int64_t vocab, const char* where) {
    if (vocab == 0) {
        fail(LEASH_ERROR_TARGET_OUT_OF_RANGE, "target[%lld] = %lld is outside its row, which is NaN (rows with such a target: %lld)%s",
             static_cast<long long>(first_row), static_cast<long long>(target), static_cast<long long>(rows), where);
    }
    fail(LEASH_ERROR_TARGET_OUT_OF_RANGE,
         "target[%lld] = %lld is outside [0, %lld); its row is NaN (rows with such a target: %lld)%s",
         static_cast<long long>(first_row), static_cast<long long>(target), static_cast<long long>(vocab),
         static_cast<long long>(rows), where);
}

leash_status status_of_exception() noexcept {
    try {
        throw;
    } catch (const Failure& failure) {
        return record(failure.status, failure.message.c_str());
    } catch (const std::bad_alloc&) {
        return record(LEASH_ERROR_OUT_OF_MEMORY,
                      "out of memory for the call's workspace; free some, or use fewer threads");
    } catch (const std::system_error& error) {
        char message[sizeof last_error];
        std::snprintf(message, sizeof message, "the system refused threads (%s); open the device with fewer threads",
                      error.what());
        return record(LEASH_ERROR_OUT_OF_MEMORY, message);
    } catch (const std::exception& error) {
        return record(LEASH_ERROR_INTERNAL, error.what());
    } catch (...) {
        return record(LEASH_ERROR_INTERNAL, "an exception of unknown type; this is a defect of leash");
    }
}

}  // namespace leash

const char* leash_last_error(void) { return leash::last_error; }

uint32_t leash_abi_version(void) { return LEASH_ABI_VERSION; }
