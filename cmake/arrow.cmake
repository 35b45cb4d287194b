# Apache Arrow as `third_party::arrow`: the system's where there is a package of the wanted version,
# else what sbin/install-arrow.sh has put into the user's cache. Only dataframe/ and what stands on it
# may link it.
set(TUSK_ARROW_VERSION 26)
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/sbin/install-arrow.sh --where
                OUTPUT_VARIABLE TUSK_ARROW_CACHE OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

add_library(third_party_arrow INTERFACE)
add_library(third_party::arrow ALIAS third_party_arrow)
find_package(Arrow ${TUSK_ARROW_VERSION} CONFIG QUIET)
find_package(Parquet ${TUSK_ARROW_VERSION} CONFIG QUIET)
if(Arrow_FOUND AND Parquet_FOUND)
  target_link_libraries(third_party_arrow INTERFACE Parquet::parquet_shared Arrow::arrow_shared)
elseif(EXISTS ${TUSK_ARROW_CACHE}/.complete)
  target_include_directories(third_party_arrow SYSTEM INTERFACE ${TUSK_ARROW_CACHE}/include)
  foreach(library parquet arrow_compute arrow)
    target_link_libraries(third_party_arrow INTERFACE
      ${TUSK_ARROW_CACHE}/lib/lib${library}.so.${TUSK_ARROW_VERSION}00)
  endforeach()
else()
  message(FATAL_ERROR "Arrow ${TUSK_ARROW_VERSION} is missing: run sbin/install-arrow.sh")
endif()

third_party(pg_query HEADER pg_query.h STATIC pg_query LINK Threads::Threads)
