# Compiles in what the program was built from (core/build_info.h). Every build asks git; the source
# changes only when the answer does, so nothing is compiled or linked for nothing.

function(sagbench_build_info target)
  string(TOUPPER ${CMAKE_BUILD_TYPE} config)
  get_target_property(options sagbench_flags INTERFACE_COMPILE_OPTIONS)
  list(JOIN options " " options)
  string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${config}} ${options}" SAGBENCH_FLAGS)
  # Two passes: all but ${SAGBENCH_COMMIT} now, that at each build.
  configure_file(${PROJECT_SOURCE_DIR}/cmake/build_info.cpp.in
                 ${PROJECT_BINARY_DIR}/build_info.cpp.in @ONLY)
  add_custom_target(sagbench_build_info
      COMMAND ${CMAKE_COMMAND} -D SOURCE=${PROJECT_SOURCE_DIR} -D BINARY=${PROJECT_BINARY_DIR}
              -P ${PROJECT_SOURCE_DIR}/cmake/write_build_info.cmake
      BYPRODUCTS ${PROJECT_BINARY_DIR}/build_info.cpp
      COMMENT "Asking git for the commit")
  target_sources(${target} PRIVATE ${PROJECT_BINARY_DIR}/build_info.cpp)
  add_dependencies(${target} sagbench_build_info)
endfunction()
