// Client against server in memory, in virtual time. Each octet is one operation of the client, or
// a fault for the next APDU on its way. Without a fault every request ends with the meter's value.

#include "fuzz/property.hpp"
#include "stack/association/client_association.hpp"
#include "stack/association/server_association.hpp"

namespace {

using namespace dlms;
using namespace dlms::association;

constexpr cosem::AttributeDescriptor attribute{1, {0, 0, 96, 1, 0, 255}, 2};
enum Fault : Byte { none, drop, repeat, truncate, change };

ServerConfiguration meter() {
    ServerConfiguration configuration;
    configuration.supported_conformance = xdlms::Conformance(0x007E1F);
    return configuration;
}

ClientConfiguration head_end(std::uint16_t max_receive_pdu_size) {
    ClientConfiguration configuration;
    configuration.max_receive_pdu_size = max_receive_pdu_size;
    return configuration;
}

/// Both machines, and a line between them that damages one APDU when it is told to.
struct Conversation {
    ClientAssociation client;
    ServerAssociation server{meter()};
    ByteBuffer value;  // an encoded Data: what the meter's object says
    Fault fault = none;
    bool damaged = false;      // since the last command
    std::size_t failures = 0;  // since the last command

    template <class Receiver>
    void carry(ByteBuffer apdu, Receiver& receiver) {
        const Fault now = std::exchange(fault, none);
        damaged = damaged || now != none;
        if (now == truncate) {
            apdu.resize(apdu.size() / 2);
        } else if (now == change) {
            apdu[apdu.size() / 3] ^= 0x11;
        }
        for (int copies = now == drop ? 0 : now == repeat ? 2 : 1; copies > 0; --copies) {
            receiver.receive(apdu, {});
            drain();
        }
    }
    void drain() {
        while (const auto event = server.poll_event()) {
            if (std::holds_alternative<GetIndication>(*event)) {
                (void)server.answer_get(*axdr::parse_data(value));
            } else if (const auto* set = std::get_if<SetIndication>(&*event)) {
                value = to_buffer(set->value.encoded());
                (void)server.answer_set(cosem::DataAccessResult::success);
            }
        }
        while (const auto event = client.poll_event()) {
            const auto* got = std::get_if<GetCompleted>(&*event);
            const auto* data = got != nullptr ? std::get_if<axdr::DataView>(&got->result) : nullptr;
            fuzz::require(damaged || data == nullptr || std::ranges::equal(data->encoded(), value),
                          "a GET shows what the meter has");
            failures += std::holds_alternative<RequestFailed>(*event) ||
                        std::holds_alternative<Aborted>(*event);
        }
    }
    void run() {
        for (int apdus = 0; apdus < 10'000; ++apdus) {
            if (const auto sent = client.poll_transmit()) {
                carry(to_buffer(*sent), server);
            } else if (const auto answered = server.poll_transmit()) {
                carry(to_buffer(*answered), client);
            } else {
                return;
            }
        }
        fuzz::require(false, "the conversation ends");
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    Conversation talk{ClientAssociation(head_end(static_cast<std::uint16_t>(12 + feed.octet()))),
                      ServerAssociation(meter()), ByteBuffer{0x00}};
    while (!feed.empty()) {
        talk.damaged = false;
        talk.failures = 0;
        const Byte operation = feed.octet();
        talk.fault = static_cast<Fault>(operation / 8 % 5);
        const ByteBuffer octets = to_buffer(feed.octets(operation % 4 == 2 ? feed.octet() : 0));
        ByteBuffer written{0x09, 0x81, static_cast<Byte>(octets.size())};
        written.insert(written.end(), octets.begin(), octets.end());
        bool done = false;
        switch (operation % 4) {
            case 0: done = talk.client.open({}).has_value(); break;
            case 1: done = talk.client.get(attribute, {}, {}).has_value(); break;
            case 2:
                done = talk.client.set(attribute, {}, *axdr::parse_data(written), {}).has_value();
                break;
            default: done = talk.client.release({}).has_value(); break;
        }
        talk.run();
        const bool waits = talk.client.poll_timeout().has_value();
        fuzz::require(talk.damaged || !waits, "on a good line every command ends by itself");
        talk.client.handle_timeout(Instant{} + std::chrono::hours(1));
        talk.drain();
        fuzz::require(!talk.client.poll_timeout(), "a command ends by its deadline");
        fuzz::require(talk.damaged || !done || operation % 4 != 2 || talk.failures != 0 ||
                          talk.value == written,
                      "a SET reaches the meter");
    }
    return 0;
}
