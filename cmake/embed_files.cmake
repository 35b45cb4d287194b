# tusk_embed(NAME NAMESPACE ns HEADER path FILES f ...)
#
# Puts files (page templates, style sheets, scripts) into the binary. HEADER, a path from the
# source root that need not exist there, declares in namespace `ns`:
#   std::string_view EmbeddedFile(std::string_view name);   // empty when there is no such file
# where name is the file's path relative to the calling folder.
function(tusk_embed name)
  cmake_parse_arguments(ARG "" "NAMESPACE;HEADER" "FILES" ${ARGN})
  set(header ${CMAKE_BINARY_DIR}/generated/${ARG_HEADER})
  set(source ${CMAKE_BINARY_DIR}/generated/${ARG_HEADER}.cc)
  set(inputs)
  foreach(file ${ARG_FILES})
    list(APPEND inputs ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  string(REPLACE ";" "," names "${ARG_FILES}")
  add_custom_command(
    OUTPUT ${header} ${source}
    COMMAND python3 ${CMAKE_SOURCE_DIR}/cmake/embed_files.py --namespace ${ARG_NAMESPACE}
            --header ${header} --source ${source} --include ${ARG_HEADER}
            --root ${CMAKE_CURRENT_SOURCE_DIR} --files ${names}
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/embed_files.py
    COMMENT "embed ${ARG_HEADER}" VERBATIM)
  add_library(${name} STATIC ${source})
  target_include_directories(${name} SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/generated)
endfunction()
