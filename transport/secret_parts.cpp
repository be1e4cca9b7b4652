#include "transport/secret_parts.hpp"

#include <algorithm>

#include "stack/acse/aarq.hpp"
#include "stack/axdr/length.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/ciphered_apdu.hpp"
#include "stack/xdlms/gateway.hpp"
#include "stack/xdlms/general_block_transfer.hpp"
#include "stack/xdlms/get.hpp"

namespace dlms::transport {
namespace {

using Hidden = SecretParts::Hidden;
using xdlms::ApduTag;

constexpr std::uint16_t association_class = 15;
constexpr std::uint8_t secret_attribute = 7;
/// reply_to_HLS_authentication, from which a weak secret could be found, and change_HLS_secret.
constexpr std::uint8_t last_secret_method = 2;

/// Tag, choice, invoke-id and priority; behind them stands the descriptor, where there is one.
constexpr std::size_t head_size = 3;
/// Class, instance and attribute or method.
constexpr std::size_t descriptor_size = 9;

constexpr std::size_t most_conversations = 64;
/// One inside the other: signed and ciphered, and once more.
constexpr std::size_t most_envelopes = 3;

Hidden all_behind(std::size_t first, ByteView apdu) {
    const std::size_t begin = std::min(first, apdu.size());
    return {begin, apdu.size() - begin, true};
}

/// Where `part`, a view into `apdu`, begins.
std::size_t offset_in(ByteView apdu, ByteView part) {
    return static_cast<std::size_t>(part.data() - apdu.data());
}

Hidden judge_aarq(ByteView apdu, bool is_whole) {
    const auto aarq = acse::decode_aarq(apdu, {.keep_unknown_names = true});
    if (!is_whole || !aarq) {
        return all_behind(1, apdu);  // it may be anywhere
    }
    std::size_t begin = apdu.size();
    std::size_t end = 0;
    const auto hide = [&](ByteView part) {
        begin = std::min(begin, offset_in(apdu, part));
        end = std::max(end, offset_in(apdu, part) + part.size());
    };
    if (aarq->calling_authentication_value) {
        hide(aarq->calling_authentication_value->octets);
    }
    // An InitiateRequest in the clear, with a dedicated key first.
    const auto& user = aarq->user_information;
    if (user && user->size() > 2 && (*user)[0] == 0x01 && (*user)[1] == 0x01) {
        hide(user->subspan(2));
    }
    return begin < end ? Hidden{begin, end - begin, false} : Hidden{};
}

/// A SET or an ACTION with its descriptor in sight, and the first and last of the association's
/// attributes or methods that are secret.
Hidden judge_change(ByteView apdu, std::uint8_t first, std::uint8_t last) {
    constexpr std::uint8_t normal = 1;
    if (apdu.size() <= 1 || apdu[1] != normal) {
        return all_behind(head_size, apdu);
    }
    if (apdu.size() < head_size + descriptor_size) {
        return all_behind(1, apdu);
    }
    const std::uint8_t member = apdu[head_size + descriptor_size - 1];
    const bool is_secret = big_endian<2>(apdu.subspan(head_size)) == association_class &&
                           member >= first && member <= last;
    // The octet behind the descriptor says whether a selection or parameters follow.
    return is_secret ? all_behind(head_size + descriptor_size + 1, apdu) : Hidden{};
}

bool is_secret(const cosem::AttributeDescriptor& attribute) {
    return attribute.class_id == association_class && attribute.attribute_id == secret_attribute;
}

bool asks_for_secret(const xdlms::GetRequest& get) {
    if (const auto* normal = std::get_if<xdlms::GetRequestNormal>(&get)) {
        return is_secret(normal->attribute);
    }
    bool secret = false;
    if (const auto* list = std::get_if<xdlms::GetRequestWithList>(&get)) {
        for (const auto& item : list->attributes) {
            secret = secret || is_secret(item.attribute);
        }
    }
    return secret;
}

/// Whether the descriptor of an association's secret may stand somewhere in these octets: class 15,
/// 0-0:40.0.e.255, attribute 7 or method 2.
bool may_name_secret(ByteView octets) {
    constexpr std::array<Byte, 6> begin{0, association_class, 0, 0, 40, 0};
    const auto found = std::search(octets.begin(), octets.end(), begin.begin(), begin.end());
    return found != octets.end();
}

/// Whether a request with short names may name a member of the current association: their base name
/// is 0xFA00 (Green Book, reserved base names), behind the tag of a variable name (2) or a
/// parameterised access (4).
bool may_name_association(ByteView octets) {
    return std::ranges::adjacent_find(octets, [](Byte tag, Byte name) {
               return (tag == 0x02 || tag == 0x04) && name == 0xFA;
           }) != octets.end();
}

/// Whether a Read may invoke a method of the current association, with a secret for a parameter.
bool may_invoke_association(ByteView octets) {
    return std::ranges::adjacent_find(octets, [](Byte tag, Byte name) {
               return tag == 0x04 && name == 0xFA;
           }) != octets.end();
}

/// What an envelope holds that is not enciphered; empty for what is.
ByteView clear_content(const xdlms::CipheredApdu& envelope) {
    if (const auto* sealed = std::get_if<xdlms::GeneralSigning>(&envelope)) {
        return sealed->content;
    }
    return std::visit(
        [](const auto& form) {
            if constexpr (requires { form.content.security_control; }) {
                return form.content.security_control.is_encrypted() ? ByteView()
                                                                    : form.content.ciphertext;
            } else {
                return ByteView();
            }
        },
        envelope);
}

/// Whether the beginning of an envelope shows that its content is enciphered.
bool begins_enciphered(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    const auto tag = static_cast<ApduTag>(reader.u8());
    if (tag == ApduTag::general_ciphering || tag == ApduTag::general_signing) {
        return false;  // much stands before it
    }
    if (tag == ApduTag::general_glo_ciphering || tag == ApduTag::general_ded_ciphering) {
        axdr::read_octet_string(reader);
    }
    axdr::read_length(reader);
    const xdlms::SecurityControl control(reader.u8());
    return reader.ok() && control.is_encrypted();
}

/// Whether a request that was cut may ask for the secret: what is not seen yet may.
bool may_ask_for_secret(ByteView apdu, bool is_whole) {
    return !is_whole || may_name_secret(apdu);
}

}  // namespace

Hidden SecretParts::judge(ByteView conversation, Direction direction, ByteView apdu,
                          bool is_whole) {
    ByteView inner = apdu;
    ByteBuffer key = to_buffer(conversation);
    const auto is_gateway = [](ByteView octets) {
        return !octets.empty() && (octets[0] == static_cast<Byte>(ApduTag::gateway_request) ||
                                   octets[0] == static_cast<Byte>(ApduTag::gateway_response));
    };
    while (is_gateway(inner)) {
        const auto gateway = xdlms::decode_gateway_apdu(inner);
        if (!gateway) {
            return all_behind(1, apdu);
        }
        const std::size_t header = offset_in(inner, gateway->apdu);
        key.insert(key.end(), inner.begin() + 1,
                   inner.begin() + static_cast<std::ptrdiff_t>(header));
        inner = gateway->apdu;
    }
    if (inner.empty()) {
        return {};
    }
    const auto known = conversations_.find(key);
    if (known == conversations_.end() && conversations_.size() == most_conversations) {
        return all_behind(1, apdu);  // nobody remembers what was asked
    }
    Asked& asked = conversations_[std::move(key)];
    Hidden hidden = judge_any(asked, direction, inner, is_whole);
    if (hidden.count > 0) {
        hidden.first += apdu.size() - inner.size();
    }
    return hidden;
}

Hidden SecretParts::judge_any(Asked& asked, Direction direction, ByteView apdu, bool is_whole) {
    const auto tag = static_cast<ApduTag>(apdu[0]);
    if (tag == ApduTag::general_block_transfer) {
        return judge_block(asked, direction, apdu, is_whole);
    }
    return xdlms::is_ciphered_apdu(tag) ? judge_envelope(asked, direction, apdu, is_whole)
                                        : judge_apdu(asked, apdu, is_whole);
}

/// An envelope hides what its content would, where that is not enciphered.
Hidden SecretParts::judge_envelope(Asked& asked, Direction direction, ByteView apdu,
                                   bool is_whole) {
    if (!is_whole) {
        return begins_enciphered(apdu) ? Hidden{} : all_behind(1, apdu);
    }
    ByteView content = apdu;
    for (std::size_t layer = 0; xdlms::is_ciphered_apdu(static_cast<ApduTag>(content[0]));
         ++layer) {
        const auto envelope = xdlms::decode_ciphered_apdu(content);
        if (!envelope || layer == most_envelopes) {
            return all_behind(1, apdu);
        }
        content = clear_content(*envelope);
        if (content.empty()) {
            return {};
        }
    }
    Hidden hidden = judge_any(asked, direction, content, true);
    if (hidden.count > 0) {
        hidden.first += offset_in(apdu, content);
    }
    return hidden;
}

Hidden SecretParts::judge_block(Asked& asked, Direction direction, ByteView apdu, bool is_whole) {
    constexpr std::size_t before_length = 6;
    bool& hides = asked.hides_blocks[static_cast<std::size_t>(direction)];
    if (apdu.size() <= before_length) {
        return all_behind(1, apdu);
    }
    const std::uint64_t number = big_endian<2>(apdu.subspan(2));
    if (number > 1) {
        return hides ? all_behind(before_length, apdu) : Hidden{};
    }
    // The length takes one octet, or says how many follow.
    const std::size_t length_octets =
        apdu[before_length] < 0x80 ? 1 : 1 + (apdu[before_length] & 7);
    const std::size_t data = before_length + length_octets;
    if (apdu.size() <= data) {
        return {};  // an acknowledgement alone
    }
    const bool is_last = (apdu[1] & 0x80) != 0;
    const ByteView content = apdu.subspan(data);
    const bool is_all = is_whole && is_last;
    Hidden hidden = xdlms::is_ciphered_apdu(static_cast<ApduTag>(content[0]))
                        ? judge_envelope(asked, direction, content, is_all)
                        : judge_apdu(asked, content, is_all);
    hides = hidden.count > 0 || hidden.rest;
    if (hidden.count > 0) {
        hidden.first += data;
    }
    return hidden;
}

Hidden SecretParts::judge_apdu(Asked& asked, ByteView apdu, bool is_whole) {
    switch (static_cast<ApduTag>(apdu[0])) {
        case ApduTag::aarq: return judge_aarq(apdu, is_whole);
        case ApduTag::set_request: return judge_change(apdu, secret_attribute, secret_attribute);
        case ApduTag::action_request: {
            constexpr std::uint8_t next_block = 2;
            return apdu.size() > 1 && apdu[1] == next_block
                       ? Hidden{}
                       : judge_change(apdu, 1, last_secret_method);
        }
        case ApduTag::write_request:
        case ApduTag::unconfirmed_write_request:
            return !is_whole || may_name_association(apdu) ? all_behind(1, apdu) : Hidden{};
        case ApduTag::read_request:
            return !is_whole || may_invoke_association(apdu) ? all_behind(1, apdu) : Hidden{};
        case ApduTag::get_request: note_get(asked, apdu); return {};
        case ApduTag::get_response: return judge_get_response(asked, apdu, is_whole);
        case ApduTag::access_request:
            asked.secret_access = may_ask_for_secret(apdu, is_whole);
            return asked.secret_access ? all_behind(1, apdu) : Hidden{};
        case ApduTag::access_response: return asked.secret_access ? all_behind(1, apdu) : Hidden{};
        default: return {};
    }
}

Hidden SecretParts::judge_get_response(const Asked& asked, ByteView apdu, bool is_whole) {
    if (apdu.size() < head_size) {
        return is_whole ? Hidden{} : all_behind(1, apdu);
    }
    // All of it: in blocks a secret may be cut anywhere.
    return (asked.secret_gets >> (apdu[2] & 0x0F) & 1) != 0 ? all_behind(head_size, apdu)
                                                            : Hidden{};
}

void SecretParts::note_get(Asked& asked, ByteView apdu) {
    if (apdu.size() < head_size) {
        asked.secret_gets = 0xFFFF;
        return;
    }
    const auto get = xdlms::decode_get_request(apdu, {.trailing_zeros = true});
    if (get && std::holds_alternative<xdlms::GetRequestNext>(*get)) {
        return;
    }
    const auto bit = static_cast<std::uint16_t>(1u << (apdu[2] & 0x0F));
    const bool secret = !get || asks_for_secret(*get);
    asked.secret_gets =
        static_cast<std::uint16_t>(secret ? asked.secret_gets | bit : asked.secret_gets & ~bit);
}

}  // namespace dlms::transport
