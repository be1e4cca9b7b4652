#include "simulator/open_files.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace dlms::simulator {

std::size_t raise_open_files(std::size_t wanted) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 0;
    }
    if (limit.rlim_cur >= wanted) {
        return limit.rlim_cur;
    }
    // The privileged may raise the hard limit too.
    const rlimit all{wanted, std::max<rlim_t>(limit.rlim_max, wanted)};
    if (setrlimit(RLIMIT_NOFILE, &all) == 0) {
        return wanted;
    }
    const rlimit most{std::min<rlim_t>(limit.rlim_max, wanted), limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &most) == 0 ? most.rlim_cur : limit.rlim_cur;
}

}  // namespace dlms::simulator
