#pragma once
// Beginnings of conversations with an association that was made, and the commands that scripts use.

#include <functional>
#include <string>
#include <vector>

#include "stack/cosem/obis_code.hpp"
#include "tests/support/association_subjects.hpp"

namespace dlms::testing {

using ClientTalk = Conversation<ClientSubject>;
using ServerTalk = Conversation<ServerSubject>;

inline const cosem::AttributeDescriptor energy{3, {1, 0, 1, 8, 0, 255}, 2};
inline const cosem::AttributeDescriptor clock_time{8, {0, 0, 1, 0, 0, 255}, 2};
inline const cosem::MethodDescriptor disconnect{70, {0, 0, 96, 3, 10, 255}, 1};
inline const cosem::MethodDescriptor run_script{9, {0, 0, 10, 0, 0, 255}, 1};

template <class Subject>
void holds_every_way(const Conversation<Subject>& script) {
    script.holds();
    script.holds_when_fed_in_chunks();
    script.holds_under_every_io_failure();
}

/// What both sides agree on: conformance (6 digits) and max-receive-pdu-sizes (4 digits each).
struct Agreement {
    std::string conformance = "007E1F";
    std::string server_size = "FFFF";
    std::string client_size = "FFFF";
    bool short_names = false;

    std::string aarq() const {
        return "601DA10906076085740508010" + std::string(short_names ? "2" : "1") +
               "BE10040E01000000065F1F0400" + conformance + client_size;
    }
    std::string aare() const {
        return "6129A10906076085740508010" + std::string(short_names ? "2" : "1") +
               "A203020100A305A103020100BE10040E0800065F1F0400" + conformance + server_size +
               (short_names ? "FA00" : "0007");
    }
};

inline std::uint32_t number(std::string_view hex) {
    return static_cast<std::uint32_t>(std::stoul(std::string(hex), nullptr, 16));
}

inline association::ClientConfiguration client_of(const Agreement& agreement) {
    association::ClientConfiguration client;
    client.response_timeout = std::chrono::seconds(8);
    client.proposed_conformance = xdlms::Conformance(number(agreement.conformance));
    client.max_receive_pdu_size = static_cast<std::uint16_t>(number(agreement.client_size));
    client.referencing = agreement.short_names ? association::Referencing::short_name
                                               : association::Referencing::logical_name;
    return client;
}

inline association::ServerConfiguration server_of(const Agreement& agreement) {
    association::ServerConfiguration server;
    server.supported_conformance = xdlms::Conformance(number(agreement.conformance));
    server.max_receive_pdu_size = static_cast<std::uint16_t>(number(agreement.server_size));
    server.referencing = agreement.short_names ? association::Referencing::short_name
                                               : association::Referencing::logical_name;
    return server;
}

/// A client whose association was made; `adjust` may change its configuration.
inline ClientTalk associated_client(
    const Agreement& agreement,
    const std::function<void(association::ClientConfiguration&)>& adjust = {}) {
    ClientTalk script([agreement, adjust] {
        association::ClientConfiguration client = client_of(agreement);
        if (adjust) {
            adjust(client);
        }
        return std::make_unique<ClientSubject>(16, 1, std::move(client));
    });
    script
        .command("open", [](ClientSubject& client,
                            Instant now) { BOOST_REQUIRE(client.machine.open(now)); })
        .expect_transmit(agreement.aarq())
        .deliver(agreement.aare())
        .expect_event("associated " + agreement.conformance + " " +
                      std::to_string(number(agreement.server_size)));
    return script;
}

inline ServerTalk associated_server(
    const Agreement& agreement,
    const std::function<void(association::ServerConfiguration&)>& adjust = {}) {
    ServerTalk script([agreement, adjust] {
        association::ServerConfiguration server = server_of(agreement);
        if (adjust) {
            adjust(server);
        }
        return std::make_unique<ServerSubject>(1, 16, std::move(server));
    });
    script.deliver(agreement.aarq())
        .expect_transmit(agreement.aare())
        .expect_event("established " + agreement.conformance + " " +
                      std::to_string(number(agreement.client_size)));
    return script;
}

/// Encoded Data that lives as long as the script, with views of it.
class Values {
public:
    Values(std::initializer_list<std::string_view> hex) {
        for (const std::string_view text : hex) {
            octets_.push_back(testing::octets(text));
        }
    }
    std::vector<axdr::DataView> views() const {
        std::vector<axdr::DataView> views;
        for (const ByteBuffer& one : octets_) {
            views.push_back(*axdr::parse_data(one));
        }
        return views;
    }

private:
    std::vector<ByteBuffer> octets_;
};

inline axdr::DataView data(const ByteBuffer& octets) {
    return *axdr::parse_data(octets);
}

// Commands of a client. Each requires that the association takes it.

inline auto get(const cosem::AttributeDescriptor& attribute) {
    return [attribute](ClientSubject& client, Instant now) {
        BOOST_REQUIRE(client.machine.get(attribute, std::nullopt, now));
    };
}
inline auto get_list(std::vector<cosem::AttributeDescriptorWithSelection> attributes) {
    return [attributes = std::move(attributes)](ClientSubject& client, Instant now) {
        BOOST_REQUIRE(client.machine.get_list(attributes, now));
    };
}
inline auto set(const cosem::AttributeDescriptor& attribute, std::string_view hex,
                association::ServiceClass service_class = association::ServiceClass::confirmed) {
    return [attribute, value = octets(hex), service_class](ClientSubject& client, Instant now) {
        BOOST_REQUIRE(client.machine.set(attribute, std::nullopt, data(value), now, service_class));
    };
}
inline auto set_list(std::vector<cosem::AttributeDescriptorWithSelection> attributes,
                     const Values& values) {
    return [attributes = std::move(attributes), values](ClientSubject& client, Instant now) {
        BOOST_REQUIRE(client.machine.set_list(attributes, values.views(), now));
    };
}
inline auto action(const cosem::MethodDescriptor& method, std::string_view hex = "",
                   association::ServiceClass service_class = association::ServiceClass::confirmed) {
    return [method, value = octets(hex), service_class](ClientSubject& client, Instant now) {
        const auto parameters =
            value.empty() ? std::nullopt : std::optional<axdr::DataView>(data(value));
        BOOST_REQUIRE(client.machine.action(method, parameters, now, service_class));
    };
}
inline auto action_list(std::vector<cosem::MethodDescriptor> methods, const Values& parameters) {
    return [methods = std::move(methods), parameters](ClientSubject& client, Instant now) {
        BOOST_REQUIRE(client.machine.action_list(methods, parameters.views(), now));
    };
}
inline auto access(std::vector<xdlms::AccessSpecification> specifications, const Values& values,
                   association::AccessOptions options = {}) {
    return [specifications = std::move(specifications), values, options](ClientSubject& client,
                                                                         Instant now) {
        BOOST_REQUIRE(client.machine.access(specifications, values.views(), options, now));
    };
}
inline auto read(std::vector<xdlms::VariableAccessSpecification> names) {
    return [names = std::move(names)](ClientSubject& client, Instant now) {
        BOOST_REQUIRE(client.machine.read(names, now));
    };
}
inline auto write(std::vector<xdlms::VariableAccessSpecification> names, const Values& values,
                  association::ServiceClass service_class = association::ServiceClass::confirmed) {
    return [names = std::move(names), values, service_class](ClientSubject& client, Instant now) {
        BOOST_REQUIRE(client.machine.write(names, values.views(), now, service_class));
    };
}
inline void release(ClientSubject& client, Instant now) {
    BOOST_REQUIRE(client.machine.release(now));
}

// Answers of a server's owner. Each requires that an indication of its kind awaits it.

inline auto answer(std::string_view hex) {
    return [value = octets(hex)](ServerSubject& server, Instant) {
        BOOST_REQUIRE(server.machine.answer_get(data(value)));
    };
}
inline auto answer_with(cosem::DataAccessResult result) {
    return [result](ServerSubject& server, Instant) {
        BOOST_REQUIRE(server.machine.answer_get(result));
    };
}
inline auto answer_set(cosem::DataAccessResult result = cosem::DataAccessResult::success) {
    return [result](ServerSubject& server, Instant) {
        BOOST_REQUIRE(server.machine.answer_set(result));
    };
}
inline auto answer_action(cosem::ActionResult result, std::string_view hex = "") {
    return [result, value = octets(hex)](ServerSubject& server, Instant) {
        xdlms::ActionOutcome outcome{result, std::nullopt};
        if (!value.empty()) {
            outcome.return_parameters = xdlms::GetDataResult(data(value));
        }
        BOOST_REQUIRE(server.machine.answer_action(outcome));
    };
}

}  // namespace dlms::testing
