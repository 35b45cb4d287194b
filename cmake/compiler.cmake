# Compiler flags, linker and compiler cache, the same for every target of the project.

# Release keeps line tables, so that a crash report of a user names lines.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
# The sources of tests are compiled a third sooner so; what they test is optimized.
set(TUSK_TEST_OPTIMIZATION -O0)

add_compile_options(-Wall -Wextra -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wthread-safety -Werror=thread-safety -Wno-unused-command-line-argument)
else()
  # False alarms of g++ 12 on inlined std::string and coroutine frames.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-dangling-pointer
                      -Wno-stringop-overflow -Wno-array-bounds -Wno-mismatched-new-delete)
  # A collection of garbage walks through the whole precompiled header: a fifth of the time of a source
  # that uses Arrow's. A source needs half a GB without.
  add_compile_options("SHELL:--param ggc-min-heapsize=4000000")
endif()
# x86-64-v2 has SSE4.2 (every server since 2009); faster paths are chosen when the program runs.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-march=x86-64-v2)
endif()

if(TUSK_SANITIZE)
  add_compile_options(-fsanitize=${TUSK_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TUSK_SANITIZE})
  # The check of virtual pointers opens a pipe to probe memory: when a test has used up the file
  # descriptors, it takes every object for a wrong one.
  if(TUSK_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=vptr)
  endif()
endif()
# What libFuzzer steers by, for libraries alone (tusk_library): tests need not report where they were.
# It is -fsanitize=fuzzer-no-link in parts, for that name would ask for a precompiled header of its own.
if(TUSK_FUZZ)
  set(TUSK_FUZZ_COVERAGE -fsanitize-coverage=inline-8bit-counters,indirect-calls,trace-cmp,pc-table)
endif()

# Only libc and what has no static library is loaded at run time: programs start in a few ms.
if(NOT TUSK_SANITIZE)
  set(own_runtime $<NOT:$<BOOL:$<TARGET_PROPERTY:TUSK_SHARED_RUNTIME>>>)
  add_link_options($<${own_runtime}:-static-libstdc++> $<${own_runtime}:-static-libgcc>)
endif()

find_program(TUSK_MOLD mold)
find_program(TUSK_LLD ld.lld-19)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND TUSK_LLD)
  add_link_options(-fuse-ld=lld)
elseif(TUSK_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# A fresh clone at another path compiles from the cache, whatever the locale: paths below the source
# root are hashed as relative ones, and precompiled headers name system headers only. Not in ccache's
# depend mode, which saves the preprocessor's run but knows every file by the path in its own clone.
find_program(TUSK_CCACHE ccache)
if(TUSK_CCACHE)
  set(TUSK_CCACHE_COMMAND ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime,locale
      ${TUSK_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${TUSK_CCACHE_COMMAND})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TUSK_CCACHE_COMMAND})
endif()
# CMake names the header as well, by a path that the cache does not know as one.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -Xclang -include-pch -Xclang <PCH_FILE>)
endif()
# Paths in debug information and assertions are relative as well.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
