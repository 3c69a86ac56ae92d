# SPDX-License-Identifier: MIT
# Writes version.c to OUTPUT if its content changes. The commit is that of the git checkout or, in
# an archive made by git (git archive, a forge's tarball), the one that git wrote to COMMIT_FILE.
execute_process(COMMAND git -c safe.directory=${SOURCE} -C ${SOURCE} rev-parse --show-toplevel
                OUTPUT_VARIABLE TOP OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(REAL_PATH ${SOURCE} SOURCE)
set(COMMIT unknown)
# An archive may have been unpacked within the checkout of another project.
if(TOP STREQUAL SOURCE)
  execute_process(COMMAND git -c safe.directory=${SOURCE} -C ${SOURCE} describe --always --dirty
                          --abbrev=12 --exclude=*
                  OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
elseif(EXISTS ${COMMIT_FILE})
  file(STRINGS ${COMMIT_FILE} LINE LIMIT_COUNT 1)
  if(LINE MATCHES "^[0-9a-f]+$")
    string(SUBSTRING ${LINE} 0 12 COMMIT)
  endif()
endif()
if(NOT COMMIT)
  set(COMMIT unknown)
endif()
file(WRITE ${OUTPUT}.new
"/* SPDX-License-Identifier: MIT */
#include \"vmm/core/base/version.h\"

const char version_number[] = \"${VERSION}\";
const char version_commit[] = \"${COMMIT}\";
const char version_text[] = \"minivmm ${VERSION} (${COMMIT})\";
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUTPUT}.new ${OUTPUT})
