# The libraries, each behind one door (see ARCHITECTURE.md). All come from the
# distribution.

find_package(PkgConfig REQUIRED)
find_package(LibXml2 REQUIRED)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
if(BUILD_TESTING)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()

# iniparser 4.1 ships neither a pkg-config nor a CMake file.
find_path(INIPARSER_INCLUDE_DIR iniparser.h PATH_SUFFIXES iniparser REQUIRED)
find_library(INIPARSER_LIBRARY iniparser REQUIRED)
add_library(iniparser::iniparser UNKNOWN IMPORTED)
set_target_properties(iniparser::iniparser PROPERTIES
    IMPORTED_LOCATION ${INIPARSER_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${INIPARSER_INCLUDE_DIR})
