# Compiles the XML files of tasks/ into the program, so that it runs from anywhere.

# sagbench_embed_models(TARGET): a change of an XML file configures again.
function(sagbench_embed_models target)
  file(GLOB models CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tasks/*.xml)
  set(EMBEDDED_CASES "")
  foreach(model IN LISTS models)
    get_filename_component(name ${model} NAME)
    file(READ ${model} text)
    string(APPEND EMBEDDED_CASES "  if (name == \"${name}\") return R\"~xml(${text})~xml\";\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${model})
  endforeach()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embedded_models.cpp.in
                 ${PROJECT_BINARY_DIR}/embedded_models.cpp @ONLY)
  target_sources(${target} PRIVATE ${PROJECT_BINARY_DIR}/embedded_models.cpp)
endfunction()
