# SPDX-License-Identifier: MIT
# Writes version.c to OUTPUT, and only if that changes it.
# Through sudo the checkout is another user's, which git has to be told to be all right.
execute_process(COMMAND git -c safe.directory=${SOURCE} -C ${SOURCE} describe --always --dirty
                        --abbrev=12 --exclude=*
                OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT COMMIT)
  set(COMMIT unknown)
endif()
file(WRITE ${OUTPUT}.new
"/* SPDX-License-Identifier: MIT */
#include \"vmm/base/version.h\"

const char version_number[] = \"${VERSION}\";
const char version_commit[] = \"${COMMIT}\";
const char version_text[] = \"minivmm ${VERSION} (${COMMIT})\";
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUTPUT}.new ${OUTPUT})
