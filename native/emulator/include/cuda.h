// Replaces the header of CUDA's driver API for the emulator: the functions on contexts used by this library.
#ifndef LEASH_EMULATOR_INCLUDE_CUDA_H
#define LEASH_EMULATOR_INCLUDE_CUDA_H

enum CUresult {
    CUDA_SUCCESS = 0,
    CUDA_ERROR_INVALID_VALUE = 1,
    CUDA_ERROR_INVALID_DEVICE = 101,
    CUDA_ERROR_INVALID_CONTEXT = 201,
    CUDA_ERROR_INVALID_HANDLE = 400,
};

typedef int CUdevice;
typedef struct EmulatedContext* CUcontext;
typedef struct EmulatedStream* CUstream;

CUresult cuDeviceGet(CUdevice* device, int ordinal);
CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device);
CUresult cuCtxGetCurrent(CUcontext* context);
CUresult cuCtxPushCurrent(CUcontext context);
CUresult cuCtxPopCurrent(CUcontext* context);
CUresult cuStreamGetCtx(CUstream stream, CUcontext* context);

#endif
