# Run by each build: cmake -D SOURCE=... -D BINARY=... -P write_build_info.cmake

# Sets `out` to what git prints, or to "unknown" where SOURCE is no checkout of its own. Takes no
# locks, so that it never gets in the way of a commit.
function(ask_git out)
  get_filename_component(above ${SOURCE}/.. ABSOLUTE)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env GIT_CEILING_DIRECTORIES=${above}
                          git --no-optional-locks -C ${SOURCE} ${ARGN}
                  OUTPUT_VARIABLE text RESULT_VARIABLE status ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0)
    set(text unknown)
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

ask_git(SAGBENCH_COMMIT rev-parse HEAD)
ask_git(changes status --porcelain --untracked-files=no)
if(changes AND NOT changes STREQUAL "unknown")
  string(APPEND SAGBENCH_COMMIT "-dirty")
endif()
configure_file(${BINARY}/build_info.cpp.in ${BINARY}/build_info.cpp)
