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
constexpr cosem::MethodDescriptor method{9, {0, 0, 10, 0, 0, 255}, 1};

std::uint64_t total(const ClientAssociation& client) {
    const auto& counters = client.counters();
    const auto& blocks = client.block_counters();
    return counters.unexpected_apdus + counters.late_answers + counters.malformed_apdus +
           counters.notifications + blocks.duplicate_blocks + blocks.early_blocks +
           blocks.invalid_blocks + blocks.repeated_blocks + blocks.abandoned_transfers;
}

/// A Data of `size` octets and its header.
ByteBuffer octet_string(std::size_t size) {
    ByteBuffer encoded{0x09, 0x82, static_cast<Byte>(size >> 8), static_cast<Byte>(size)};
    encoded.resize(4 + size);
    return encoded;
}

bool request(ClientAssociation& client, Byte kind, std::size_t size, Instant now) {
    const ByteBuffer encoded = octet_string(size);
    const axdr::DataView value = *axdr::parse_data(encoded);
    const std::vector<axdr::DataView> values(2, value);
    const std::vector<cosem::AttributeDescriptorWithSelection> attributes(
        2, {attribute, std::nullopt});
    const std::vector<cosem::MethodDescriptor> methods(2, method);
    const std::vector<xdlms::AccessSpecification> gets(2, xdlms::AccessGet{attribute});
    const std::vector<xdlms::VariableAccessSpecification> names(2, xdlms::VariableName{8});
    switch (kind) {
        case 0: return client.get(attribute, {}, now).has_value();
        case 1: return client.get_list(attributes, now).has_value();
        case 2: return client.set(attribute, {}, value, now).has_value();
        case 3: return client.set_list(attributes, values, now).has_value();
        case 4: return client.action(method, value, now).has_value();
        case 5: return client.action_list(methods, values, now).has_value();
        case 6: return client.access(gets, values, {}, now).has_value();
        case 7: return client.read(names, now).has_value();
        default: return client.write(names, values, now).has_value();
    }
}

/// Whether a command ran; one that is refused changes nothing.
void command(ClientAssociation& client, Byte operation, fuzz::Feed& feed, Instant now) {
    const State before = client.state();
    const std::size_t outstanding = client.outstanding_requests();
    bool done = false;
    if (operation == 0) {
        done = client.open(now).has_value();
    } else if (operation == 1) {
        done = client.release(now).has_value();
    } else {
        const Byte kind = feed.octet() % 9;
        const bool ready = client.is_ready();
        done = request(client, kind, feed.octet() * std::size_t{16}, now);
        fuzz::require(ready || !done, "a request runs when the association is ready");
    }
    const bool changed = client.state() != before || client.outstanding_requests() != outstanding;
    fuzz::require(done == changed, "a command either runs or changes nothing");
    fuzz::require(done <= client.poll_transmit().has_value(), "a command that runs sends an APDU");
}

void receive(ClientAssociation& client, Byte operation, fuzz::Feed& feed, Instant now) {
    switch (operation) {
        case 3: client.receive(feed.octets(feed.octet()), now); return;
        case 4: client.receive(fuzz::aare_of_a_meter(), now); return;
        case 5: {
            const Byte choice = feed.octet();
            client.receive(fuzz::general_block(choice, feed.octets(feed.octet() % 8)), now);
            return;
        }
        default: client.receive(fuzz::answer(operation == 6, feed.octet()), now); return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    association::ClientConfiguration configuration;
    const Byte choice = feed.octet();
    configuration.max_outstanding_requests = 1 + choice % 15u;
    configuration.block_window = static_cast<Byte>(1 + choice % 8);
    configuration.referencing = (choice & 0x80) != 0 ? association::Referencing::short_name
                                                     : association::Referencing::logical_name;
    configuration.proposed_conformance = (choice & 0x40) != 0
                                             ? fuzz::every_service
                                             : xdlms::Conformance(0x1FFFFF);  // no general blocks
    ClientAssociation client{std::move(configuration)};
    Instant now{};
    std::uint64_t counted = 0;
    while (!feed.empty()) {
        const std::size_t outstanding = client.outstanding_requests();
        const Byte operation = feed.octet() % 10;
        if (operation < 3) {
            command(client, operation, feed, now);
        } else if (operation < 8) {
            receive(client, operation, feed, now);
        } else if (operation == 8) {
            now += std::chrono::seconds(feed.octet());
            client.handle_timeout(now);
        } else {
            client.link_lost({ErrorCode::connection_lost, Layer::transport, 0});
        }
        std::size_t events = 0;
        for (; client.poll_event(); ++events) {
        }
        // Each outstanding request ends once, and one thing more may be told beside.
        fuzz::require(events <= outstanding + 1, "an input ends what is outstanding and no more");
        fuzz::require(total(client) >= counted, "counters only grow");
        counted = total(client);
        const bool waits = (client.state() != State::idle && client.state() != State::associated) ||
                           client.outstanding_requests() != 0;
        fuzz::require(!waits || client.poll_timeout(), "what waits has a deadline");
        fuzz::require(client.state() != State::idle || client.conformance().empty(),
                      "nothing is agreed without an association");
        fuzz::require(client.state() == State::associated || client.outstanding_requests() == 0,
                      "nothing is outstanding without an association");
        for (std::size_t apdus = 0; client.poll_transmit(); ++apdus) {
            fuzz::require(apdus < 100, "an input makes a bounded number of APDUs");
        }
    }
    return 0;
}
