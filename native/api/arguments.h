// The argument structs of the operations: their layouts, and their checks.
#ifndef LEASH_API_ARGUMENTS_H
#define LEASH_API_ARGUMENTS_H

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "leash.h"
#include "spec/operations.h"

namespace leash::api {

// Number of pointers in a value, including nested structs.
template <class Value>
constexpr uint64_t pointers() {
    if constexpr (std::is_array_v<Value>) return std::extent_v<Value> * pointers<std::remove_extent_t<Value>>();
    if constexpr (std::is_same_v<Value, leash_rows>) return pointers<leash_matrix>() + 2;
    if constexpr (std::is_same_v<Value, leash_matrix> || std::is_same_v<Value, leash_launch>) return 1;
    return std::is_pointer_v<Value> ? 1 : 0;
}

#define LEASH_STRUCT(name) {#name, "", 0, sizeof(name), 0}
#define LEASH_FIELD(name, field) {#name, #field, offsetof(name, field), sizeof(name::field), leash::api::pointers<decltype(name::field)>()}

struct Layouts {
    const leash_layout_entry* entries;
    int32_t count;
};

// The layouts of the argument structs and of leash_policy_loss.
Layouts argument_layouts();

// Checks all arguments of an operation, except the entries of arrays.
#define LEASH_DECLARE(id, NAME, name, ...) void check(const leash_##name##_args& args);
LEASH_OPERATIONS(LEASH_DECLARE)
#undef LEASH_DECLARE

}  // namespace leash::api

#endif
