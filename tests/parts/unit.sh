# The product as people build it, by gcc with warnings as errors; its unit tests; and a build without
# io_uring, which must not rot.
. "$(dirname "$0")/lib.sh"
need_cmocka
build gcc gcc -Dwerror=true
unit_tests gcc
build no-io-uring gcc -Dwerror=true -Dio_uring=disabled -Dtests=false
