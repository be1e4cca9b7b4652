// Read, Write and UnconfirmedWrite of short names, as the client speaks them.

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;
using xdlms::ParameterizedAccess;
using xdlms::VariableName;

namespace {

const Agreement short_names{.conformance = "1C1B20", .short_names = true};
Agreement with_server_size(std::string size) {
    Agreement agreement = short_names;
    agreement.server_size = std::move(size);
    return agreement;
}

void still_works(ClientTalk& script) {
    script.command("read", read({VariableName{0xFA00}}))
        .expect_transmit("050102FA00")
        .deliver("0C01000600003039")
        .expect_event("read data 0600003039");
    holds_every_way(script);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_short_names)

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_1_read_and_write) {
    // sn-0001 (Gurux) asks for the object list; 0014 is the answer to a write.
    ClientTalk script = associated_client(short_names);
    script.command("read", read({VariableName{0xFA00}}))
        .expect_transmit("050102FA00")
        .deliver("0C0100090C07E50118FF0E303950FFC400")
        .expect_event("read data 090C07E50118FF0E303950FFC400")
        .command("write", write({VariableName{0x0108}}, {"112A"}))
        .expect_transmit("060102010801112A")
        .deliver("0D0100")
        .expect_event("write success")
        .command("refused", write({VariableName{0x0108}}, {"112A"}))
        .expect_transmit("060102010801112A")
        .deliver("0D010103")
        .expect_event("write read-write-denied")
        .command("release", release)
        .expect_transmit("6203800100")
        .deliver("6303800100")
        .expect_event("released");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_2_X_3_several_names_and_parameters) {
    // sn-0004 and its answer sn-0008, sn-0012
    const ByteBuffer range = octets("0100");
    ClientTalk script = associated_client(short_names);
    script.command("read", read({VariableName{0x0100}, VariableName{0x0108}}))
        .expect_transmit("0502020100020108")
        .deliver("0C0200060000303A0103")
        .expect_event("read data 060000303A read-write-denied")
        .command("write", write({VariableName{0x0100}, VariableName{0x0108}}, {"110A", "0A024142"}))
        .expect_transmit("060202010002010802110A0A024142")
        .deliver("0D02000104")
        .expect_event("write success object-undefined")
        .command("parameterized",
                 [&](ClientSubject& client, Instant now) {
                     const std::vector<xdlms::VariableAccessSpecification> one{
                         ParameterizedAccess{0x0200, 2, data(range)}};
                     BOOST_REQUIRE(client.machine.read(one, now));
                 })
        .expect_transmit("0501040200020100")
        .deliver("0C01000100")
        .expect_event("read data 0100")
        .command("two", read({VariableName{0x0100}, VariableName{0x0108}}))
        .expect_transmit("0502020100020108")
        .deliver("0C010104")  // one refusal for both
        .expect_event("failed 0 object-undefined");
    still_works(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_4_an_answer_in_blocks) {
    ClientTalk script = associated_client(short_names);
    script.command("read", read({VariableName{0x0100}}))
        .expect_transmit("0501020100")
        .deliver("0C01020000010401000902")
        .expect_transmit("0501050001")
        .deliver("0C0102FF0002024142")
        .expect_event("read data 09024142");
    still_works(script);

    ClientTalk two = associated_client(short_names);
    two.command("read", read({VariableName{0x0100}, VariableName{0x0108}}))
        .expect_transmit("0502020100020108")
        .deliver("0C01020000010402001101")
        .expect_transmit("0501050001")
        .deliver("0C0102010002020104")
        .expect_event("read data 1101 object-undefined");
    still_works(two);

    for (const auto& [answer, event] : {
             std::pair{"0C01020000010401000902", "failed 0 wrong-block-number"},
             std::pair{"0C0102000003024142", "failed 0 wrong-block-number"},
             std::pair{"0C010113", "read data-block-number-invalid"},
             std::pair{"0C01020100020141", "failed 0 length-beyond-buffer"},
             std::pair{"0C01020100020441424344", "failed 0 trailing-octets"},
             std::pair{"0C01030001", "failed 0 unexpected-apdu"},
             std::pair{"0E050502", "failed 0 service-error access object-access-violated"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk wrong = associated_client(short_names);
            wrong.command("read", read({VariableName{0x0100}}))
                .expect_transmit("0501020100")
                .deliver("0C01020000010401000902")
                .expect_transmit("0501050001")
                .deliver(answer)
                .expect_event(event);
            still_works(wrong);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_read_in_blocks) {
    // 17 octets: names of 3 octets each, cut into blocks of 10
    ClientTalk script = associated_client(with_server_size("0011"));
    const std::vector<xdlms::VariableAccessSpecification> names(6, VariableName{0x0102});
    script.command("read", read(names))
        .expect_transmit("0501060000010A06020102020102020102")
        .deliver("0C01030001")
        .expect_transmit("05010601000209020102020102020102")
        .deliver("0C060011010011020011030011040011050104")
        .expect_event("read data 1101 data 1102 data 1103 data 1104 data 1105 object-undefined");
    still_works(script);

    for (const auto& [answer, event] : {
             std::pair{"0C01030002", "failed 0 wrong-block-number"},
             std::pair{"0C010110", "failed 0 no-long-get-in-progress"},
             std::pair{"0C060011010011020011030011040011050104", "failed 0 unexpected-apdu"},
             std::pair{"0C01020100010100", "failed 0 unexpected-apdu"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk wrong = associated_client(with_server_size("0011"));
            wrong.command("read", read(names))
                .expect_transmit("0501060000010A06020102020102020102")
                .deliver(answer)
                .expect_event(event);
            still_works(wrong);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_5_a_write_in_blocks) {
    // sn-0013 has this shape; sn-0016 acknowledges. 17 octets: 8 in each block.
    ClientTalk script = associated_client(with_server_size("0011"));
    script.command("write", write({VariableName{0x0108}}, {"090A00010203040506070809"}))
        .expect_transmit("0601070000010109080102010801090A00")
        .deliver("0D01020001")
        .expect_transmit("0601070000020109080102030405060708")
        .deliver("0D01020002")
        .expect_transmit("06010701000301090109")
        .deliver("0D0100")
        .expect_event("write success");
    still_works(script);

    for (const auto& [answer, event] : {
             std::pair{"0D01020002", "failed 0 wrong-block-number"},
             std::pair{"0D010113", "write data-block-number-invalid"},
             std::pair{"0D0100", "failed 0 unexpected-apdu"},  // before the last block
             std::pair{"0D0200020001", "failed 0 unexpected-apdu"},
             std::pair{"0D020000", "failed 0 unexpected-apdu"},
             std::pair{"0D0103", "failed 0 unknown-choice"},
             std::pair{"0E060501", "failed 0 service-error access scope-of-access-violated"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk wrong = associated_client(with_server_size("0011"));
            wrong.command("write", write({VariableName{0x0108}}, {"090A00010203040506070809"}))
                .expect_transmit("0601070000010109080102010801090A00")
                .deliver(answer)
                .expect_event(event);
            still_works(wrong);
        }
    }
}

BOOST_AUTO_TEST_CASE(answers_of_another_length_or_kind_are_no_answer) {
    for (const auto& [answer, event] : {
             std::pair{"0C02001101001102", "failed 0 list-count-mismatch"},
             std::pair{"0C00", "failed 0 list-count-mismatch"},
             std::pair{"0C0105", "failed 0 unknown-choice"},
             std::pair{"0C01030001", "failed 0 unexpected-apdu"},
             std::pair{"0C020011010200000100", "failed 0 unexpected-apdu"},
             std::pair{"0E050301", "failed 0 service-error service pdu-size"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk script = associated_client(short_names);
            script.command("read", read({VariableName{0x0100}}))
                .expect_transmit("0501020100")
                .deliver("0D0100")  // of another service: dropped
                .deliver(answer)
                .expect_event(event);
            still_works(script);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_6_unconfirmed_write) {
    // sn-0017
    ClientTalk script = associated_client(short_names);
    script
        .command("write",
                 write({VariableName{0x0108}}, {"112A"}, association::ServiceClass::unconfirmed))
        .expect_transmit("160102010801112A")
        .at(20s);
    still_works(script);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_what_short_names_may_not_ask) {
    ClientTalk script = associated_client({.conformance = "180000", .short_names = true});
    script
        .command(
            "not negotiated",
            [](ClientSubject& client, Instant now) {
                auto& machine = client.machine;
                const Values values{"1101", "1102"};
                const auto views = values.views();
                const std::vector<xdlms::VariableAccessSpecification> two(2, VariableName{1});
                const std::vector<xdlms::VariableAccessSpecification> selects{
                    ParameterizedAccess{1, 1, views[0]}};
                const auto one = std::span(two).first(1);
                const auto value = std::span(views).first(1);
                for (const auto& refused :
                     {machine.read(two, now), machine.read(selects, now),
                      machine.write(two, views, now),
                      machine.write(one, value, now, association::ServiceClass::unconfirmed),
                      machine.get(energy, std::nullopt, now)}) {
                    BOOST_REQUIRE(!refused);
                    BOOST_CHECK(refused.error().code == ErrorCode::not_negotiated);
                }
                const std::vector<xdlms::VariableAccessSpecification> procedure{
                    xdlms::BlockNumberAccess{1}};
                for (const auto& refused : {machine.read({}, now), machine.read(procedure, now),
                                            machine.write(one, views, now)}) {
                    BOOST_REQUIRE(!refused);
                    BOOST_CHECK(refused.error().code == ErrorCode::out_of_range);
                }
            })
        .expect_no_transmit();
    still_works(script);
}

BOOST_AUTO_TEST_SUITE_END()
