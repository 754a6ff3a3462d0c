package org.leash.device;

/**
 * What a device is.
 *
 * @param kind its kind
 * @param ordinal its number among devices of its kind, from 0
 * @param name processor or GPU, as it calls itself
 * @param threads CPU: threads that share a call, the caller's among them; CUDA: 0
 * @param memoryBytes physical memory; 0 when unknown
 * @param lastLevelCacheBytes 0 when unknown
 * @param instructionSets what native kernels can use here, such as "avx2 fma f16c" or "sm_90"; ""
 *     when unknown
 * @param computeCapability CUDA: 90 for 9.0; CPU: 0, as the three that follow
 * @param multiprocessors streaming multiprocessors
 * @param sharedBytesPerBlock the most shared memory that a kernel can ask for
 * @param driverVersion the CUDA version that the driver is for: 13000 for 13.0
 * @param nativeLibrary whether the native library is loaded; without it, only Java variants run
 */
public record DeviceProperties(
    DeviceKind kind,
    int ordinal,
    String name,
    int threads,
    long memoryBytes,
    long lastLevelCacheBytes,
    String instructionSets,
    int computeCapability,
    int multiprocessors,
    long sharedBytesPerBlock,
    int driverVersion,
    boolean nativeLibrary) {}
