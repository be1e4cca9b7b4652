// Client against server with authenticated encryption, in memory, in virtual time, and somebody on
// the line who may drop, repeat, cut and change APDUs, send old ones again and some of his own.
// Whatever he does: the meter carries out nothing that the client did not ask for, and nothing
// twice, and the client believes nothing that the meter did not say to its request.

#include <algorithm>
#include <vector>

#include "fuzz/property.hpp"
#include "stack/association/client_association.hpp"
#include "stack/association/server_association.hpp"

namespace {

using namespace dlms;
using namespace dlms::association;

constexpr cosem::AttributeDescriptor attribute{1, {0, 0, 96, 1, 0, 255}, 2};
constexpr std::size_t most_kept = 64;
enum Fault : Byte { none, drop, repeat, truncate, change };

security::ApduProtection protection(const security::SystemTitle& title, Random& random) {
    const ByteBuffer unicast(16, 0x11);
    const ByteBuffer authentication(16, 0x22);
    security::ProtectionKeys keys;
    keys.unicast = *security::EncryptionKey::from(unicast);
    keys.authentication = *security::AuthenticationKey::from(authentication);
    auto made = security::ApduProtection::create(security::SecuritySuite::aes_gcm_128, title,
                                                 std::move(keys), random);
    constexpr std::uint32_t enough = 10'000'000;
    fuzz::require(made.has_value() &&
                      made->send_counter(security::KeySlot::unicast).grant({1, enough}).has_value(),
                  "keys make a protection");
    return std::move(*made);
}

SecurityTerms terms(const security::SystemTitle& title, Random& random) {
    SecurityTerms terms;
    terms.protection = std::make_unique<security::ApduProtection>(protection(title, random));
    terms.random = &random;
    terms.ciphered = true;
    terms.requests.protection = security::authenticated_encryption;
    terms.responses = security::authenticated_encryption;
    return terms;
}

acse::Mechanism mechanism_of(Byte choice) {
    return (choice & 1) != 0 ? acse::Mechanism::hls_gmac : acse::Mechanism::lls;
}

constexpr std::string_view password = "12345678";

ClientConfiguration head_end(Byte choice, Random& random) {
    ClientConfiguration configuration;
    configuration.mechanism = mechanism_of(choice);
    configuration.password = SecretBytes(as_bytes(password));
    configuration.proposed_conformance = xdlms::Conformance(0x001F1F);
    configuration.max_receive_pdu_size = (choice & 2) != 0 ? 100 : 1024;
    configuration.security = terms(security::SystemTitle({'H', 'E', 'S', 0, 0, 0, 0, 1}), random);
    configuration.security.dedicated_key = (choice & 4) != 0;
    return configuration;
}

ServerConfiguration meter(Byte choice, Random& random) {
    ServerConfiguration configuration;
    configuration.mechanism = mechanism_of(choice);
    configuration.password = SecretBytes(as_bytes(password));
    configuration.supported_conformance = xdlms::Conformance(0x001F1F);
    configuration.max_receive_pdu_size = (choice & 8) != 0 ? 100 : 1024;
    configuration.security = terms(security::SystemTitle({'M', 'T', 'R', 0, 0, 0, 0, 1}), random);
    return configuration;
}

/// An octet-string of that content, encoded.
ByteBuffer octet_string(ByteView octets) {
    ByteBuffer encoded{0x09, 0x82, static_cast<Byte>(octets.size() >> 8),
                       static_cast<Byte>(octets.size())};
    encoded.insert(encoded.end(), octets.begin(), octets.end());
    return encoded;
}

struct Conversation {
    explicit Conversation(Byte choice)
        : client(head_end(choice, random)), server(meter(choice, random)) {}

    SeededRandom random{1};
    ClientAssociation client;
    ServerAssociation server;
    Instant now{};
    ByteBuffer value{0x00};
    Fault fault = none;
    Byte place = 0;
    std::vector<ByteBuffer> from_client;
    std::vector<ByteBuffer> from_meter;
    std::vector<ByteBuffer> told;   // values that the meter answered with
    std::vector<ByteBuffer> asked;  // values of SETs that the meter has not carried out
    bool is_intact = true;          // nobody has touched the line yet

    static void keep(std::vector<ByteBuffer>& list, ByteView apdu) {
        if (list.size() == most_kept) {
            list.erase(list.begin());
        }
        list.push_back(to_buffer(apdu));
    }

    template <class Receiver>
    void carry(ByteBuffer apdu, Receiver& receiver) {
        const Fault here = std::exchange(fault, none);
        is_intact = is_intact && here == none;
        if (here == truncate) {
            apdu.resize(apdu.size() * place / 256);
        } else if (here == change && !apdu.empty()) {
            apdu[apdu.size() * place / 256] ^= static_cast<Byte>(1 << place % 8);
        }
        for (int copies = here == drop ? 0 : here == repeat ? 2 : 1; copies > 0; --copies) {
            receiver.receive(apdu, now);
            drain();
        }
    }

    void serve(const ServerEvent& event) {
        if (std::holds_alternative<GetIndication>(event)) {
            keep(told, value);
            (void)server.answer_get(*axdr::parse_data(value));
        } else if (const auto* set = std::get_if<SetIndication>(&event)) {
            const ByteBuffer written = to_buffer(set->value.encoded());
            const auto found = std::ranges::find(asked, written);
            fuzz::require(found != asked.end(),
                          "the meter carries out what the client asked for, and once");
            asked.erase(found);
            value = written;
            (void)server.answer_set(cosem::DataAccessResult::success);
        } else {
            fuzz::require(!std::holds_alternative<ActionIndication>(event),
                          "nobody but the client invokes a method");
        }
    }

    void look(const ClientEvent& event) const {
        const auto* got = std::get_if<GetCompleted>(&event);
        const auto* data = got ? std::get_if<axdr::DataView>(&got->result) : nullptr;
        if (data) {
            fuzz::require(std::ranges::find(told, to_buffer(data->encoded())) != told.end(),
                          "the client believes what the meter said");
        }
        fuzz::require(!std::holds_alternative<NotificationReceived>(event),
                      "the meter pushes nothing here");
    }

    void drain() {
        while (const auto event = server.poll_event()) {
            serve(*event);
        }
        while (const auto event = client.poll_event()) {
            look(*event);
        }
    }

    void run() {
        for (int apdus = 0; apdus < 20'000; ++apdus) {
            if (const auto sent = client.poll_transmit()) {
                keep(from_client, *sent);
                carry(to_buffer(*sent), server);
            } else if (const auto answered = server.poll_transmit()) {
                keep(from_meter, *answered);
                carry(to_buffer(*answered), client);
            } else {
                return;
            }
        }
        fuzz::require(false, "the conversation ends");
    }

    void wait() {
        for (int deadlines = 0; client.poll_timeout(); ++deadlines) {
            fuzz::require(deadlines < 100, "a command ends by its deadline");
            now = *client.poll_timeout();
            client.handle_timeout(now);
            drain();
            run();
        }
    }

    void operate(Byte operation, fuzz::Feed& feed) {
        if (operation == 0) {
            (void)client.open(now);
        } else if (operation == 1) {
            told.clear();
            (void)client.get(attribute, {}, now);
        } else if (operation == 2) {
            const ByteBuffer written = octet_string(feed.octets(feed.octet()));
            if (client.set(attribute, {}, *axdr::parse_data(written), now)) {
                asked.push_back(written);
            }
        } else if (operation == 3) {
            (void)client.release(now);
        } else {
            intrude(operation, feed);
        }
    }

    /// APDUs of somebody else: old ones, and any octets.
    void intrude(Byte operation, fuzz::Feed& feed) {
        is_intact = false;
        const bool to_meter = operation % 2 == 0;
        const std::vector<ByteBuffer>& old = to_meter ? from_client : from_meter;
        ByteBuffer apdu;
        if (operation < 6 && !old.empty()) {
            apdu = old[feed.octet() % old.size()];
        } else {
            apdu = to_buffer(feed.octets(feed.octet()));
        }
        if (to_meter) {
            server.receive(apdu, now);
        } else {
            client.receive(apdu, now);
        }
        drain();
    }
};

constexpr Byte operations = 8;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    Conversation talk(feed.octet());
    while (!feed.empty()) {
        const Byte choice = feed.octet();
        talk.fault = static_cast<Fault>(choice / operations % 5);
        talk.place = talk.fault == none ? Byte{0} : feed.octet();
        const Byte operation = choice % operations;
        const bool was_ready = talk.client.is_ready();
        talk.operate(operation, feed);
        talk.run();
        talk.wait();
        fuzz::require(!talk.is_intact || operation != 0 || talk.client.is_ready(),
                      "on a good line the association is made");
        fuzz::require(!talk.is_intact || operation != 1 || !was_ready || !talk.told.empty(),
                      "on a good line the meter is asked");
        fuzz::require(!talk.is_intact || talk.asked.empty(), "on a good line what is set is set");
    }
    return 0;
}
