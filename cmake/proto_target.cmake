# tusk_proto(NAME PROTOS a.proto ... DEPS target ...)
#
# Compiles .proto files (paths relative to the calling folder, imported by their path from the
# source root) into one static library. Generated code is kept off the warnings and the lint.
# Every .proto sets `option optimize_for = LITE_RUNTIME;`: no reflection, small and fast to start.
function(tusk_proto name)
  cmake_parse_arguments(ARG "" "" "PROTOS;DEPS" ${ARGN})
  set(sources)
  foreach(proto ${ARG_PROTOS})
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${proto})
    string(REGEX REPLACE "\\.proto$" "" stem ${path})
    set(out ${CMAKE_BINARY_DIR}/generated/${stem})
    add_custom_command(
      OUTPUT ${out}.pb.cc ${out}.pb.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated
      COMMAND ${TUSK_PROTOC} -I ${CMAKE_SOURCE_DIR} --cpp_out=${CMAKE_BINARY_DIR}/generated
              ${CMAKE_SOURCE_DIR}/${path}
      DEPENDS ${CMAKE_SOURCE_DIR}/${path}
      COMMENT "protoc ${path}" VERBATIM)
    list(APPEND sources ${out}.pb.cc)
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/generated)
  target_compile_options(${name} PRIVATE -w -O1)
  target_link_libraries(${name} PUBLIC third_party::protobuf ${ARG_DEPS})
endfunction()
