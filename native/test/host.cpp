// A host of libleash.so that has nothing of its own but the C library: loads it, runs an operation and two calls that must fail,
// whose exceptions the library throws and catches inside. It runs on this machine, and with an older glibc (make test-old-glibc).
//
//   host LIBRARY [TESTS [ARGUMENT...]]
//
// TESTS is the program of native tests as a shared object: with a glibc before 2.34, the dynamic linker runs the initialisers of
// an object that is linked against a later one, but not those of a program.
#include <dlfcn.h>
#include <gnu/libc-version.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "leash.h"

namespace {

[[noreturn]] void fail(const char* what, const char* why) {
    std::fprintf(stderr, "host: %s: %s\n", what, why);
    std::exit(1);
}

void* load(const char* path) {
    void* const object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return object != nullptr ? object : (fail("cannot load", dlerror()), nullptr);
}

template <class Function>
void find(void* object, const char* name, Function** function) {
    void* const symbol = dlsym(object, name);
    if (symbol == nullptr) fail("cannot find", dlerror());
    std::memcpy(function, &symbol, sizeof symbol);
}

#define LEASH_FIND(object, name)                  \
    decltype(::name)* name = nullptr;             \
    find(object, #name, &name)

void run_operations(void* library) {
    LEASH_FIND(library, leash_device_open);
    LEASH_FIND(library, leash_device_close);
    LEASH_FIND(library, leash_entropy);
    LEASH_FIND(library, leash_last_error);

    leash_device_options options = {};
    options.threads = -1;
    leash_device* device = nullptr;
    if (leash_device_open(LEASH_DEVICE_CPU, 0, &options, &device) == LEASH_OK) fail("opened a device", "with -1 threads");
    if (*leash_last_error() == '\0') fail("no message", "of a refused device");
    options.threads = 3;
    if (leash_device_open(LEASH_DEVICE_CPU, 0, &options, &device) != LEASH_OK) fail("cannot open a device", leash_last_error());

    constexpr int kRows = 8, kVocab = 20000;
    static float logits[kRows * kVocab];
    float entropy[kRows] = {};
    leash_entropy_args args = {};
    args.rows.logits = {logits, kRows, kVocab, kVocab, LEASH_F32, 0};
    args.rows.temperature = 1;
    args.rows.variant = LEASH_VARIANT_AUTO;
    args.entropy = entropy;
    if (leash_entropy(device, &args) != LEASH_OK) fail("leash_entropy", leash_last_error());
    for (const float each : entropy) {
        if (!(std::fabs(each - 9.90348755f) < 1e-4f)) fail("leash_entropy", "not log(20000)");
    }
    args.rows.temperature = 0;
    if (leash_entropy(device, &args) == LEASH_OK) fail("leash_entropy", "took a temperature of 0");
    if (std::strstr(leash_last_error(), "temperature") == nullptr) fail("a message without 'temperature'", leash_last_error());
    leash_device_close(device);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) fail("usage", "host LIBRARY [TESTS [ARGUMENT...]]");
    dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_GLOBAL);  // another copy of the unwinder, if there is one
    run_operations(load(argv[1]));
    std::printf("%s works with glibc %s\n", argv[1], gnu_get_libc_version());
    std::fflush(stdout);
    if (argc == 2) return 0;
    int (*test)(int, char**) = nullptr;
    find(load(argv[2]), "main", &test);
    return test(argc - 2, argv + 2);
}
