/* The element types of matrices, by id.
 *
 *   X(id, NAME, name, bytes)     LEASH_NAME is the constant; bytes: of an element
 */
#ifndef LEASH_SPEC_DTYPES_H
#define LEASH_SPEC_DTYPES_H

#define LEASH_DTYPES(X)     \
    X(0, F32, f32, 4)       \
    X(1, BF16, bf16, 2)     \
    X(2, F16, f16, 2)

#endif
