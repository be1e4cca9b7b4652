// What a kind does, at which of three stages, is the table in find_deed(). An answer goes through
// them in this order: its words are changed, something is put in front of it, and it is sealed.
// Kinds without a row are those of odd_acse.hpp.

#include "simulator/answer_misbehaviour.hpp"

#include <algorithm>
#include <array>

#include "simulator/odd_acse.hpp"
#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::simulator {
namespace {

using enum xdlms::ApduTag;
using Kind = MisbehaviourKind;

// GetResponse: C4 | choice | invoke-id-and-priority | ...
constexpr std::size_t choice_place = 1;
constexpr std::size_t invoke_place = 2;
constexpr Byte normal = 1;
constexpr Byte with_datablock = 2;
constexpr Byte with_list = 3;
// ... normal: result (0: data) | Data
constexpr std::size_t data_place = 4;
// ... with datablock: last-block | block-number (4) | result (0: raw data) | length | octets
constexpr std::size_t last_block_place = 3;
constexpr std::size_t block_number_place = 4;
constexpr std::size_t block_result_place = 8;
constexpr std::size_t raw_length_place = 9;

bool is_tag(ByteView apdu, xdlms::ApduTag tag) {
    return !apdu.empty() && apdu[0] == static_cast<Byte>(tag);
}

/// A GET response of this choice, with what every one of it has.
bool is_get_response(ByteView apdu, Byte choice) {
    return is_tag(apdu, get_response) && apdu.size() > data_place && apdu[choice_place] == choice;
}

/// A GET response with a block of data in it.
bool is_block(ByteView apdu) {
    return is_get_response(apdu, with_datablock) && apdu.size() > raw_length_place &&
           apdu[block_result_place] == 0;
}

bool is_service_response(ByteView apdu) {
    return (is_tag(apdu, get_response) || is_tag(apdu, set_response) ||
            is_tag(apdu, action_response)) &&
           apdu.size() > invoke_place;
}

/// Another mark in the last block; nothing for another answer.
std::optional<ByteBuffer> with_last_block(ByteView answer, Byte mark) {
    if (!is_block(answer) || answer[last_block_place] == 0) {
        return std::nullopt;
    }
    ByteBuffer changed = to_buffer(answer);
    changed[last_block_place] = mark;
    return changed;
}

void add_to_block_number(ByteBuffer& block, std::uint32_t by) {
    Reader reader(ByteView(block).subspan(block_number_place), Layer::xdlms);
    ByteBuffer number;
    Writer writer(number);
    writer.u32(reader.u32() + by);
    std::ranges::copy(number, block.begin() + block_number_place);
}

ByteBuffer with_last_octet_changed(ByteView octets) {
    ByteBuffer changed = to_buffer(octets);
    changed.back() ^= 1;
    return changed;
}

ByteBuffer encoded(const acse::Aare& aare) {
    ByteBuffer octets;
    Writer writer(octets);
    acse::encode(writer, aare);
    return octets;
}

/// Where a length of one octet stands; nothing where the answer has none.
std::optional<std::size_t> length_place(ByteView answer) {
    constexpr std::array<Byte, 6> tags_with_length = {0x01, 0x02, 0x04, 0x09, 0x0A, 0x0C};
    constexpr Byte longest_short_form = 0x7F;
    std::size_t place = raw_length_place;
    if (is_get_response(answer, normal)) {
        place = data_place + 1;
        if (std::ranges::find(tags_with_length, answer[data_place]) == tags_with_length.end()) {
            return std::nullopt;
        }
    } else if (!is_block(answer)) {
        return std::nullopt;
    }
    const bool is_short =
        place < answer.size() && answer[place] > 0 && answer[place] < longest_short_form;
    return is_short ? std::optional(place) : std::nullopt;
}

}  // namespace

const AnswerMisbehaviour::Deed* AnswerMisbehaviour::find_deed(MisbehaviourKind kind) {
    using Self = AnswerMisbehaviour;
    static constexpr std::array table{
        Deed{Kind::wrong_invoke_id, Stage::words, &Self::wrong_invoke_id},
        Deed{Kind::wrong_block_number, Stage::words, &Self::wrong_block_number},
        Deed{Kind::endless_blocks, Stage::words, &Self::endless_blocks},
        Deed{Kind::last_block_255, Stage::words, &Self::last_block_255},
        Deed{Kind::wrong_length, Stage::words, &Self::wrong_length},
        Deed{Kind::stale_answer, Stage::words, &Self::stale_answer},
        Deed{Kind::refused_list, Stage::words, &Self::refused_list},
        Deed{Kind::wrong_title, Stage::words, &Self::wrong_title},
        Deed{Kind::wrong_reply, Stage::words, &Self::wrong_reply},
        Deed{Kind::reflected_challenge, Stage::words, &Self::reflected_challenge},
        Deed{Kind::unexpected_notification, Stage::in_front, &Self::unexpected_notification},
        Deed{Kind::wrong_tag, Stage::sealing, &Self::wrong_tag},
        Deed{Kind::replay, Stage::sealing, &Self::replay},
        Deed{Kind::old_counter, Stage::sealing, &Self::counter_of_1},
        Deed{Kind::counter_reset, Stage::sealing, &Self::counter_of_1},
        Deed{Kind::downgrade, Stage::sealing, &Self::downgrade},
    };
    const auto* const found = std::ranges::find(table, kind, &Deed::kind);
    return found != table.end() ? found : nullptr;
}

void AnswerMisbehaviour::hear(ByteView apdu) {
    if (is_tag(apdu, get_request) && apdu.size() > choice_place &&
        apdu[choice_place] != with_datablock) {
        last_block_.clear();  // of a transfer that the client has given up
    }
    const auto aarq = acse::decode_aarq(apdu);
    if (!aarq) {
        return;
    }
    *this = {};
    if (aarq->calling_authentication_value) {
        challenge_ = to_buffer(aarq->calling_authentication_value->octets);
    }
}

AnswerMisbehaviour::Sent AnswerMisbehaviour::pass(ByteView apdu, const DeviceSecurity& security,
                                                  Misbehaviour& told) {
    Sent sent;
    const DeclaredSecurity& own = security.declared();
    std::optional<OpenedApdu> opened = open_own(apdu, own);
    if (is_ciphered(apdu) && !opened) {
        sent.apdus.push_back(to_buffer(apdu));
        return sent;
    }
    ByteBuffer plain = opened ? opened->plaintext : to_buffer(apdu);
    const OpenedApdu* const sealed = opened ? &*opened : nullptr;
    go_on_without_end(plain);
    do_deeds(Stage::words, plain, sealed, own, told, sent);
    ByteBuffer in_front = plain;
    do_deeds(Stage::in_front, in_front, sealed, own, told, sent);
    if (in_front != plain) {
        sent.apdus.push_back(std::move(in_front));
    }
    const ByteView said = opened ? ByteView(opened->plaintext) : apdu;
    has_replied_ = has_replied_ || is_tag(said, action_response);
    previous_ = to_buffer(said);
    ByteBuffer octets =
        opened ? seal(*opened, std::move(plain), apdu, own, told, sent) : std::move(plain);
    if (!octets.empty()) {
        sent.apdus.push_back(std::move(octets));
    }
    return sent;
}

void AnswerMisbehaviour::do_deeds(Stage stage, ByteBuffer& octets, const OpenedApdu* sealed,
                                  const DeclaredSecurity& own, Misbehaviour& told, Sent& sent) {
    for (std::size_t i = 0; i < told.misdeeds().size(); ++i) {
        const Kind kind = told.misdeeds()[i].kind;
        const Deed* const deed = find_deed(kind);
        if ((deed ? deed->stage : Stage::words) != stage) {
            continue;
        }
        auto changed =
            deed ? (this->*deed->change)({octets, sealed, own, told}) : odd_acse(kind, octets);
        if (!changed || !told.draws(i)) {
            continue;
        }
        octets = *std::move(changed);
        sent.done.push_back(kind);
        if (kind == Kind::endless_blocks) {
            last_block_ = octets;
        } else if (kind == Kind::counter_reset) {
            next_counter_ = 2;
        }
    }
}

/// Whatever the association answers to the next request for a block becomes one more block.
void AnswerMisbehaviour::go_on_without_end(ByteBuffer& plain) {
    if (last_block_.empty() || !(is_service_response(plain) || is_tag(plain, exception_response))) {
        return;
    }
    if (is_service_response(plain)) {
        last_block_[invoke_place] = plain[invoke_place];
    }
    add_to_block_number(last_block_, 1);
    plain = last_block_;
}

ByteBuffer AnswerMisbehaviour::seal(OpenedApdu& opened, ByteBuffer&& plain, ByteView apdu,
                                    const DeclaredSecurity& own, Misbehaviour& told, Sent& sent) {
    const bool is_as_it_was = plain == opened.plaintext && next_counter_ == 0;
    opened.plaintext = std::move(plain);
    if (next_counter_ > 0) {
        opened.counter = security::InvocationCounter(next_counter_++);
    }
    ByteBuffer octets = is_as_it_was ? to_buffer(apdu) : seal_own(opened, own);
    do_deeds(Stage::sealing, octets, &opened, own, told, sent);
    if (first_.empty()) {
        first_ = octets;
    }
    return octets;
}

std::optional<ByteBuffer> AnswerMisbehaviour::wrong_invoke_id(const Answer& answer) const {
    if (!is_service_response(answer.octets)) {
        return std::nullopt;
    }
    constexpr Byte invoke_id = 0x0F;
    ByteBuffer changed = to_buffer(answer.octets);
    Byte& octet = changed[invoke_place];
    octet = static_cast<Byte>((octet & ~invoke_id) | ((octet + 1) & invoke_id));
    return changed;
}

std::optional<ByteBuffer> AnswerMisbehaviour::wrong_block_number(const Answer& answer) const {
    if (!is_block(answer.octets)) {
        return std::nullopt;
    }
    ByteBuffer changed = to_buffer(answer.octets);
    add_to_block_number(changed, 1);
    return changed;
}

std::optional<ByteBuffer> AnswerMisbehaviour::endless_blocks(const Answer& answer) const {
    return with_last_block(answer.octets, 0);
}

std::optional<ByteBuffer> AnswerMisbehaviour::last_block_255(const Answer& answer) const {
    return with_last_block(answer.octets, 0xFF);
}

std::optional<ByteBuffer> AnswerMisbehaviour::wrong_length(const Answer& answer) const {
    const bool is_longer = answer.told.below(2) == 0;
    ByteBuffer changed = to_buffer(answer.octets);
    if (const auto place = length_place(answer.octets)) {
        changed[*place] = static_cast<Byte>(changed[*place] + (is_longer ? 1 : -1));
        return changed;
    }
    if (!is_get_response(answer.octets, normal) || answer.octets[data_place - 1] != 0) {
        return std::nullopt;
    }
    // A number, whose type is its length.
    changed.resize(changed.size() + (is_longer ? 1 : 0) - (is_longer ? 0 : 1));
    return changed;
}

std::optional<ByteBuffer> AnswerMisbehaviour::stale_answer(const Answer& answer) const {
    const bool may_be_told =
        is_service_response(answer.octets) || is_tag(answer.octets, read_response);
    const bool is_stale = may_be_told && !previous_.empty() && previous_[0] == answer.octets[0] &&
                          !std::ranges::equal(previous_, answer.octets);
    return is_stale ? std::optional(previous_) : std::nullopt;
}

std::optional<ByteBuffer> AnswerMisbehaviour::unexpected_notification(const Answer& answer) const {
    if (!is_service_response(answer.octets) && !is_tag(answer.octets, read_response)) {
        return std::nullopt;
    }
    // DataNotification without a time, with one, and with one behind the tag of an octet-string as
    // some meters send it; EventNotification. What they carry is 42.
    static const std::array<ByteBuffer, 4> forms = {
        ByteBuffer{0x0F, 0x00, 0x00, 0x00, 0x01, 0x00, 0x06, 0x00, 0x00, 0x00, 0x2A},
        ByteBuffer{0x0F, 0x00, 0x00, 0x00, 0x02, 0x0C, 0x07, 0xE6, 0x01, 0x01, 0x06, 0x0C,
                   0x00, 0x00, 0xFF, 0x80, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x2A},
        ByteBuffer{0x0F, 0x40, 0x00, 0x00, 0x00, 0x09, 0x0C, 0x07, 0xE6, 0x01, 0x01, 0x06,
                   0x0C, 0x00, 0x00, 0xFF, 0x80, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x2A},
        ByteBuffer{0xC2, 0x00, 0x00, 0x03, 0x01, 0x00, 0x01, 0x08, 0x00, 0xFF, 0x02, 0x06, 0x00,
                   0x00, 0x00, 0x2A},
    };
    return forms[answer.told.below(forms.size())];
}

std::optional<ByteBuffer> AnswerMisbehaviour::refused_list(const Answer& answer) const {
    if (!is_get_response(answer.octets, with_list)) {
        return std::nullopt;
    }
    // As meters do that negotiated lists and have none: service-not-supported, or other-reason for
    // all together. An exception-response has no sealed form here.
    if (!answer.sealed && answer.told.below(2) == 0) {
        return ByteBuffer{0xD8, 0x02, 0x02};
    }
    return ByteBuffer{answer.octets[0], normal, answer.octets[invoke_place], 0x01, 0xFA};
}

std::optional<ByteBuffer> AnswerMisbehaviour::wrong_title(const Answer& answer) const {
    auto aare = acse::decode_aare(answer.octets);
    if (!aare || !aare->responding_ap_title || aare->responding_ap_title->empty()) {
        return std::nullopt;
    }
    const ByteBuffer title = with_last_octet_changed(*aare->responding_ap_title);
    aare->responding_ap_title = title;
    return encoded(*aare);
}

std::optional<ByteBuffer> AnswerMisbehaviour::reflected_challenge(const Answer& answer) const {
    auto aare = acse::decode_aare(answer.octets);
    if (!aare || !aare->responding_authentication_value) {
        return std::nullopt;
    }
    aare->responding_authentication_value->octets = challenge_;
    return encoded(*aare);
}

std::optional<ByteBuffer> AnswerMisbehaviour::wrong_reply(const Answer& answer) const {
    return is_tag(answer.octets, action_response) && !has_replied_
               ? std::optional(with_last_octet_changed(answer.octets))
               : std::nullopt;
}

std::optional<ByteBuffer> AnswerMisbehaviour::wrong_tag(const Answer& answer) const {
    return with_last_octet_changed(answer.octets);
}

std::optional<ByteBuffer> AnswerMisbehaviour::replay(const Answer&) const {
    return first_.empty() ? std::nullopt : std::optional(first_);
}

std::optional<ByteBuffer> AnswerMisbehaviour::counter_of_1(const Answer& answer) const {
    if (first_.empty()) {
        return std::nullopt;
    }
    return seal_own({answer.sealed->tag, answer.sealed->plaintext, security::InvocationCounter(1)},
                    answer.own);
}

std::optional<ByteBuffer> AnswerMisbehaviour::downgrade(const Answer& answer) const {
    return answer.sealed->plaintext;
}

}  // namespace dlms::simulator
