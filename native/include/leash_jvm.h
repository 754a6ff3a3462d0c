/*
 * leash from a JVM: a way of calling the operations of leash.h that keeps their memory alive.
 */
#ifndef LEASH_JVM_H
#define LEASH_JVM_H

#include "leash.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs an operation (LEASH_LOG_SOFTMAX, ...) as its own function does; args is its struct. What follows are the pointers that
 * the struct holds. They are ignored here: a JVM keeps memory that is passed to a call from being freed until the call returns,
 * and the struct's pointers are only numbers to it. */
LEASH_API leash_status leash_run_pinned(leash_device *device, int32_t operation, const void *args, ...);

#ifdef __cplusplus
}
#endif

#endif
