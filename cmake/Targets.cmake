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
add_library(sagbench_flags INTERFACE)
# -ffp-contract=off: the same bits whatever the compiler's taste for fused multiply-adds.
target_compile_options(sagbench_flags INTERFACE -Wall -Wextra -Wno-unused-parameter
                       -Wno-missing-field-initializers -ffp-contract=off
                       $<$<CXX_COMPILER_ID:GNU>:-Werror=invalid-pch>)
target_include_directories(sagbench_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_include_directories(sagbench_flags SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/fmt_first)
if(LLD_LINKER)
  target_link_options(sagbench_flags INTERFACE -fuse-ld=lld)
endif()
if(SAGBENCH_SANITIZE)
  target_compile_options(sagbench_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(sagbench_flags INTERFACE -fsanitize=address,undefined)
endif()

# Sources of a target in batches, each compiled as one: what takes the time here are the templates of
# LibTorch, JSON, CLI11 and GoogleTest, once a batch instead of once a source. Not for the folders of
# plug-ins, where each file is to stand alone. OFF for the shortest wait after a change of one file.
option(SAGBENCH_UNITY "Compile tests, core, bench and tools several sources at once" ON)
function(sagbench_unity target size)
  if(SAGBENCH_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
  endif()
endfunction()

set(SAGBENCH_FOLDERS "")
set(SAGBENCH_LIBRARIES sagbench_flags)  # what the folders so far need; a folder sees those below it
add_custom_target(headers_alone)

# Precompiled headers, one set for many targets. GCC takes them only where definitions and options
# are the same, so a set links what its first target does. Every source pays for loading them: only
# what most sources include.
set(SAGBENCH_TORCH_HEADERS ${PROJECT_SOURCE_DIR}/policies/aten.h <fmt/core.h> <nlohmann/json.hpp>)
function(sagbench_pch name libraries options)  # HEADER...
  if(NOT TARGET ${name})
    add_library(${name} OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
    target_link_libraries(${name} PRIVATE ${libraries})
    target_compile_options(${name} PRIVATE ${options})
    target_precompile_headers(${name} PRIVATE ${ARGN})
  endif()
endfunction()

# Sets `out` to whether the header includes LibTorch's tensors, itself or through other headers.
function(sagbench_includes_tensors header out)
  get_property(answer GLOBAL PROPERTY "SAGBENCH_TENSORS_${header}")
  if("${answer}" STREQUAL "")
    file(STRINGS ${PROJECT_SOURCE_DIR}/${header} includes REGEX "^#include [\"<]")
    set(answer OFF)
    foreach(line IN LISTS includes)
      string(REGEX REPLACE "^#include [\"<]([^\">]*).*" "\\1" included "${line}")
      if(included STREQUAL "ATen/core/Tensor.h")
        set(answer ON)
      elseif(NOT answer AND EXISTS ${PROJECT_SOURCE_DIR}/${included})
        sagbench_includes_tensors(${included} answer)
      endif()
    endforeach()
    set_property(GLOBAL PROPERTY "SAGBENCH_TENSORS_${header}" ${answer})
  endif()
  set(${out} ${answer} PARENT_SCOPE)
endfunction()

# Target headers_alone compiles every header of the folder by itself (and twice, for its guard). Those
# that include LibTorch's tensors find them precompiled.
function(sagbench_headers_alone name libraries)
  file(GLOB headers RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS ${name}/*.h)
  set(plain "")
  set(tensors "")
  foreach(header IN LISTS headers)
    set(source ${PROJECT_BINARY_DIR}/headers_alone/${header}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
    sagbench_includes_tensors(${header} found)
    if(found)
      list(APPEND tensors ${source})
    else()
      list(APPEND plain ${source})
    endif()
  endforeach()
  if(plain OR tensors)
    add_library(headers_alone_${name} OBJECT EXCLUDE_FROM_ALL ${plain} ${tensors})
    target_link_libraries(headers_alone_${name} PRIVATE ${libraries})
    target_compile_options(headers_alone_${name} PRIVATE -O0 -g0 -Wno-psabi)
    add_dependencies(headers_alone headers_alone_${name})
  endif()
  if(tensors)
    sagbench_pch(headers_alone_pch "${libraries}" "-O0;-g0;-Wno-psabi" <ATen/core/Tensor.h>)
    set_target_properties(headers_alone_pch PROPERTIES EXCLUDE_FROM_ALL ON)
    target_precompile_headers(headers_alone_${name} REUSE_FROM headers_alone_pch)
    set_source_files_properties(${plain} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endif()
endfunction()

# sagbench_folder(NAME [TORCH] [UNITY n] [LINK target...] [OPTIONS option...] [HEADERS header...]): all
# .cpp of the folder (not of its sub-folders), n at once, with these options and precompiled headers.
function(sagbench_folder name)
  cmake_parse_arguments(ARG "TORCH" "UNITY" "LINK;OPTIONS;HEADERS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "tools/(main|launch).cpp$")
  if(NOT sources)
    return()
  endif()
  set(libraries ${SAGBENCH_LIBRARIES} ${ARG_LINK})
  if(ARG_TORCH)
    list(APPEND libraries torch::torch)
  endif()
  add_library(sagbench_${name} OBJECT ${sources})
  target_link_libraries(sagbench_${name} PUBLIC ${libraries})
  target_compile_options(sagbench_${name} PRIVATE ${ARG_OPTIONS})
  if(ARG_UNITY)
    sagbench_unity(sagbench_${name} ${ARG_UNITY})
  endif()
  if(ARG_HEADERS)
    target_precompile_headers(sagbench_${name} PRIVATE ${ARG_HEADERS})
  elseif(ARG_TORCH)
    sagbench_pch(sagbench_torch_pch "${libraries}" "" ${SAGBENCH_TORCH_HEADERS})
    target_precompile_headers(sagbench_${name} REUSE_FROM sagbench_torch_pch)
  endif()
  sagbench_headers_alone(${name} "${libraries}")
  set(SAGBENCH_FOLDERS ${SAGBENCH_FOLDERS} ${name} PARENT_SCOPE)
  set(SAGBENCH_LIBRARIES ${libraries} PARENT_SCOPE)
endfunction()

# Links `target` with the objects of these folders, "all" for all, and what they need. To load LibTorch
# takes a third of a second.
function(sagbench_link target)  # FOLDER...
  set(folders ${ARGN})
  if(folders STREQUAL "all")
    set(folders ${SAGBENCH_FOLDERS})
  endif()
  foreach(folder IN LISTS folders)
    target_link_libraries(${target} PRIVATE sagbench_${folder})
  endforeach()
  target_link_libraries(${target} PRIVATE Threads::Threads)
  set_target_properties(${target} PROPERTIES BUILD_RPATH "${TORCH_LIB_DIR};${MUJOCO_LIB_DIR}")
endfunction()

# The program: NAME, which starts at once (tools/launch.cpp), and beside it NAME-engine, which does the
# work. Where that cannot start while building, as without CUDA's libraries, NAME leaves all to it.
function(sagbench_program name)
  set(engine ${name}-engine)
  add_executable(${engine} ${PROJECT_SOURCE_DIR}/tools/main.cpp)
  sagbench_link(${engine} all)
  target_compile_options(${engine} PRIVATE -O1)
  target_precompile_headers(${engine} REUSE_FROM sagbench_tools)
  set(answers ${PROJECT_BINARY_DIR}/answers.cpp)
  set(none ${PROJECT_SOURCE_DIR}/cmake/no_answers.cpp)
  add_custom_command(OUTPUT ${answers} DEPENDS ${engine} ${none} VERBATIM
      COMMAND sh -c "\"$1\" --answers > \"$2\" || cp \"$3\" \"$2\"" sh
              $<TARGET_FILE:${engine}> ${answers} ${none}
      COMMENT "Asking ${engine} what it answers to --help and list")
  add_executable(${name} ${PROJECT_SOURCE_DIR}/tools/launch.cpp ${answers})
  target_link_libraries(${name} PRIVATE sagbench_flags fmt::fmt)
  target_compile_definitions(${name} PRIVATE SAGBENCH_ENGINE="${engine}")
  set_target_properties(${name} ${engine} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()
