# Finds what sagbench stands on: first where the user has it (CMAKE_PREFIX_PATH), then in
# build/deps, where tools/bootstrap puts the pinned wheels.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(HDF5 REQUIRED COMPONENTS C)

add_library(hdf5::hdf5 INTERFACE IMPORTED)
target_include_directories(hdf5::hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_link_libraries(hdf5::hdf5 INTERFACE ${HDF5_C_LIBRARIES})

set(SAGBENCH_DEPS ${PROJECT_SOURCE_DIR}/build/deps/py CACHE PATH "Folder of unpacked wheels")

# LibTorch. find_package(Torch) wants to run a CUDA probe, which fails on a machine with nvcc and no
# GPU, so the libraries are imported by hand.
find_path(TORCH_INCLUDE_DIR torch/csrc/api/include/torch/torch.h
          PATHS ${SAGBENCH_DEPS}/torch/include PATH_SUFFIXES include)
find_library(TORCH_LIBRARY torch PATHS ${SAGBENCH_DEPS}/torch/lib PATH_SUFFIXES lib)
find_library(TORCH_CPU_LIBRARY torch_cpu PATHS ${SAGBENCH_DEPS}/torch/lib PATH_SUFFIXES lib)
find_library(C10_LIBRARY c10 PATHS ${SAGBENCH_DEPS}/torch/lib PATH_SUFFIXES lib)
if(NOT TORCH_INCLUDE_DIR OR NOT TORCH_CPU_LIBRARY OR NOT C10_LIBRARY)
  message(FATAL_ERROR "LibTorch not found: run tools/bootstrap deps, or set CMAKE_PREFIX_PATH to a torch folder")
endif()
add_library(torch::torch INTERFACE IMPORTED)
target_include_directories(torch::torch SYSTEM INTERFACE
                           ${TORCH_INCLUDE_DIR} ${TORCH_INCLUDE_DIR}/torch/csrc/api/include)
target_compile_definitions(torch::torch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
target_link_libraries(torch::torch INTERFACE ${TORCH_CPU_LIBRARY} ${C10_LIBRARY})
get_filename_component(TORCH_LIB_DIR ${TORCH_CPU_LIBRARY} DIRECTORY)
# --no-as-needed: libtorch_cuda registers the CUDA backend by static initialisers.
option(SAGBENCH_CUDA "Link LibTorch's CUDA libraries, so that --device cuda works" OFF)
if(SAGBENCH_CUDA)
  find_library(TORCH_CUDA_LIBRARY torch_cuda PATHS ${TORCH_LIB_DIR} NO_DEFAULT_PATH REQUIRED)
  find_library(C10_CUDA_LIBRARY c10_cuda PATHS ${TORCH_LIB_DIR} NO_DEFAULT_PATH REQUIRED)
  target_link_libraries(torch::torch INTERFACE
      -Wl,--no-as-needed ${TORCH_CUDA_LIBRARY} ${C10_CUDA_LIBRARY} ${TORCH_LIBRARY} -Wl,--as-needed)
endif()

# MuJoCo
find_path(MUJOCO_INCLUDE_DIR mujoco/mujoco.h PATHS ${SAGBENCH_DEPS}/mujoco/include)
find_library(MUJOCO_LIBRARY NAMES mujoco libmujoco.so.4.0.0 PATHS ${SAGBENCH_DEPS}/mujoco)
if(NOT MUJOCO_INCLUDE_DIR OR NOT MUJOCO_LIBRARY)
  message(FATAL_ERROR "MuJoCo 4.0.0 not found: run tools/bootstrap deps, or set CMAKE_PREFIX_PATH to its folder")
endif()
add_library(mujoco::mujoco UNKNOWN IMPORTED)
set_target_properties(mujoco::mujoco PROPERTIES IMPORTED_LOCATION ${MUJOCO_LIBRARY}
                      INTERFACE_INCLUDE_DIRECTORIES ${MUJOCO_INCLUDE_DIR})
