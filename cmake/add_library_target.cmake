# tusk_library(NAME SOURCES a.cc ... HEADERS a.h ... DEPS target ... [NET | ARROW])
#
# One folder = one target. Sources and headers are listed by name; each header is compiled alone
# by the target all_verify_interface_header_sets. A folder without sources makes an interface
# library. NAME is the folder's path with underscores: common_base, dfs_wire.

# tusk_precompiled_header(NAME HEADERS <a> <b.h> ... DEPS target ...)
#
# A target whose precompiled header others reuse. It must name no path of the source tree, so that
# the compiler cache serves every clone, and it is always compiled as on a fresh one: without the
# old one in place, and without the times of files, which clang would write into it.
function(tusk_precompiled_header name)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS" ${ARGN})
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  set_target_properties(${name} PROPERTIES
    CXX_COMPILER_LAUNCHER "${CMAKE_SOURCE_DIR}/cmake/compile_anew.sh;${CMAKE_CXX_COMPILER_LAUNCHER}")
endfunction()

# One of system headers for the whole project, one with Asio and Protobuf on top, for the folders that
# speak over sockets, and one with Arrow, for dataframe/; each once more with GoogleTest, for tests.
# Of Arrow only what nearly all sources include: whatever its headers leave to be instantiated is
# instantiated in each source again, half a second for <arrow/api.h>.
set(TUSK_PCH_SYSTEM
  <algorithm> <array> <atomic> <chrono> <coroutine> <cstdint> <cstring> <deque> <functional>
  <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <tuple>
  <unordered_map> <utility> <variant> <vector> <fmt/core.h> <fmt/format.h>)
set(TUSK_PCH_NET
  ${TUSK_PCH_SYSTEM}
  <boost/asio/awaitable.hpp> <boost/asio/any_io_executor.hpp> <boost/asio/co_spawn.hpp>
  <boost/asio/detached.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/steady_timer.hpp>
  <boost/asio/strand.hpp> <boost/asio/thread_pool.hpp> <boost/asio/io_context.hpp>
  <boost/asio/as_tuple.hpp> <boost/asio/use_awaitable.hpp> <boost/asio/post.hpp>
  <google/protobuf/message_lite.h> <google/protobuf/generated_message_util.h>
  <google/protobuf/repeated_field.h> <google/protobuf/arenastring.h>)
set(TUSK_PCH_ARROW
  ${TUSK_PCH_SYSTEM} <arrow/record_batch.h> <arrow/result.h> <arrow/type.h>)
foreach(suffix "" _test)
  set(tools third_party::fmt Threads::Threads)
  set(tool_headers)
  if(suffix)
    list(APPEND tools third_party::gtest)
    set(tool_headers <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  tusk_precompiled_header(tusk${suffix}_pch HEADERS ${TUSK_PCH_SYSTEM} ${tool_headers} DEPS ${tools})
  tusk_precompiled_header(tusk_net${suffix}_pch HEADERS ${TUSK_PCH_NET} ${tool_headers}
    DEPS ${tools} third_party::asio third_party::protobuf)
  tusk_precompiled_header(tusk_arrow${suffix}_pch HEADERS ${TUSK_PCH_ARROW} ${tool_headers}
    DEPS ${tools} third_party::arrow)
endforeach()
foreach(kind "" _net _arrow)
  target_compile_options(tusk${kind}_test_pch PRIVATE ${TUSK_TEST_OPTIMIZATION})
endforeach()

# Programs that load Arrow share its C++ library; all others carry their own (compiler.cmake).
define_property(TARGET PROPERTY TUSK_SHARED_RUNTIME BRIEF_DOCS "Loads libstdc++ at run time"
                FULL_DOCS "Loads libstdc++ at run time")

function(tusk_library name)
  cmake_parse_arguments(ARG "NET;ARROW" "" "SOURCES;HEADERS;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_compile_options(${name} PRIVATE ${TUSK_FUZZ_COVERAGE})
    if(ARG_NET)
      target_link_libraries(${name} PUBLIC third_party::asio third_party::protobuf)
      target_precompile_headers(${name} REUSE_FROM tusk_net_pch)
    elseif(ARG_ARROW)
      target_link_libraries(${name} PUBLIC third_party::arrow)
      target_precompile_headers(${name} REUSE_FROM tusk_arrow_pch)
    else()
      target_precompile_headers(${name} REUSE_FROM tusk_pch)
    endif()
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} ${scope} ${ARG_DEPS} third_party::fmt Threads::Threads)
  if(ARG_HEADERS)
    target_sources(${name} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${ARG_HEADERS})
  endif()
endfunction()

# tusk_executable(NAME SOURCES a.cc ... DEPS target ... [NET | ARROW] [TEST])
function(tusk_executable name)
  cmake_parse_arguments(ARG "NET;ARROW;TEST" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} third_party::fmt Threads::Threads)
  set(suffix)
  if(ARG_TEST)
    set(suffix _test)
    target_link_libraries(${name} PRIVATE third_party::gtest)
  endif()
  if(ARG_NET)
    target_link_libraries(${name} PRIVATE third_party::asio third_party::protobuf)
    target_precompile_headers(${name} REUSE_FROM tusk_net${suffix}_pch)
  elseif(ARG_ARROW)
    set_target_properties(${name} PROPERTIES TUSK_SHARED_RUNTIME TRUE)
    target_link_libraries(${name} PRIVATE third_party::arrow)
    target_precompile_headers(${name} REUSE_FROM tusk_arrow${suffix}_pch)
  else()
    target_precompile_headers(${name} REUSE_FROM tusk${suffix}_pch)
  endif()
endfunction()
