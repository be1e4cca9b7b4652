#include "simulator/misbehaviour.hpp"

#include <algorithm>
#include <array>

#include "simulator/device_security.hpp"
#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/axdr/length.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/security/service_tag.hpp"

namespace dlms::simulator {
namespace {

using security::InvocationCounter;

struct NamedKind {
    std::string_view name;
    Misbehaviour::Kind kind;
};
constexpr std::array names{
    NamedKind{"wrong_tag", Misbehaviour::Kind::wrong_tag},
    NamedKind{"replay", Misbehaviour::Kind::replay},
    NamedKind{"old_counter", Misbehaviour::Kind::old_counter},
    NamedKind{"wrong_title", Misbehaviour::Kind::wrong_title},
    NamedKind{"downgrade", Misbehaviour::Kind::downgrade},
    NamedKind{"wrong_reply", Misbehaviour::Kind::wrong_reply},
    NamedKind{"reflected_challenge", Misbehaviour::Kind::reflected_challenge},
};

constexpr Byte action_response = 0xC7;

bool is_ciphered(ByteView apdu) {
    return !apdu.empty() &&
           security::ciphered_service(static_cast<xdlms::ApduTag>(apdu[0])).has_value();
}

ByteBuffer with_last_octet_changed(ByteView octets) {
    ByteBuffer changed = to_buffer(octets);
    changed.back() ^= 1;
    return changed;
}

/// What stands in an APDU of ours with authenticated encryption (Green Book 9.2.7.2).
struct Opened {
    ByteBuffer plaintext;
    InvocationCounter counter;
};

constexpr Byte authenticated_encryption = 0x30;

ByteBuffer additional_data(Byte control, const DeclaredSecurity& own) {
    ByteBuffer data{control};
    const ByteView key = own.keys.authentication->reveal();
    data.insert(data.end(), key.begin(), key.end());
    return data;
}

std::optional<Opened> open_own(ByteView apdu, const DeclaredSecurity& own) {
    Reader reader(apdu, Layer::security);
    reader.u8();
    axdr::read_length(reader);
    const Byte control = reader.u8();
    const InvocationCounter counter(reader.u32());
    const ByteView content = reader.rest();
    if (!reader.ok() || (control & authenticated_encryption) != authenticated_encryption ||
        content.size() < security::gcm_tag_size || !own.keys.unicast || !own.keys.authentication) {
        return std::nullopt;
    }
    auto plaintext = security::gcm_decipher(
        own.keys.unicast->reveal(), security::make_iv(*own.system_title, counter),
        additional_data(control, own), content.first(content.size() - security::gcm_tag_size),
        content.last(security::gcm_tag_size));
    return plaintext ? std::optional(Opened{std::move(*plaintext), counter}) : std::nullopt;
}

ByteBuffer seal(Byte tag, const Opened& opened, const DeclaredSecurity& own) {
    const Byte control =
        static_cast<Byte>(authenticated_encryption | security::number_of(own.suite));
    const std::size_t size = opened.plaintext.size();
    ByteBuffer content(size + security::gcm_tag_size);
    auto cipher = security::AesGcm::create(own.keys.unicast->reveal());
    const ByteBuffer additional = additional_data(control, own);
    if (!cipher || !cipher->seal(security::make_iv(*own.system_title, opened.counter), {additional},
                                 opened.plaintext, std::span(content).first(size),
                                 std::span(content).subspan(size))) {
        return {};
    }
    constexpr std::size_t header = 5;
    ByteBuffer apdu;
    Writer writer(apdu);
    writer.u8(tag);
    axdr::write_length(writer, header + content.size());
    writer.u8(control);
    writer.u32(opened.counter.value());
    writer.bytes(content);
    return apdu;
}

}  // namespace

std::optional<Misbehaviour::Kind> Misbehaviour::from_name(std::string_view name) {
    const auto* found = std::ranges::find(names, name, &NamedKind::name);
    return found != names.end() ? std::optional(found->kind) : std::nullopt;
}

void Misbehaviour::hear(ByteView apdu) {
    const auto aarq = acse::decode_aarq(apdu);
    if (!aarq) {
        return;
    }
    first_.clear();
    has_replied_ = false;
    challenge_ = aarq->calling_authentication_value
                     ? to_buffer(aarq->calling_authentication_value->octets)
                     : ByteBuffer();
}

ByteBuffer Misbehaviour::distort(ByteView apdu, const DeviceSecurity& security) {
    if (apdu.empty()) {
        return {};
    }
    if (apdu[0] == acse::Aare::tag) {
        return distort_aare(apdu);
    }
    if (kind_ == Kind::wrong_reply && apdu[0] == action_response && !has_replied_) {
        has_replied_ = true;
        return with_last_octet_changed(apdu);
    }
    return is_ciphered(apdu) ? distort_ciphered(apdu, security) : to_buffer(apdu);
}

ByteBuffer Misbehaviour::distort_aare(ByteView apdu) const {
    auto aare = acse::decode_aare(apdu);
    if (!aare) {
        return to_buffer(apdu);
    }
    ByteBuffer title;
    if (kind_ == Kind::wrong_title && aare->responding_ap_title) {
        title = with_last_octet_changed(*aare->responding_ap_title);
        aare->responding_ap_title = title;
    } else if (kind_ == Kind::reflected_challenge && aare->responding_authentication_value) {
        aare->responding_authentication_value->octets = challenge_;
    } else {
        return to_buffer(apdu);
    }
    ByteBuffer changed;
    Writer writer(changed);
    acse::encode(writer, *aare);
    return changed;
}

ByteBuffer Misbehaviour::distort_ciphered(ByteView apdu, const DeviceSecurity& security) {
    const auto opened = open_own(apdu, security.declared());
    if (!opened) {
        return to_buffer(apdu);
    }
    switch (kind_) {
        case Kind::wrong_tag: return with_last_octet_changed(apdu);
        case Kind::downgrade: return opened->plaintext;
        case Kind::replay:
        case Kind::old_counter:
            if (first_.empty()) {
                first_ = to_buffer(apdu);
                return first_;
            }
            return kind_ == Kind::replay ? first_
                                         : seal(apdu[0], {opened->plaintext, InvocationCounter(1)},
                                                security.declared());
        case Kind::wrong_reply:
            if (!has_replied_ && !opened->plaintext.empty() &&
                opened->plaintext[0] == action_response) {
                has_replied_ = true;
                return seal(apdu[0], {with_last_octet_changed(opened->plaintext), opened->counter},
                            security.declared());
            }
            return to_buffer(apdu);
        case Kind::wrong_title:
        case Kind::reflected_challenge: break;
    }
    return to_buffer(apdu);
}

}  // namespace dlms::simulator
