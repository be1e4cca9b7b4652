// The client association under a list of operations: commands, octets of any kind, time, and the
// loss of the link. Each operation is one octet, with its arguments behind it.

#include "stack/association/client_association.hpp"

#include "fuzz/property.hpp"
#include "fuzz/sample_apdus.hpp"

namespace {

using namespace dlms;
using association::ClientAssociation;
using State = ClientAssociation::State;

constexpr cosem::AttributeDescriptor attribute{3, {1, 0, 1, 8, 0, 255}, 2};

std::uint64_t total(const ClientAssociation::Counters& counters) {
    return counters.unexpected_apdus + counters.late_answers + counters.malformed_apdus +
           counters.notifications_dropped;
}

/// Whether a command ran; one that is refused changes nothing.
void command(ClientAssociation& client, Byte operation, Instant now) {
    const State before = client.state();
    const bool done = operation == 0   ? client.open(now).has_value()
                      : operation == 1 ? client.get(attribute, {}, now).has_value()
                      : operation == 2 ? client.set(attribute, {}, {}, now).has_value()
                                       : client.release(now).has_value();
    fuzz::require(done != (client.state() == before), "a command either runs or changes nothing");
    fuzz::require(done == client.poll_transmit().has_value(), "a command that runs sends an APDU");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    ClientAssociation client{association::ClientConfiguration{}};
    Instant now{};
    std::uint64_t counted = 0;
    for (fuzz::Feed feed({bytes, size}); !feed.empty();) {
        const Byte operation = feed.octet() % 10;
        switch (operation) {
            case 0:
            case 1:
            case 2:
            case 3: command(client, operation, now); break;
            case 4: client.receive(feed.octets(feed.octet()), now); break;
            case 5:
                now += std::chrono::seconds(feed.octet());
                client.handle_timeout(now);
                break;
            case 6: client.link_lost({ErrorCode::connection_lost, Layer::transport, 0}); break;
            case 7: client.receive(fuzz::aare_of_a_meter(), now); break;
            default: client.receive(fuzz::answer(operation == 8, feed.octet()), now); break;
        }
        std::size_t events = 0;
        for (; client.poll_event(); ++events) {
        }
        fuzz::require(events <= 2, "an input makes at most two events");
        fuzz::require(total(client.counters()) >= counted, "counters only grow");
        counted = total(client.counters());
        const bool waits = client.state() != State::idle && client.state() != State::associated;
        fuzz::require(waits == client.poll_timeout().has_value(), "a deadline while waiting only");
        fuzz::require(client.state() != State::idle || client.conformance().empty(),
                      "nothing is agreed without an association");
        (void)client.poll_transmit();
    }
    return 0;
}
