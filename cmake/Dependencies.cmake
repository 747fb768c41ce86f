# Finds what sagbench stands on: first where the user has it (CMAKE_PREFIX_PATH), then in build/deps,
# where tools/bootstrap puts the pinned wheels, then where the system has it.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(HDF5 REQUIRED COMPONENTS C)

set(SAGBENCH_DEPS ${PROJECT_SOURCE_DIR}/build/deps/py CACHE PATH "Folder of unpacked wheels")

# LibTorch. find_package(Torch) wants to run a CUDA probe, which fails on a machine with nvcc and no
# GPU, so the libraries are imported by hand.
find_path(TORCH_INCLUDE_DIR torch/csrc/api/include/torch/torch.h
          HINTS ${SAGBENCH_DEPS}/torch/include PATH_SUFFIXES include)
find_library(TORCH_LIBRARY torch HINTS ${SAGBENCH_DEPS}/torch/lib PATH_SUFFIXES lib)
find_library(TORCH_CPU_LIBRARY torch_cpu HINTS ${SAGBENCH_DEPS}/torch/lib PATH_SUFFIXES lib)
find_library(C10_LIBRARY c10 HINTS ${SAGBENCH_DEPS}/torch/lib PATH_SUFFIXES lib)
if(NOT TORCH_INCLUDE_DIR OR NOT TORCH_CPU_LIBRARY OR NOT C10_LIBRARY)
  message(FATAL_ERROR "LibTorch not found: run tools/bootstrap deps, or set CMAKE_PREFIX_PATH to a torch folder")
endif()
set(version_header ${TORCH_INCLUDE_DIR}/torch/headeronly/version.h)  # not in torch before 2.10
if(EXISTS ${version_header})
  file(STRINGS ${version_header} found REGEX "\"2\\.11\\.")
endif()
if(NOT found)
  message(FATAL_ERROR "The torch in ${TORCH_INCLUDE_DIR} is not 2.11: take its folder out of CMAKE_PREFIX_PATH")
endif()
add_library(torch::torch INTERFACE IMPORTED)
target_include_directories(torch::torch SYSTEM INTERFACE
                           ${TORCH_INCLUDE_DIR} ${TORCH_INCLUDE_DIR}/torch/csrc/api/include)
target_compile_definitions(torch::torch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
# Torch brings headers of its own fmt, which do not fit the system's library: a folder with nothing but
# the system's goes ahead of them (the compiler drops /usr/include itself from such a place).
find_path(FMT_INCLUDE_DIR fmt/core.h NO_CMAKE_FIND_ROOT_PATH)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/fmt_first)
file(CREATE_LINK ${FMT_INCLUDE_DIR}/fmt ${PROJECT_BINARY_DIR}/fmt_first/fmt SYMBOLIC)
target_link_libraries(torch::torch INTERFACE ${TORCH_CPU_LIBRARY} ${C10_LIBRARY})
get_filename_component(TORCH_LIB_DIR ${TORCH_CPU_LIBRARY} DIRECTORY)
# --no-as-needed: libtorch_cuda registers the CUDA backend by static initialisers.
option(SAGBENCH_CUDA "Link LibTorch's CUDA libraries, so that --device cuda works" OFF)
if(SAGBENCH_CUDA)
  find_library(TORCH_CUDA_LIBRARY torch_cuda PATHS ${TORCH_LIB_DIR} NO_DEFAULT_PATH REQUIRED)
  find_library(C10_CUDA_LIBRARY c10_cuda PATHS ${TORCH_LIB_DIR} NO_DEFAULT_PATH REQUIRED)
  # libtorch_cuda needs more of NVIDIA's libraries than libtorch_cpu does; cuDNN stands for all.
  find_library(CUDNN_LIBRARY NAMES cudnn libcudnn.so.9 HINTS ${TORCH_LIB_DIR}/../../nvidia/cudnn/lib)
  if(NOT CUDNN_LIBRARY)
    message(WARNING "NVIDIA's libraries (cuDNN and more) are not beside ${TORCH_LIB_DIR}: the program "
                    "will link but not start. Run tools/bootstrap deps --cuda, or pip install torch==2.11.0 "
                    "with all it requires and set CMAKE_PREFIX_PATH to its folder.")
  endif()
  find_path(CUDA_RUNTIME_INCLUDE_DIR cuda_runtime_api.h REQUIRED
            HINTS ${SAGBENCH_DEPS}/nvidia/cu13/include ${TORCH_LIB_DIR}/../../nvidia/cu13/include
                  /usr/local/cuda/include)
  target_include_directories(torch::torch SYSTEM INTERFACE ${CUDA_RUNTIME_INCLUDE_DIR})
  find_library(CUDA_RUNTIME_LIBRARY NAMES cudart libcudart.so.13 REQUIRED
               HINTS ${SAGBENCH_DEPS}/nvidia/cu13/lib ${TORCH_LIB_DIR}/../../nvidia/cu13/lib
                     /usr/local/cuda/lib64)
  target_compile_definitions(torch::torch INTERFACE SAGBENCH_CUDA)
  target_link_libraries(torch::torch INTERFACE ${CUDA_RUNTIME_LIBRARY}
      -Wl,--allow-shlib-undefined
      -Wl,--no-as-needed ${TORCH_CUDA_LIBRARY} ${C10_CUDA_LIBRARY} ${TORCH_LIBRARY} -Wl,--as-needed)
endif()

# MuJoCo
find_path(MUJOCO_INCLUDE_DIR mujoco/mujoco.h HINTS ${SAGBENCH_DEPS}/mujoco/include)
find_library(MUJOCO_LIBRARY NAMES mujoco libmujoco.so.4.0.0 HINTS ${SAGBENCH_DEPS}/mujoco)
if(NOT MUJOCO_INCLUDE_DIR OR NOT MUJOCO_LIBRARY)
  message(FATAL_ERROR "MuJoCo 4.0.0 not found: run tools/bootstrap deps, or set CMAKE_PREFIX_PATH to its folder")
endif()
file(STRINGS ${MUJOCO_INCLUDE_DIR}/mujoco/mujoco.h found REGEX "define mjVERSION_HEADER 4000000$")
if(NOT found)
  message(FATAL_ERROR "The MuJoCo in ${MUJOCO_INCLUDE_DIR} is not 4.0.0: take its folder out of CMAKE_PREFIX_PATH")
endif()
get_filename_component(MUJOCO_LIB_DIR ${MUJOCO_LIBRARY} DIRECTORY)
add_library(mujoco::mujoco UNKNOWN IMPORTED)
set_target_properties(mujoco::mujoco PROPERTIES IMPORTED_LOCATION ${MUJOCO_LIBRARY}
                      INTERFACE_INCLUDE_DIRECTORIES ${MUJOCO_INCLUDE_DIR})
