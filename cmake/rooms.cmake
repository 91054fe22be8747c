# The words of the house: room(), program(), books_edition(), catalogues().
# A room is a folder under src/, one library.
include(CTest)

# Small functions of one room are inlined into another: a quote takes a third less time. Only where it is
# measured and
# shipped; tests of the rooms link without it.
option(ALLROADS_LTO "optimise across rooms in release builds" ON)
if(ALLROADS_LTO AND CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-flto=auto -ffat-lto-objects)
  # At link time the false alarms of g++ 12 about std::string come back.
  add_link_options(-Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)
endif()
option(ALLROADS_BENCH "build bench/ where Google Benchmark is installed" OFF)
option(ALLROADS_FUZZ "build fuzz/ (clang only)" OFF)
set(ALLROADS_SANITIZE "" CACHE STRING "sanitizers for everything: address,undefined or thread")

# ---- what the machine offers ---------------------------------------------------------------------

find_package(PkgConfig REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(Boost 1.81 REQUIRED COMPONENTS json locale)
find_package(LibArchive REQUIRED)
find_package(LibXml2 REQUIRED)
find_package(fmt REQUIRED)
find_library(STEMMER stemmer REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(TOML REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml)
find_package(SQLite3 3.37 REQUIRED)  # STRICT tables
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlienc libbrotlidec)
pkg_check_modules(VIPS REQUIRED IMPORTED_TARGET vips)
pkg_check_modules(CTEMPLATE REQUIRED IMPORTED_TARGET libctemplate)
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)

# What a word after USES links.
set(USES_icu ICU::uc ICU::i18n)
set(USES_archive LibArchive::LibArchive)
set(USES_json Boost::json)
set(USES_sodium PkgConfig::SODIUM)
set(USES_toml PkgConfig::TOML)
set(USES_xml LibXml2::LibXml2)
set(USES_pugixml PkgConfig::PUGIXML)
set(USES_xxhash PkgConfig::XXHASH)
set(USES_stemmer ${STEMMER})
set(USES_sqlite SQLite::SQLite3 Threads::Threads)
set(USES_libpq PkgConfig::LIBPQ)
set(USES_fmt fmt::fmt)
set(USES_beast Boost::headers Threads::Threads)
set(USES_openssl OpenSSL::SSL OpenSSL::Crypto)
set(USES_zlib ZLIB::ZLIB)
set(USES_brotli PkgConfig::BROTLI)
set(USES_prometheus PkgConfig::PROMETHEUS)
set(USES_vips PkgConfig::VIPS)
set(USES_ctemplate PkgConfig::CTEMPLATE)
set(USES_xlsxwriter PkgConfig::XLSXWRITER)
set(USES_boost_locale Boost::locale)
set(USES_cli11 "")  # headers on the ordinary path

# Modules (LAZY below) lie beside the program, or beside the folder of tests, benchmarks and fuzzers.
set(CMAKE_BUILD_RPATH "$ORIGIN" "$ORIGIN/..")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without these ccache would miss every file that is compiled with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# ---- how everything is compiled ------------------------------------------------------------------

add_library(house INTERFACE)
target_include_directories(house INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(house INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # clang counts the statement expression of TRY as an extension although it is marked as one.
  # libstdc++ 12 calls its own get_temporary_buffer, which C++20 took away.
  target_compile_options(house INTERFACE
    -Wno-gnu-statement-expression-from-macro-expansion -Wno-deprecated-declarations)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns of overlapping copies inside its own std::string where there are none (GCC bug 105651).
  target_compile_options(house INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()
# What Debian hardens its own packages with (dpkg-buildflags, hardening=+all): an overrun ends the program
# instead of running what somebody wrote. Debian's g++ makes programs that may lie anywhere (PIE) by itself.
# tests/hardening_test.py looks whether all of it is in what was built.
option(ALLROADS_HARDENED "protections of compiler and linker in release builds" ON)
if(ALLROADS_HARDENED AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT ALLROADS_SANITIZE)
  target_compile_options(house INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()
if(ALLROADS_SANITIZE)
  target_compile_options(house INTERFACE
    -fsanitize=${ALLROADS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # With g++ the sanitizer's library calls dlopen for the program: its own RUNPATH counts, the program's does
  # not, and no module would be found. The older tag of the program counts for all.
  target_link_options(house INTERFACE -fsanitize=${ALLROADS_SANITIZE} -Wl,--disable-new-dtags)
endif()
if(ALLROADS_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "ALLROADS_FUZZ needs clang: cmake --preset fuzz")
  endif()
  target_compile_options(house INTERFACE -fsanitize=fuzzer-no-link)
endif()

# ---- tests ---------------------------------------------------------------------------------------

find_path(DOCTEST_INCLUDE doctest/doctest.h)
find_library(RAPIDCHECK rapidcheck)
set(ALLROADS_TESTS OFF)
if(BUILD_TESTING)
  if(DOCTEST_INCLUDE AND RAPIDCHECK)
    set(ALLROADS_TESTS ON)
  else()
    message(WARNING "doctest or rapidcheck is missing: unit tests are left out; scripts/setup installs them")
  endif()
endif()
if(ALLROADS_TESTS)
  # rapidcheck and doctest take longer to read than most tests to compile: read once, for all test programs.
  add_library(test_main STATIC
    ${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp ${CMAKE_SOURCE_DIR}/tests/heavy_headers.cpp)
  target_link_libraries(test_main PUBLIC house ${RAPIDCHECK})
  # Tests are read by people and run once: compiled quickly, and without the false alarms of g++ 12 at -O3.
  # -pthread as some libraries of rooms ask for it: the precompiled header must be made alike.
  target_compile_options(test_main PUBLIC -O1 -fno-lto -pthread -Wno-array-bounds -Wno-stringop-overread)
  # Objects carry both forms, so test programs link without the long optimisation of the whole program.
  target_link_options(test_main PUBLIC -fno-lto)
  target_precompile_headers(test_main PRIVATE
    <doctest/doctest.h> <rapidcheck.h> <expected> <memory> <optional> <span> <string> <string_view> <vector>)
  set_source_files_properties(
    ${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endif()

# What every test finds in its environment. Official files may lie beside the clone, in shared/data; tests
# that compare with them say that they skip where they are absent.
set(ALLROADS_TEST_ENVIRONMENT ALLROADS_SOURCE=${CMAKE_SOURCE_DIR} ALLROADS_BUILD=${CMAKE_BINARY_DIR})
cmake_path(SET beside NORMALIZE ${CMAKE_SOURCE_DIR}/../shared/data)
if(EXISTS ${beside})
  list(APPEND ALLROADS_TEST_ENVIRONMENT ALLROADS_SHARED_DATA=${beside})
endif()

# ---- the words -----------------------------------------------------------------------------------

# room(name NEEDS rooms… USES libraries… [LAZY library]): the folder src/<name>; its main.cpp belongs to
# program(), its *_test.cpp become the test <name>. Headers alone make a room too. What stands on the LAZY
# library is the folder src/<name>/<library>: a module beside the program, loaded when it is first needed.
function(room name)
  cmake_parse_arguments(ROOM "" "LAZY" "NEEDS;USES" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${folder}/*.h)
  if(NOT sources AND NOT headers)
    message(WARNING "room ${name}: src/${name} has neither a header nor a source")
  endif()
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(REMOVE_ITEM sources ${folder}/main.cpp)
  if(ROOM_LAZY)
    list(FILTER sources EXCLUDE REGEX "/src/${name}/${ROOM_LAZY}/")
    lazy_module(${name} ${ROOM_LAZY})
    set(lazy allroads_${name}_${ROOM_LAZY})
  endif()
  set(uses)
  foreach(use ${ROOM_USES})
    if(NOT DEFINED USES_${use})
      message(FATAL_ERROR "room ${name}: cmake/rooms.cmake does not know the library ${use}")
    endif()
    list(APPEND uses ${USES_${use}})
  endforeach()
  list(TRANSFORM ROOM_NEEDS PREPEND allroads_ OUTPUT_VARIABLE needs)
  if(sources)
    add_library(allroads_${name} STATIC ${sources})
    target_link_libraries(allroads_${name} PUBLIC house ${needs} PRIVATE ${uses})
    if(ROOM_LAZY)
      add_dependencies(allroads_${name} ${lazy})
    endif()
  else()
    add_library(allroads_${name} INTERFACE)
    target_link_libraries(allroads_${name} INTERFACE house ${needs} ${uses})
  endif()
  set_property(TARGET allroads_${name} PROPERTY ROOM_USES "${uses}")  # for its main.cpp and its tests
  if(tests AND ALLROADS_TESTS)
    add_executable(test_${name} ${tests})
    target_link_libraries(test_${name} PRIVATE allroads_${name} test_main ${uses})
    target_precompile_headers(test_${name} REUSE_FROM test_main)
    add_test(NAME ${name} COMMAND test_${name})
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "${ALLROADS_TEST_ENVIRONMENT}")
  endif()
endfunction()

# The rooms' static libraries are not compiled to lie anywhere in memory, so the module has what it needs of
# base compiled anew.
function(lazy_module room library)
  file(GLOB sources CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/src/${room}/${library}/*.cpp ${CMAKE_SOURCE_DIR}/src/base/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  set(module allroads_${room}_${library})
  add_library(${module} MODULE ${sources})
  target_link_libraries(${module} PRIVATE house ${USES_${library}} ${USES_icu})
  target_compile_options(${module} PRIVATE -fno-lto)
  target_link_options(${module} PRIVATE -fno-lto)
  if(NOT ALLROADS_SANITIZE)  # clang leaves the sanitizer's functions to the program that loads the module
    target_link_options(${module} PRIVATE -Wl,--no-undefined)
  endif()
  set_target_properties(${module} PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# program(name ROOM room): src/<room>/main.cpp as an executable.
function(program name)
  cmake_parse_arguments(PROGRAM "" "ROOM" "" ${ARGN})
  set(main ${CMAKE_SOURCE_DIR}/src/${PROGRAM_ROOM}/main.cpp)
  file(GLOB found CONFIGURE_DEPENDS ${main})
  if(NOT found)
    message(WARNING "program ${name}: src/${PROGRAM_ROOM}/main.cpp is not there; it is left out")
    return()
  endif()
  get_target_property(uses allroads_${PROGRAM_ROOM} ROOM_USES)
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE allroads_${PROGRAM_ROOM} ${uses})
endfunction()

# books_edition(name PACKS folder): the packs that ship, compiled into <build>/<name>.books beside the
# program, so that it answers without any download.
function(books_edition name)
  cmake_parse_arguments(EDITION "" "PACKS" "" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/${EDITION_PACKS})
  set(edition ${CMAKE_BINARY_DIR}/${name}.books)
  file(GLOB_RECURSE packs CONFIGURE_DEPENDS ${folder}/*.toml ${folder}/*.csv)
  if(NOT TARGET allroads OR NOT packs)
    return()
  endif()
  add_custom_command(OUTPUT ${edition}
    BYPRODUCTS ${CMAKE_BINARY_DIR}/${name}.words
    COMMAND allroads books build --only-packs --packs ${folder} --output ${edition} --quiet
    DEPENDS allroads ${packs}
    COMMENT "Building the ${name} books"
    VERBATIM)
  add_custom_target(${name}_books ALL DEPENDS ${edition})
endfunction()

# catalogues(folder): the translations folder/<tag>.po, compiled to
# <build>/locale/<tag>/LC_MESSAGES/allroads.mo. English needs none: the texts of the sources are English.
function(catalogues folder)
  find_program(MSGFMT msgfmt REQUIRED)
  file(GLOB translations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.po)
  set(compiled)
  foreach(translation ${translations})
    cmake_path(GET translation STEM tag)
    set(place ${CMAKE_BINARY_DIR}/locale/${tag}/LC_MESSAGES)
    add_custom_command(OUTPUT ${place}/allroads.mo
      COMMAND ${CMAKE_COMMAND} -E make_directory ${place}
      COMMAND ${MSGFMT} --check-format --check-domain --endianness=little
        --output-file=${place}/allroads.mo ${translation}
      DEPENDS ${translation}
      COMMENT "Compiling the translations of ${tag}"
      VERBATIM)
    list(APPEND compiled ${place}/allroads.mo)
  endforeach()
  add_custom_target(catalogues ALL DEPENDS ${compiled})
  if(TARGET test_locale)
    add_dependencies(test_locale catalogues)
  endif()
endfunction()
