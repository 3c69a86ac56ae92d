# SPDX-License-Identifier: MIT
# Writes HEADER with the SHA-256 of OBJECT.
file(SHA256 ${OBJECT} SUM)
file(WRITE ${HEADER} "#define KERNELS_SHA256 \"${SUM}\"\n")
