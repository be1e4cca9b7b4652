#include "store/drawn_title.hpp"

#include <algorithm>
#include <array>

namespace dlms::store {
namespace {

constexpr std::array<Byte, 3> letters{'D', 'L', 'M'};

}  // namespace

Result<security::SystemTitle> draw_title(Random& random) {
    std::array<Byte, security::SystemTitle::size> octets{};
    std::ranges::copy(letters, octets.begin());
    if (!random.fill(std::span(octets).subspan(letters.size()))) {
        return fail(ErrorCode::defect, Layer::store);
    }
    return security::SystemTitle(octets);
}

bool is_drawn_title(const security::SystemTitle& title) {
    return std::ranges::equal(title.octets().first(letters.size()), letters);
}

}  // namespace dlms::store
