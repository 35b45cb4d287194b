# tusk_test(NAME SOURCES a_test.cc ... DEPS target ... [LABEL unit] [TIMEOUT 60] [NET | ARROW] [SERIAL])
#
# One executable for the tests of one folder; every TEST in it is a test of ctest with the label
# (unit, integration, interop, fault) and the time limit in seconds. Sanitizer presets run the
# same tests.
include(GoogleTest)

function(tusk_test name)
  cmake_parse_arguments(ARG "NET;ARROW;SERIAL" "LABEL;TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  set(kind)
  if(ARG_NET)
    set(kind NET)
  elseif(ARG_ARROW)
    set(kind ARROW)
  endif()
  tusk_executable(${name} SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS} tests_support_main ${kind} TEST)
  target_compile_options(${name} PRIVATE ${TUSK_TEST_OPTIMIZATION})
  set(properties TIMEOUT ${ARG_TIMEOUT} LABELS ${ARG_LABEL})
  if(ARG_SERIAL)
    list(APPEND properties RUN_SERIAL TRUE)
  endif()
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
endfunction()
