// The server association under a list of operations: octets of any kind, the owner's answers, and
// the loss of the link. Each operation is one octet, with its arguments behind it.

#include "stack/association/server_association.hpp"

#include "fuzz/property.hpp"
#include "fuzz/sample_apdus.hpp"

namespace {

using namespace dlms;
using association::ServerAssociation;
using State = ServerAssociation::State;

association::ServerConfiguration configuration(bool short_names) {
    association::ServerConfiguration meter;
    meter.supported_conformance = short_names ? xdlms::Conformance(0x3C1B20) : fuzz::every_service;
    meter.referencing =
        short_names ? association::Referencing::short_name : association::Referencing::logical_name;
    meter.get_tolerance.trailing_zeros = true;
    return meter;
}

std::uint64_t total(const ServerAssociation& server) {
    const auto& counters = server.counters();
    const auto& blocks = server.block_counters();
    return counters.malformed_apdus + counters.refused_apdus + counters.dropped_apdus +
           counters.refused_associations + blocks.duplicate_blocks + blocks.early_blocks +
           blocks.invalid_blocks + blocks.repeated_blocks + blocks.abandoned_transfers;
}

/// A Data of so many octets.
ByteBuffer octet_string(std::size_t octets) {
    ByteBuffer encoded{0x09, 0x82, static_cast<Byte>(octets >> 8), static_cast<Byte>(octets)};
    encoded.resize(4 + octets);
    return encoded;
}

/// Answers in the way of one service; refused, and nothing changed, unless such an indication
/// awaits it.
void answer(ServerAssociation& server, Byte kind, std::size_t octets) {
    const State before = server.state();
    const ByteBuffer encoded = octet_string(octets);
    const axdr::DataView data = *axdr::parse_data(encoded);
    bool done = false;
    if (kind == 0) {
        done = server.answer_get(data).has_value();
    } else if (kind == 1) {
        done = server.answer_set(cosem::DataAccessResult::success).has_value();
    } else if (kind == 2) {
        done = server.answer_action({cosem::ActionResult::success, xdlms::GetDataResult(data)})
                   .has_value();
    } else {
        xdlms::DataNotification push;
        push.body = data;
        done = server.notify(push).has_value();
        fuzz::require(!done || before != State::idle, "a notification needs an association");
        fuzz::require(server.state() == before, "a notification changes no state");
        return;
    }
    fuzz::require(!done || before == State::serving, "an answer belongs to an indication");
    fuzz::require(done || server.state() == before, "a refused answer changes nothing");
}

/// A request of one of the kinds that need no choice of their own.
ByteBuffer request(Byte kind) {
    switch (kind % 8) {
        case 0: return {0xC0, 1, 0xC1, 0, 3, 1, 0, 1, 8, 0, 255, 2, 0};
        case 1:
            return {0xC0, 3, 0xC1, 2, 0, 3, 1, 0, 1, 8,   0, 255,
                    2,    0, 0,    3, 1, 0, 1, 8, 0, 255, 2, 0};
        case 2: return {0xC1, 2, 0xC1, 0, 3, 1, 0, 1, 8, 0, 255, 2, 0, 0, 0, 0, 0, 1, 1, 0x11};
        case 3: return {0xC3, 1, 0xC1, 0, 9, 0, 0, 10, 0, 0, 255, 1, 0};
        case 4: return {0xC3, 4, 0xC1, 0, 9, 0, 0, 10, 0, 0, 255, 1, 0, 0, 0, 0, 1, 1, 0x11};
        case 5: return {0x05, 1, 2, 1, 0};
        case 6: return {0x06, 1, 7, 0, 0, 1, 1, 9, 1, 1};
        default: return {0xD9, 0xC0, 0, 0, 1, 0, 1, 1, 0, 3, 1, 0, 1, 8, 0, 255, 2, 1, 0};
    }
}

void receive(ServerAssociation& server, Byte operation, fuzz::Feed& feed) {
    switch (operation) {
        case 0: server.receive(feed.octets(feed.octet()), {}); return;
        case 1: server.receive(fuzz::aarq_of_a_client(feed.octet()), {}); return;
        case 2: server.receive(request(feed.octet()), {}); return;
        case 3: server.receive(ByteBuffer{0xC0, 2, 0xC1, 0, 0, 0, feed.octet()}, {}); return;
        case 4: {
            const Byte choice = feed.octet();
            const Byte last = choice & 1;
            const Byte number = choice >> 1 & 7;
            server.receive(ByteBuffer{static_cast<Byte>((choice & 16) != 0 ? 0xC1 : 0xC3),
                                      static_cast<Byte>((choice & 16) != 0 ? 3 : 6), 0xC1, last, 0,
                                      0, 0, number, 1, feed.octet()},
                           {});
            return;
        }
        default: {
            const Byte choice = feed.octet();
            server.receive(fuzz::general_block(choice, feed.octets(feed.octet() % 8)), {});
            return;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    ServerAssociation server{configuration(feed.octet() % 4 == 3)};
    std::uint64_t counted = 0;
    while (!feed.empty()) {
        const Byte operation = feed.octet() % 8;
        if (operation < 6) {
            receive(server, operation, feed);
        } else if (operation == 6) {
            const Byte kind = feed.octet() % 4;
            answer(server, kind, std::size_t{feed.octet()} * 4);
        } else {
            server.link_lost();
        }
        fuzz::require(total(server) >= counted, "counters only grow");
        counted = total(server);
        const std::size_t limit = server.client_max_receive_pdu_size();
        std::size_t apdus = 0;
        while (const auto sent = server.poll_transmit()) {
            const bool associates = (*sent)[0] == 0x61 || (*sent)[0] == 0x63;
            fuzz::require(associates || limit == 0 || sent->size() <= limit,
                          "what is sent fits the client");
            fuzz::require(++apdus <= 100, "an input makes a bounded number of APDUs");
        }
        fuzz::require(server.is_associated() || server.conformance().empty(), "nothing agreed");
        const std::size_t waiting = server.waiting_apdus();
        std::size_t events = 0;
        for (; server.poll_event(); ++events) {
        }
        fuzz::require(events <= 1 + waiting, "an APDU makes at most one event");
    }
    return 0;
}
