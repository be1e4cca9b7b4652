// The server association under a list of operations: octets of any kind, the owner's answers, and
// the loss of the link. Each operation is one octet, with its arguments behind it.

#include "stack/association/server_association.hpp"

#include "fuzz/property.hpp"
#include "fuzz/sample_apdus.hpp"

namespace {

using namespace dlms;
using association::ServerAssociation;
using State = ServerAssociation::State;

association::ServerConfiguration configuration() {
    association::ServerConfiguration meter;
    meter.supported_conformance = xdlms::Conformance(0x007E1F);
    meter.get_tolerance.trailing_zeros = true;
    return meter;
}

std::uint64_t total(const ServerAssociation::Counters& counters) {
    return counters.malformed_apdus + counters.refused_apdus + counters.dropped_apdus +
           counters.refused_associations;
}

/// Answers a GET with a Data of so many octets; refused, and nothing changed, unless one awaits it.
void answer_get(ServerAssociation& server, std::size_t octets) {
    const State before = server.state();
    ByteBuffer encoded{0x09, 0x82, static_cast<Byte>(octets >> 8), static_cast<Byte>(octets)};
    encoded.resize(4 + octets);
    const auto data = axdr::parse_data(encoded);
    const bool done = server.answer_get(*data).has_value();
    fuzz::require(done == (before == State::serving_get), "an answer belongs to an indication");
    fuzz::require(done || server.state() == before, "a refused answer changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    ServerAssociation server{configuration()};
    std::uint64_t counted = 0;
    for (fuzz::Feed feed({bytes, size}); !feed.empty();) {
        switch (feed.octet() % 7) {
            case 0: server.receive(feed.octets(feed.octet()), {}); break;
            case 1: server.receive(fuzz::aarq_of_a_client(feed.octet()), {}); break;
            case 2:
                server.receive(ByteBuffer{0xC0, 1, 0xC1, 0, 3, 1, 0, 1, 8, 0, 255, 2, 0}, {});
                break;
            case 3: server.receive(ByteBuffer{0xC0, 2, 0xC1, 0, 0, 0, feed.octet()}, {}); break;
            case 4: answer_get(server, std::size_t{feed.octet()} * 4); break;
            case 5: (void)server.answer_set(cosem::DataAccessResult::success); break;
            default: server.link_lost(); break;
        }
        fuzz::require(total(server.counters()) >= counted, "counters only grow");
        counted = total(server.counters());
        const std::size_t limit = server.client_max_receive_pdu_size();
        const auto sent = server.poll_transmit();
        const bool is_answer = sent && !sent->empty() && (*sent)[0] == 0xC4;
        fuzz::require(!is_answer || limit == 0 || sent->size() <= limit, "answers fit the client");
        fuzz::require(server.is_associated() || server.conformance().empty(), "nothing agreed");
        std::size_t events = 0;
        for (; server.poll_event(); ++events) {
        }
        fuzz::require(events <= 1, "an input makes at most one event");
    }
    return 0;
}
