package org.leash.device;

/**
 * The properties of a device.
 *
 * @param kind the kind of device
 * @param ordinal the number among devices of its kind, from 0
 * @param name the model of the processor or GPU
 * @param threads CPU: threads per call, including the calling thread; CUDA: 0
 * @param memoryBytes physical memory; 0 if unknown
 * @param lastLevelCacheBytes 0 if unknown
 * @param instructionSets usable by native kernels, such as "avx2 fma f16c" or "sm_90"; "" if
 *     unknown
 * @param computeCapability CUDA: 90 for 9.0; CPU: 0
 * @param multiprocessors CUDA: streaming multiprocessors; CPU: 0
 * @param sharedBytesPerBlock CUDA: maximum shared memory per block; CPU: 0
 * @param maxCluster CUDA: the most blocks of a cluster, 0 before compute capability 9.0; CPU: 0
 * @param driverVersion CUDA: version supported by the driver, 13000 for 13.0; CPU: 0
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
    int maxCluster,
    int driverVersion,
    boolean nativeLibrary) {}
