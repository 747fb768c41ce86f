# How sagbench's own code is compiled: one OBJECT library a folder (plug-ins register themselves by
# static initialisers, which a static library would drop), one program, one test program a folder.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(LLD_LINKER ld.lld)
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(sagbench_flags INTERFACE)
# -ffp-contract=off: the same bits whatever the compiler's taste for fused multiply-adds.
target_compile_options(sagbench_flags INTERFACE -Wall -Wextra -Wno-unused-parameter -ffp-contract=off)
target_include_directories(sagbench_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(LLD_LINKER)
  target_link_options(sagbench_flags INTERFACE -fuse-ld=lld)
endif()
if(SAGBENCH_SANITIZE)
  target_compile_options(sagbench_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(sagbench_flags INTERFACE -fsanitize=address,undefined)
endif()

# One precompiled <torch/torch.h> for every source that needs torch: 2 s a file instead of 23 s.
add_library(sagbench_torch_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/torch_pch.cpp)
target_link_libraries(sagbench_torch_pch PUBLIC sagbench_flags torch::torch)
target_precompile_headers(sagbench_torch_pch PRIVATE <torch/torch.h>)

set(SAGBENCH_FOLDERS "")

# sagbench_folder(NAME [TORCH] [LINK target...]): all .cpp of the folder (not of its sub-folders).
function(sagbench_folder name)
  cmake_parse_arguments(ARG "TORCH" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "tools/main.cpp$")
  add_library(sagbench_${name} OBJECT ${sources})
  target_link_libraries(sagbench_${name} PUBLIC sagbench_flags ${ARG_LINK})
  foreach(below IN LISTS SAGBENCH_FOLDERS)
    target_link_libraries(sagbench_${name} PUBLIC $<TARGET_PROPERTY:sagbench_${below},INTERFACE_LINK_LIBRARIES>)
  endforeach()
  if(ARG_TORCH)
    target_link_libraries(sagbench_${name} PUBLIC torch::torch)
    target_precompile_headers(sagbench_${name} REUSE_FROM sagbench_torch_pch)
  endif()
  set(SAGBENCH_FOLDERS ${SAGBENCH_FOLDERS} ${name} PARENT_SCOPE)
endfunction()

# Links `target` with the objects of all folders and what they need.
function(sagbench_link_all target)
  foreach(folder IN LISTS SAGBENCH_FOLDERS)
    target_link_libraries(${target} PRIVATE sagbench_${folder})
  endforeach()
  target_link_libraries(${target} PRIVATE Threads::Threads)
  set_target_properties(${target} PROPERTIES BUILD_RPATH "${TORCH_LIB_DIR};${SAGBENCH_DEPS}/mujoco")
endfunction()

function(sagbench_program name)
  add_executable(${name} ${PROJECT_SOURCE_DIR}/tools/main.cpp)
  sagbench_link_all(${name})
  target_precompile_headers(${name} REUSE_FROM sagbench_torch_pch)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()
