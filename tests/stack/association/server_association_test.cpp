#include "stack/association/server_association.hpp"

#include "stack/axdr/data_builder.hpp"
#include "tests/support/association_subjects.hpp"

using namespace dlms;
using testing::ServerSubject;

namespace {

constexpr auto aarq_plain = "601DA109060760857405080101BE10040E01000000065F1F0400007E1FFFFF";
constexpr auto aarq_nothing = "601DA109060760857405080101BE10040E01000000065F1F0400000000FFFF";
constexpr auto aarq_small = "601DA109060760857405080101BE10040E01000000065F1F0400007E1F000C";
constexpr auto aare_accepted =
    "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501C01F40007";
constexpr auto get_energy = "C001C100030100010800FF0200";

association::ServerConfiguration configuration() {
    association::ServerConfiguration server;
    server.max_receive_pdu_size = 500;
    return server;
}

association::ServerConfiguration with_password() {
    association::ServerConfiguration server = configuration();
    server.mechanism = acse::Mechanism::lls;
    server.password = SecretBytes(as_bytes("00000000"));
    return server;
}

using Talk = testing::Conversation<ServerSubject>;

Talk talk(association::ServerConfiguration (*make)() = configuration) {
    return Talk([make] { return std::make_unique<ServerSubject>(1, 16, make()); });
}

void holds_every_way(const Talk& script) {
    script.holds();
    script.holds_when_fed_in_chunks();
    script.holds_under_every_io_failure();
}

Talk associated(association::ServerConfiguration (*make)() = configuration) {
    Talk script = talk(make);
    script.deliver(aarq_plain)
        .expect_transmit(aare_accepted)
        .expect_event("established 00501C 65535");
    return script;
}

auto answer(std::string_view hex) {
    return [value = testing::octets(hex)](ServerSubject& server, Instant) {
        BOOST_REQUIRE(server.machine.answer_get(*axdr::parse_data(value)));
    };
}

auto answer_with(cosem::DataAccessResult result) {
    return [result](ServerSubject& server, Instant) {
        BOOST_REQUIRE(server.machine.answer_get(result));
    };
}

auto answer_set(cosem::DataAccessResult result) {
    return [result](ServerSubject& server, Instant) {
        BOOST_REQUIRE(server.machine.answer_set(result));
    };
}

/// An AARQ for which the answer is this AARE, and no association follows.
void expect_refusal(std::string_view aarq, std::string_view aare,
                    association::ServerConfiguration (*make)() = configuration) {
    BOOST_TEST_CONTEXT(aarq) {
        Talk script = talk(make);
        script.deliver(aarq).expect_transmit(aare).deliver(get_energy).expect_transmit("D80102");
        holds_every_way(script);
    }
}

std::string aare(std::string_view result, std::string_view diagnostic) {
    return "6117A109060760857405080101A2030201" + std::string(result) + "A305" +
           std::string(diagnostic);
}

std::string aare_initiate_error(std::string_view value) {
    return "611FA109060760857405080101A203020101A305A103020101BE0604040E0106" + std::string(value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_association)

BOOST_AUTO_TEST_CASE(APPL_OPEN_1_serves_get_and_releases) {
    Talk script = associated();
    script.deliver(get_energy)
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("0600003039"))
        .expect_transmit("C401C1000600003039")
        .deliver("C001C200030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer_with(cosem::DataAccessResult::object_undefined))
        .expect_transmit("C401C20104")
        .deliver("6203800100")
        .expect_transmit("6303800100")
        .expect_event("released")
        .deliver(get_energy)
        .expect_transmit("D80102");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_IDLE_N1_data_request_without_association) {
    Talk script = talk();
    script.deliver("C001C1000F0000280000FF0100").expect_transmit("D80102");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_4_protocol_version) {
    for (const auto* version : {"80020780", "80020284"}) {
        Talk script = talk();
        script
            .deliver("6021" + std::string(version) +
                     "A109060760857405080101BE10040E01000000065F1F0400007E1FFFFF")
            .expect_transmit(aare_accepted)
            .expect_event("established 00501C 65535");
        holds_every_way(script);
    }
    expect_refusal("602180020244A109060760857405080101BE10040E01000000065F1F0400007E1FFFFF",
                   aare("01", "A203020102"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_5_application_context) {
    // S2: a garbage object identifier; S3: contexts that this association does not have.
    for (const auto* context :
         {"5F857504070203", "60857405080102", "60857405080103", "60857405080104"}) {
        expect_refusal(
            "601DA1090607" + std::string(context) + "BE10040E01000000065F1F0400007E1FFFFF",
            aare("01", "A103020102"));
    }
    // S1: no context at all is no AARQ; silence.
    Talk script = talk();
    script.deliver("6012BE10040E01000000065F1F0400007E1FFFFF").expect_no_transmit();
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_6_S1_unused_titles_are_ignored) {
    Talk script = talk();
    script
        .deliver(
            "6036A109060760857405080101A203040144A303040144A403020100A503020100A803020100"
            "BE10040E01000000065F1F0400007E1FFFFF")
        .expect_transmit(aare_accepted)
        .expect_event("established 00501C 65535");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_authentication) {
    const std::string head = "A109060760857405080101";
    const std::string tail = "BE10040E01000000065F1F0400007E1FFFFF";
    const std::string requirements = "8A020780";
    const std::string lls = "8B0760857405080201";
    const std::string right = "AC0A80083030303030303030";
    const auto aarq = [&](const std::string& fields) {
        const std::string body = head + fields + tail;
        const Byte length[]{static_cast<Byte>(body.size() / 2)};
        return "60" + to_hex(length) + body;
    };
    const auto refused = [&](const std::string& fields, std::string_view diagnostic) {
        expect_refusal(aarq(fields), aare("01", diagnostic), with_password);
    };
    Talk accepted = talk(with_password);
    accepted.deliver(aarq(requirements + lls + right))
        .expect_transmit(aare_accepted)
        .expect_event("established 00501C 65535");
    holds_every_way(accepted);

    refused("", "A10302010E");                                           // S7
    refused(requirements + right, "A10302010C");                         // S2
    refused(requirements + "8B0760857405080205" + right, "A10302010B");  // S3
    refused(requirements + "8B0760857405080263" + right, "A10302010B");  // S3, unknown
    refused(requirements + lls, "A10302010D");                           // S4
    refused(lls + right, "A10302010D");                                  // S6
    refused("8A020700" + lls + right, "A10302010D");                     // S6, bit 0 = 0

    // S5: wrong, shorter, longer and empty secrets; then the right one still works.
    for (const auto* wrong : {"AC0A80083030303030303031", "AC09800730303030303030",
                              "AC0B8009303030303030303030", "AC028000"}) {
        Talk script = talk(with_password);
        script.deliver(aarq(requirements + lls + wrong))
            .expect_transmit(aare("01", "A10302010D"))
            .expect_event("authentication failed")
            .deliver(aarq(requirements + lls + right))
            .expect_transmit(aare_accepted)
            .expect_event("established 00501C 65535");
        holds_every_way(script);
    }

    // S1: authentication that the association does not ask for is ignored.
    Talk ignored = talk();
    ignored.deliver(aarq(requirements + lls + right))
        .expect_transmit(aare_accepted)
        .expect_event("established 00501C 65535");
    holds_every_way(ignored);

    Talk locked = talk(with_password);
    locked.command("lock", [](ServerSubject& server, Instant) { server.machine.set_locked(true); })
        .deliver(aarq(requirements + lls + right))
        .expect_transmit(aare("02", "A10302010D"))
        .expect_no_transmit();
    holds_every_way(locked);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_9_11_12_13_14_initiate_request) {
    const auto aarq = [](const std::string& initiate) {
        const auto size = initiate.size() / 2;
        const Byte lengths[]{static_cast<Byte>(size + 15), static_cast<Byte>(size + 2),
                             static_cast<Byte>(size)};
        const std::string hex = to_hex(lengths);
        return "60" + hex.substr(0, 2) + "A109060760857405080101BE" + hex.substr(2, 2) + "04" +
               hex.substr(4, 2) + initiate;
    };
    // 9: a dedicated key in the clear
    expect_refusal(aarq("0110000102030405060708090A0B0C0D0E0F0000065F1F0400007E1FFFFF"),
                   aare_initiate_error("00"));
    expect_refusal(aarq("01000000055F1F0400007E1FFFFF"), aare_initiate_error("01"));  // 12/S1
    expect_refusal(aarq("01000000005F1F0400007E1FFFFF"), aare_initiate_error("01"));
    expect_refusal(aarq("01000000065F1F0400000000FFFF"), aare_initiate_error("02"));  // 13/S3
    expect_refusal(aarq("01000000065F1F04001C0320FFFF"), aare_initiate_error("02"));
    expect_refusal(aarq("01000000065F1F0400007E1F000B"), aare_initiate_error("03"));  // 14/S2
    expect_refusal(aarq("01000000065F1F0400007E1F0001"), aare_initiate_error("03"));

    const auto accepted = [&](const std::string& initiate, const std::string& response,
                              const std::string& event) {
        BOOST_TEST_CONTEXT(initiate) {
            const auto size = response.size() / 2;
            const Byte lengths[]{static_cast<Byte>(size + 27), static_cast<Byte>(size + 2),
                                 static_cast<Byte>(size)};
            const std::string hex = to_hex(lengths);
            Talk script = talk();
            script.deliver(aarq(initiate))
                .expect_transmit("61" + hex.substr(0, 2) +
                                 "A109060760857405080101A203020100A305A103020100BE" +
                                 hex.substr(2, 2) + "04" + hex.substr(4, 2) + response)
                .expect_event(event);
            holds_every_way(script);
        }
    };
    const std::string usual = "0800065F1F040000501C01F40007";
    accepted("0100000101065F1F0400007E1FFFFF", "080101065F1F040000501C01F40007",
             "established 00501C 65535");  // 11: quality of service is echoed
    accepted("01000000075F1F0400007E1FFFFF", usual, "established 00501C 65535");  // 12/S2
    accepted("01000000065F1F0400FFFFFFFFFF", usual, "established 00501C 65535");  // 13/S1
    accepted("01000000065F1F0400000010FFFF", "0800065F1F040000001001F40007",
             "established 000010 65535");                                      // 13/S2
    accepted("01000000065F1F0400007E1F000C", usual, "established 00501C 12");  // 14/S1
    accepted("01000000065F1F0400007E1F0000", usual, "established 00501C 0");   // 14/S3
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_5_an_aarq_in_an_association_makes_it_anew) {
    Talk script = associated();
    script.deliver(aarq_small).expect_transmit(aare_accepted).expect_event("established 00501C 12");
    holds_every_way(script);

    // One that is refused ends it.
    Talk refused = associated();
    refused.deliver(aarq_nothing)
        .expect_transmit(aare_initiate_error("02"))
        .expect_event("released")
        .deliver(aarq_nothing)
        .expect_transmit(aare_initiate_error("02"));
    holds_every_way(refused);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_10_a_malformed_aarq_changes_nothing) {
    for (std::size_t octets = 1; octets < std::string_view(aarq_plain).size() / 2; ++octets) {
        Talk script = associated();
        script.deliver(std::string(aarq_plain).substr(0, 2 * octets))
            .expect_no_transmit()
            .deliver(get_energy)
            .expect_event("get 3/1-0:1.8.0.255/2")
            .command("answer", answer("1101"))
            .expect_transmit("C401C1001101");
        script.holds();
    }
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_8_unconfirmed_association) {
    Talk script = talk([] {
        association::ServerConfiguration server = configuration();
        server.supported_conformance = xdlms::Conformance(0x00501C);
        return server;
    });
    script.deliver("601EA109060760857405080101BE11040F0100010000065F1F0400007E1FFFFF")
        .expect_no_transmit()
        .expect_event("established 00501C 65535 unconfirmed")
        .deliver(get_energy)
        .expect_transmit("D80102")
        .deliver("C1018100030100010800FF0200110B")
        .expect_event("set 3/1-0:1.8.0.255/2 110B")
        .command("answer", answer_set(cosem::DataAccessResult::success))
        .expect_no_transmit();
    holds_every_way(script);

    // A refusal is as silent.
    Talk refused = talk();
    refused.deliver("601EA109060760857405080101BE11040F0100010000065F1F0400000000FFFF")
        .expect_no_transmit()
        .deliver("601EA109060760857405080102BE11040F0100010000065F1F0400007E1FFFFF")
        .expect_no_transmit();
    holds_every_way(refused);
}

BOOST_AUTO_TEST_CASE(APPL_REL_P1_and_X_1_release) {
    for (const auto& [rlrq, rlre] :
         {std::pair{"6200", "6300"}, std::pair{"6203800100", "6303800100"},
          std::pair{"6203800101", "6303800100"}, std::pair{"620380011E", "6303800100"},
          std::pair{"6203800105", "6303800100"}}) {
        Talk script = associated();
        script.deliver(rlrq).expect_transmit(rlre).expect_event("released");
        script.deliver(get_energy).expect_transmit("D80102");
        holds_every_way(script);
    }
    Talk without = talk();  // APPL_REL_X_4
    without.deliver("6200").expect_transmit("6300");
    holds_every_way(without);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_N1_N3_N4_malformed_and_unknown_requests) {
    for (const auto* hex : {
             "C004C1000F0000280000FF0100",                  // N1/S1 unknown choice
             "C0C1000F0000280000FF0100",                    // N1/S2 elements missing
             "C001C10000280001 00",                         // N1/S2
             "C106C1000F0000280000FF010009060000280000FF",  // N3/S1
             "C101C1000F0000280000",                        // N3/S2
             "05010 2FA00",                                 // N4: SN at an LN association
             "7F00",                                        // N4: unknown tag
             "C301C100460000600 30AFF01010F00",             // N4: action not negotiated
         }) {
        std::string packed(hex);
        std::erase(packed, ' ');
        BOOST_TEST_CONTEXT(packed) {
            Talk script = associated();
            script.deliver(packed)
                .expect_transmit("D80102")
                .deliver(get_energy)
                .expect_event("get 3/1-0:1.8.0.255/2")
                .command("answer", answer("1101"))
                .expect_transmit("C401C1001101");
            holds_every_way(script);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_2_invoke_id_and_priority_are_echoed) {
    for (unsigned id = 0; id < 16; ++id) {
        for (const unsigned flags : {0x00u, 0x40u, 0x80u, 0xC0u}) {
            const Byte iip[]{static_cast<Byte>(flags | id)};
            Talk script = associated();
            script.deliver("C001" + to_hex(iip) + "00030100010800FF0200")
                .expect_event("get 3/1-0:1.8.0.255/2")
                .command("answer", answer("1101"))
                .expect_transmit("C401" + to_hex(iip) + "001101")  // GET is always answered
                .deliver("C101" + to_hex(iip) + "00030100010800FF02001105")
                .expect_event("set 3/1-0:1.8.0.255/2 1105")
                .command("answer", answer_set(cosem::DataAccessResult::success));
            if ((flags & 0x40u) != 0) {
                script.expect_transmit("C501" + to_hex(iip) + "00");
            } else {
                script.expect_no_transmit();
            }
            script.holds();
        }
    }
    Talk answered = associated([] {
        association::ServerConfiguration server = configuration();
        server.answer_unconfirmed = true;
        return server;
    });
    answered.deliver("C1018100030100010800FF02001105")
        .expect_event("set 3/1-0:1.8.0.255/2 1105")
        .command("answer", answer_set(cosem::DataAccessResult::success))
        .expect_transmit("C5018100");
    holds_every_way(answered);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_12_answer_in_blocks_of_the_smallest_pdu) {
    // 12 octets: two of the answer in each block.
    Talk script = talk();
    script.deliver(aarq_small)
        .expect_transmit(aare_accepted)
        .expect_event("established 00501C 12")
        .deliver(get_energy)
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("090700010203040506"))
        .expect_transmit("C402C1000000000100020907")
        .deliver("C002C100000001")
        .expect_transmit("C402C1000000000200020001")
        .deliver("C002C100000002")
        .expect_transmit("C402C1000000000300020203")
        .deliver("C002C100000003")
        .expect_transmit("C402C1000000000400020405")
        .deliver("C002C100000004")
        .expect_transmit("C402C10100000005000106");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(blocks_fill_the_pdu_at_every_size) {
    for (std::uint16_t size = 12; size < 600; ++size) {
        association::ServerAssociation server(configuration());
        const Byte octets[]{static_cast<Byte>(size >> 8), static_cast<Byte>(size & 0xFF)};
        std::string aarq(aarq_plain);
        aarq.replace(aarq.size() - 4, 4, to_hex(octets));
        server.receive(testing::octets(aarq), Instant{});
        server.poll_event();
        BOOST_REQUIRE(server.poll_transmit());  // the AARE
        server.receive(testing::octets(get_energy), Instant{});
        axdr::DataBuilder builder;
        const auto value = builder.octet_string(ByteBuffer(2000, Byte{0x5A})).finish();
        BOOST_REQUIRE(server.answer_get(value->view()));
        ByteBuffer assembled;
        for (std::uint32_t block = 1;; ++block) {
            const auto apdu = server.poll_transmit();
            BOOST_REQUIRE(apdu);
            BOOST_REQUIRE_LE(apdu->size(), size);
            const auto decoded = xdlms::decode_get_response(*apdu);
            BOOST_REQUIRE(decoded);
            const auto& part = std::get<xdlms::GetResponseWithDatablock>(*decoded);
            BOOST_REQUIRE_EQUAL(part.block_number, block);
            const ByteView raw = std::get<ByteView>(part.block);
            assembled.insert(assembled.end(), raw.begin(), raw.end());
            if (part.last_block) {
                break;
            }
            BOOST_REQUIRE_GE(apdu->size() + 2, size);  // no room is given away
            ByteBuffer next;
            Writer writer(next);
            xdlms::encode(writer, xdlms::GetRequestNext{part.invoke_id_and_priority, block});
            server.receive(next, Instant{});
        }
        BOOST_REQUIRE(assembled == to_buffer(value->encoded()));
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_13_get_next_with_a_wrong_number) {
    for (const auto* number : {"00000000", "00000002", "00000005"}) {
        Talk script = talk();
        script.deliver(aarq_small)
            .expect_transmit(aare_accepted)
            .expect_event("established 00501C 12")
            .deliver(get_energy)
            .expect_event("get 3/1-0:1.8.0.255/2")
            .command("answer", answer("090700010203040506"))
            .expect_transmit("C402C1000000000100020907")
            .deliver("C002C1" + std::string(number))
            .expect_transmit("C402C101" + std::string(number) + "0113")
            .deliver("C002C100000001")
            .expect_transmit("C402C101000000010110");
        holds_every_way(script);
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_15_a_new_get_replaces_a_long_one) {
    Talk script = talk();
    script.deliver(aarq_small)
        .expect_transmit(aare_accepted)
        .expect_event("established 00501C 12")
        .deliver(get_energy)
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("090700010203040506"))
        .expect_transmit("C402C1000000000100020907")
        .deliver("C001C200030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("090700010203040506"))
        .expect_transmit("C402C2000000000100020907")
        .deliver("6200")
        .expect_transmit("6300")
        .expect_event("released");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_27_conformance_not_negotiated) {
    Talk script = talk();
    script.deliver("601DA109060760857405080101BE10040E01000000065F1F0400000010FFFF")
        .expect_transmit(
            "6129A109060760857405080101A203020100A305A103020100"
            "BE10040E0800065F1F040000001001F40007")
        .expect_event("established 000010 65535")
        .deliver("C101C100030100010800FF02001105")
        .expect_transmit("D80102")
        .deliver("C001C100070100630100FF02010200")
        .expect_transmit("D80102")
        .deliver("C001C100030100010800FF0000")  // attribute 0
        .expect_transmit("C401C10103")
        .deliver(get_energy)
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C401C1001101");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_28_request_above_the_servers_size) {
    Talk script = associated();
    script.deliver("C101C100030100010800FF02000982 01F4" + std::string(2 * 500, '0'))
        .expect_transmit("D80104")
        .deliver(get_energy)
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C401C1001101");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_29_answer_too_long_and_no_blocks) {
    Talk script = talk([] {
        association::ServerConfiguration server = configuration();
        server.supported_conformance = xdlms::Conformance(0x000010);
        return server;
    });
    script.deliver(aarq_small)
        .expect_transmit(
            "6129A109060760857405080101A203020100A305A103020100"
            "BE10040E0800065F1F040000001001F40007")
        .expect_event("established 000010 12")
        .deliver(get_energy)
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("090700010203040506"))
        .expect_transmit("C401C1010E");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(stray_zeros_after_a_get_are_accepted_by_option_only) {
    const std::string library = "C001810008 0000010000FF0200000000";
    Talk strict = associated();
    strict.deliver(library).expect_transmit("D80102");
    holds_every_way(strict);
    Talk tolerant = associated([] {
        association::ServerConfiguration server = configuration();
        server.get_tolerance.trailing_zeros = true;
        return server;
    });
    tolerant.deliver(library)
        .expect_event("get 8/0-0:1.0.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C40181001101");
    holds_every_way(tolerant);
}

BOOST_AUTO_TEST_SUITE_END()
