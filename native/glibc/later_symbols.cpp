// Definitions of functions that came to glibc after the version that the library promises to run with (OLDEST_GLIBC in the
// Makefile), and that the compiler's static libstdc++ and libgcc use all the same. They are hidden: the library's own references
// find them, and nobody else's. Named by their symbols, as headers may or may not declare them.
#include <link.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#define LEASH_SYMBOL(name) __asm__(name) __attribute__((visibility("hidden")))

namespace {

// struct dl_find_object of <dlfcn.h>.
struct FoundObject {
    unsigned long long flags;
    void* start;
    void* end;
    void* link_map;
    void* unwind_table;
    unsigned long long reserved[7];
};

struct Search {
    uintptr_t address;
    FoundObject found;
};

// Stops at the object that has the address.
int look_into(dl_phdr_info* object, size_t, void* data) {
    Search& search = *static_cast<Search*>(data);
    bool contains = false;
    search.found = {};
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr)& segment = object->dlpi_phdr[i];
        const uintptr_t start = object->dlpi_addr + segment.p_vaddr;
        if (segment.p_type == PT_GNU_EH_FRAME) {
            search.found.unwind_table = reinterpret_cast<void*>(start);
        } else if (segment.p_type == PT_LOAD && search.address - start < segment.p_memsz) {
            contains = true;
            search.found.start = reinterpret_cast<void*>(start);
            search.found.end = reinterpret_cast<void*>(start + segment.p_memsz);
        }
    }
    return contains && search.found.unwind_table != nullptr ? 1 : 0;
}

}  // namespace

extern "C" {

// 2.35. From g++ 12 on, libgcc's unwinder asks this function alone: a failure would end the process at the first exception.
int leash_find_object(void* address, FoundObject* found) LEASH_SYMBOL("_dl_find_object");
int leash_find_object(void* address, FoundObject* found) {
    Search search = {reinterpret_cast<uintptr_t>(address), {}};
    if (dl_iterate_phdr(look_into, &search) == 0) return -1;
    *found = search.found;
    return 0;
}

// 2.32. False is always right: it stands for atomic operations where plain ones might do.
extern char leash_is_single_threaded LEASH_SYMBOL("__libc_single_threaded");
char leash_is_single_threaded = 0;

// 2.33, for std::ifstream. The kernel fills the C library's struct stat.
int leash_fstat(int file, struct stat* status) LEASH_SYMBOL("fstat64");
int leash_fstat(int file, struct stat* status) { return static_cast<int>(syscall(SYS_fstat, file, status)); }

// 2.36, for std::random_device.
uint32_t leash_random() LEASH_SYMBOL("arc4random");
uint32_t leash_random() {
    uint32_t random = 0;
    if (getentropy(&random, sizeof random) != 0) std::abort();
    return random;
}

// 2.38: to these, its headers redirect strtol and its like.
#define LEASH_REDIRECTED(type, name)                                                               \
    type leash_##name(const char* text, char** end, int base) LEASH_SYMBOL("__isoc23_" #name);     \
    type leash_old_##name(const char* text, char** end, int base) __asm__(#name);                  \
    type leash_##name(const char* text, char** end, int base) { return leash_old_##name(text, end, base); }
LEASH_REDIRECTED(long, strtol)
LEASH_REDIRECTED(long long, strtoll)
LEASH_REDIRECTED(unsigned long, strtoul)
LEASH_REDIRECTED(unsigned long long, strtoull)
#undef LEASH_REDIRECTED

}
