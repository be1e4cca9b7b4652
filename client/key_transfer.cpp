#include "client/key_transfer.hpp"

#include "stack/axdr/data_builder.hpp"
#include "stack/security/key_wrap.hpp"

namespace dlms::client {

Result<axdr::Data> wrapped_keys(const security::MasterKey& master, std::span<const NewKey> keys) {
    if (keys.empty()) {
        return fail(ErrorCode::out_of_range, Layer::client);
    }
    axdr::DataBuilder builder;
    builder.array(keys.size());
    for (const NewKey& key : keys) {
        if (key.octets.size() != 16 && key.octets.size() != 32) {
            return fail(ErrorCode::out_of_range, Layer::client);
        }
        const auto wrapped = security::aes_key_wrap(master.reveal(), key.octets);
        if (!wrapped) {
            return std::unexpected(wrapped.error());
        }
        builder.structure(2).enumerated(static_cast<std::uint8_t>(key.id)).octet_string(*wrapped);
    }
    return builder.finish();
}

}  // namespace dlms::client
