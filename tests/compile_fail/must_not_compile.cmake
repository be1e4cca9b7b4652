# cmake -DCOMPILER=... -DINCLUDE_DIRECTORY=... -DSOURCE=... -P must_not_compile.cmake
# Fails unless SOURCE compiles with DLMS_CONTROL and, without it, is refused at its marked line alone.
set(compile ${COMPILER} -std=c++23 -fsyntax-only -I ${INCLUDE_DIRECTORY})

execute_process(COMMAND ${compile} -DDLMS_CONTROL ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE said)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the control case does not compile:\n${said}")
endif()

execute_process(COMMAND ${compile} ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE said)
if(status EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, and must not")
endif()

# Brackets and semicolons would turn the lines of a CMake list into something else.
file(READ ${SOURCE} text)
string(REGEX REPLACE "[][;]" "" text "${text}")
string(REPLACE "\n" ";" lines "${text}")
set(number 0)
set(marked 0)
foreach(line IN LISTS lines)
  math(EXPR number "${number} + 1")
  if(line MATCHES "must not compile")
    set(marked ${number})
  endif()
endforeach()
get_filename_component(file_name ${SOURCE} NAME)
if(NOT said MATCHES "${file_name}:${marked}:[0-9]+: +(error|in )")
  message(FATAL_ERROR "refused, but not at line ${marked}:\n${said}")
endif()
