/*
 * leash for JVMs: calls the operations of leash.h while keeping their memory alive.
 */
#ifndef LEASH_JVM_H
#define LEASH_JVM_H

#include "leash.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs an operation (LEASH_LOG_SOFTMAX, ...) on its struct, like the operation's own function. The variable arguments are the
 * pointers in the struct. The library ignores them; passing them makes a JVM keep their memory alive until the call returns,
 * which it cannot do for addresses inside a struct. */
LEASH_API leash_status leash_run_pinned(leash_device *device, int32_t operation, const void *args, ...);

#ifdef __cplusplus
}
#endif

#endif
