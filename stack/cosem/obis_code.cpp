#include "stack/cosem/obis_code.hpp"

namespace dlms::cosem {

std::string ObisCode::text() const {
    std::string text = std::to_string(a());
    text += '-' + std::to_string(b()) + ':' + std::to_string(c()) + '.' + std::to_string(d());
    text += '.' + std::to_string(e()) + '.' + std::to_string(f());
    return text;
}

std::string ObisCode::dotted() const {
    std::string text = std::to_string(a());
    for (std::size_t i = 1; i < groups_.size(); ++i) {
        text += '.' + std::to_string(groups_[i]);
    }
    return text;
}

}  // namespace dlms::cosem
