# Every target of ours is compiled with weir_options: include root, warnings as errors, sanitizer.
add_library(weir_options INTERFACE)
target_include_directories(weir_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
target_compile_options(weir_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Woverloaded-virtual
  -Wswitch-enum -Werror -fno-omit-frame-pointer)
if(WEIR_SANITIZE)
  target_compile_options(weir_options INTERFACE -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(weir_options INTERFACE -fsanitize=${WEIR_SANITIZE})
  # GCC 12 sees uninitialized members in libstdc++'s own headers once they are instrumented, and warns that
  # ThreadSanitizer does not see fences: ours order atomics only, which it never reports.
  target_compile_options(weir_options INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()
if(WEIR_SEEDED_BUGS)
  target_compile_definitions(weir_options INTERFACE WEIR_SEEDED_BUGS)
endif()
find_program(WEIR_LLD ld.lld)
if(WEIR_LLD)
  target_link_options(weir_options INTERFACE -fuse-ld=lld)
endif()

# weir_library(NAME SOURCES a.cc b.cc LINK other ...): a static library of one folder with its declared links.
function(weir_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC weir_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()

# weir_test(NAME SOURCES ... LINK ...): one Catch2 executable, registered with CTest under its name.
# LABELS names what it needs: unit (nothing), pg (PostgreSQL).
function(weir_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE weir_options catch_main ${ARG_LINK})
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
