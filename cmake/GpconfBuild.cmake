# How everything here is compiled: the warnings, the sanitizers, and the three
# shapes a target can have (a floor, a program, a test).

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(GPCONF_WERROR "Make every warning an error (developers and CI)" OFF)
option(GPCONF_FUZZ "Build the fuzz targets with libFuzzer (needs clang)" OFF)
set(GPCONF_SANITIZE "" CACHE STRING "Sanitizers, such as address,undefined")

add_compile_definitions(_GNU_SOURCE GPCONF_VERSION="${PROJECT_VERSION}")
include_directories(${CMAKE_SOURCE_DIR})
add_compile_options(
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wcast-qual
    -Wpointer-arith -Wformat=2 -Wundef -Wvla -Wswitch-enum -Wnull-dereference
    -Werror=implicit-function-declaration -fno-common)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wduplicated-cond -Wlogical-op -Wjump-misses-init)
endif()
if(GPCONF_WERROR)
    add_compile_options(-Werror)
endif()
if(GPCONF_SANITIZE)
    add_compile_options(-fsanitize=${GPCONF_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${GPCONF_SANITIZE})
endif()
if(GPCONF_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# gpconf_floor(NAME [FLOORS ...] [LIBRARIES ...]): a static library of every
# source below the folder NAME.
function(gpconf_floor name)
    cmake_parse_arguments(ARG "" "" "FLOORS;LIBRARIES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.c)
    if(NOT sources)
        add_library(gpconf_${name} INTERFACE)
        set(scope INTERFACE)
    else()
        add_library(gpconf_${name} STATIC ${sources})
        set(scope PUBLIC)
    endif()
    list(TRANSFORM ARG_FLOORS PREPEND gpconf_)
    target_link_libraries(gpconf_${name} ${scope} ${ARG_FLOORS} ${ARG_LIBRARIES})
endfunction()

# gpconf_library(NAME): the shared library that other people's programs use, with its public
# header. The engine's objects and what they need of the lower floors; only what gpconf.h
# marks GPCONF_API can be seen from outside.
function(gpconf_library name)
    add_library(${name} SHARED $<TARGET_OBJECTS:gpconf_engine>)
    target_link_libraries(${name} PRIVATE
        $<TARGET_PROPERTY:gpconf_engine,INTERFACE_LINK_LIBRARIES>)
    set_target_properties(${name} PROPERTIES OUTPUT_NAME gpconf LINKER_LANGUAGE C
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
    configure_file(${CMAKE_SOURCE_DIR}/cmake/gpconf.pc.in gpconf.pc @ONLY)
    install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(FILES ${CMAKE_SOURCE_DIR}/engine/gpconf.h
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(FILES ${CMAKE_SOURCE_DIR}/base/status.h
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/gpconf)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/gpconf.pc
            DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

# gpconf_program(NAME FOLDER): a program from every source in FOLDER.
function(gpconf_program name folder)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.c)
    if(sources)
        add_executable(${name} ${sources})
        target_link_libraries(${name} PRIVATE gpconf_engine)
        install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    endif()
endfunction()

# gpconf_unit_test(SOURCE): one cmocka executable with what unit tests share
# (support.c, bench.c), one ctest entry.
function(gpconf_unit_test source)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source} ${CMAKE_SOURCE_DIR}/tests/unit/support.c
        ${CMAKE_SOURCE_DIR}/tests/unit/bench.c)
    target_link_libraries(${name} PRIVATE gpconf_engine PkgConfig::CMOCKA)
    target_compile_definitions(${name} PRIVATE
        GPCONF_SOURCE_DIR="${CMAKE_SOURCE_DIR}" GPCONF_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endfunction()

# gpconf_fuzz_target(SOURCE): one program in the build folder's fuzz/, and one ctest entry
# that runs it over its corpus. The target "fuzzers" builds them all.
function(gpconf_fuzz_target source)
    get_filename_component(name ${source} NAME_WE)
    string(REGEX REPLACE "^fuzz_" "" corpus ${name})
    set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${corpus})
    if(GPCONF_FUZZ)
        add_executable(${name} ${source})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        add_test(NAME ${name} COMMAND ${name} -runs=0 ${corpus})
    else()
        add_executable(${name} ${source} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.c)
        add_test(NAME ${name} COMMAND ${name} ${corpus})
    endif()
    # libFuzzer's own entry point is not declared in any header.
    target_compile_options(${name} PRIVATE -Wno-missing-prototypes)
    target_link_libraries(${name} PRIVATE gpconf_engine)
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
    add_dependencies(fuzzers ${name})
endfunction()
