#include "transport/core_dumps.hpp"

#ifdef __linux__
#include <sys/prctl.h>
#endif
#ifdef __unix__
#include <sys/resource.h>
#endif

namespace dlms::transport {

void forbid_core_dumps() {
#ifdef __unix__
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
#endif
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace dlms::transport
