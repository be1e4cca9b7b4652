#pragma once
// Valid APDUs as machines exchange them, so that operation lists reach the inner states.

#include "fuzz/property.hpp"
#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/base/bytes.hpp"
#include "stack/base/writer.hpp"
#include "stack/xdlms/general_block_transfer.hpp"
#include "stack/xdlms/initiate.hpp"

namespace dlms::fuzz {

/// Everything that an association of logical names may negotiate.
inline constexpr xdlms::Conformance every_service{0x20FEDF};

/// An AARQ without authentication; `size` is the client's max-receive-pdu-size.
inline ByteBuffer aarq_of_a_client(std::uint16_t size) {
    xdlms::InitiateRequest initiate;
    initiate.proposed_conformance = every_service;
    initiate.client_max_receive_pdu_size = size;
    const ByteBuffer user_information = encoded(initiate);
    acse::Aarq aarq;
    aarq.user_information = user_information;
    return encoded(aarq);
}

/// An AARE that accepts everything.
inline ByteBuffer aare_of_a_meter() {
    xdlms::InitiateResponse initiate;
    initiate.negotiated_conformance = every_service;
    const ByteBuffer user_information = encoded(initiate);
    acse::Aare aare;
    aare.user_information = user_information;
    return encoded(aare);
}

/// A block of a general block transfer with up to seven octets of `data`. The number is in the low
/// half of `choice`, the acknowledgement in the next three bits, last-block in the highest.
inline ByteBuffer general_block(Byte choice, ByteView data) {
    xdlms::GeneralBlockTransfer block;
    block.last_block = choice >> 7 != 0;
    block.streaming = data.size() % 2 != 0;
    block.window = static_cast<std::uint8_t>(data.size());
    block.block_number = choice & 0x0F;
    block.block_number_ack = choice >> 4 & 0x07;
    block.block_data = data.first(data.size() < 8 ? data.size() : 7);
    return encoded(block);
}

/// A get-response with a block of one octet or, else, a set-response or a get-response. The
/// invoke-id is in the low half of `choice`.
inline ByteBuffer answer(bool block, Byte choice) {
    const auto invoke_id = static_cast<Byte>(0xC0 | (choice & 0x0F));
    const auto last = static_cast<Byte>(choice >> 7);
    const auto number = static_cast<Byte>(choice >> 4 & 0x07);
    if (block) {
        return {0xC4, 0x02, invoke_id, last, 0, 0, 0, number, 0x00, 0x01, 0x00};
    }
    if (last != 0) {
        return {0xC5, 0x01, invoke_id, number};
    }
    return {0xC4, 0x01, invoke_id, 0x00, 0x11, number};
}

}  // namespace dlms::fuzz
