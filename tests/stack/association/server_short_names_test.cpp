// Read, Write and UnconfirmedWrite of short names, as the server speaks them.

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using cosem::DataAccessResult;

namespace {

const Agreement short_names{.conformance = "1C1B20", .short_names = true};
const Agreement small{.conformance = "1C1B20", .client_size = "0010", .short_names = true};

void still_works(ServerTalk& script) {
    script
        .deliver("050102FA00")  // sn-0001 (Gurux)
        .expect_event("read 64000")
        .command("answer", answer("0100"))
        .expect_transmit("0C01000100");
    holds_every_way(script);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_short_names)

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_1_X_2_read_and_write) {
    // sn-0004 and 0008; sn-0014
    ServerTalk script = associated_server(short_names);
    script.deliver("0502020100020108")
        .expect_event("read 256")
        .command("first", answer("060000303A"))
        .expect_event("read 264")
        .command("second", answer_with(DataAccessResult::read_write_denied))
        .expect_transmit("0C0200060000303A0103")
        .deliver("060102010801112A")
        .expect_event("write 264 112A")
        .command("done", answer_set())
        .expect_transmit("0D0100")
        .deliver("060202010002010802110A0A024142")
        .expect_event("write 256 110A")
        .command("refused", answer_set(DataAccessResult::type_unmatched))
        .expect_event("write 264 0A024142")
        .command("done", answer_set())
        .expect_transmit("0D02010C00");
    still_works(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_3_X_8_parameterized_access) {
    ServerTalk script = associated_server(short_names);
    script.deliver("0501040200020100")
        .expect_event("read 512 selector 2 0100")
        .command("answer", answer("0100"))
        .expect_transmit("0C01000100");
    still_works(script);

    ServerTalk without = associated_server({.conformance = "1C1B00", .short_names = true});
    without.deliver("0501040200020100").expect_transmit("0E050302");
    still_works(without);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_N1_read_requests_with_errors) {
    for (const auto* wrong :
         {"05014100", "050102", "050102FA", "05", "0584FFFFFFFF", "0500", "0502020100050001"}) {
        BOOST_TEST_CONTEXT(wrong) {
            ServerTalk script = associated_server(short_names);
            script.deliver(wrong).expect_transmit("0E050302");
            still_works(script);
        }
    }
    ServerTalk undefined = associated_server(short_names);
    undefined.deliver("0501020000")
        .expect_event("read 0")
        .command("answer", answer_with(DataAccessResult::object_undefined))
        .expect_transmit("0C010104");
    still_works(undefined);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_N2_write_requests_with_errors) {
    for (const auto* wrong : {"06014100011105", "060102", "0602020100020108011100", "060000",
                              "0602020100070100010211010900", "060107000001011105"}) {
        BOOST_TEST_CONTEXT(wrong) {
            ServerTalk script = associated_server(short_names);
            script.deliver(wrong).expect_transmit("0E060302");
            still_works(script);
        }
    }
    ServerTalk undefined = associated_server(short_names);
    undefined.deliver("0601020000011105")
        .expect_event("write 0 1105")
        .command("answer", answer_set(DataAccessResult::object_undefined))
        .expect_transmit("0D010104");
    still_works(undefined);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_N3_services_that_are_not_served) {
    ServerTalk script = associated_server(short_names);
    for (const auto* other :
         {"C001C1000F0000280000FF0100", "C101C100030100010800FF02001105",
          "C301C1000900000A0000FF0100", "D9C000001000010100030100010800FF020100", "7F00",
          "E0810001000001C0"}) {
        script.deliver(other).expect_transmit(other[0] == 'E' ? "0E010302" : "0E010302");
    }
    still_works(script);

    ServerTalk bits = associated_server({.conformance = "100000", .short_names = true});
    bits.deliver("060102010801112A")
        .expect_transmit("0E060302")
        .deliver("0502020100020108")
        .expect_transmit("0E050302")
        .deliver("160102010801112A")
        .expect_no_transmit()
        .deliver("05010600000103010203")
        .expect_transmit("0E050302");
    still_works(bits);

    ServerTalk logical = associated_server({});
    for (const auto* other : {"050102FA00", "060102010801112A", "160102010801112A"}) {
        logical.deliver(other).expect_transmit("D80102");
    }
    holds_every_way(logical);

    ServerTalk idle([] { return std::make_unique<ServerSubject>(1, 16, server_of(short_names)); });
    idle.deliver("050102FA00")  // APPL_IDLE_N1
        .expect_transmit("0E010302")
        .deliver("060102010801112A")
        .expect_transmit("0E010302")
        .deliver("160102010801112A");
    holds_every_way(idle);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_4_X_5_blocks_that_were_not_negotiated) {
    ServerTalk script = associated_server({.conformance = "180320", .short_names = true});
    for (const auto* block : {"0501050001", "05010601000203020108", "05010600000103020108"}) {
        script.deliver(block).expect_transmit("0E050302");
    }
    for (const auto* block : {"060107010002010903024142", "060107000001010903024142"}) {
        script.deliver(block).expect_transmit("0E060302");
    }
    still_works(script);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_8_only_unconfirmed_services_on_an_unconfirmed_association) {
    ServerTalk script(
        [] { return std::make_unique<ServerSubject>(1, 16, server_of(short_names)); });
    script.deliver("601EA109060760857405080102BE11040F0100010000065F1F04001C1B20FFFF")
        .expect_no_transmit()
        .expect_event("established 1C1B20 65535 unconfirmed")
        .deliver("0501020100")
        .expect_transmit("0E050302")
        .deliver("060102010801112A")
        .expect_transmit("0E060302")
        .deliver("160102010801112A")
        .expect_event("write 264 112A")
        .command("done", answer_set())
        .expect_no_transmit();
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_14_S1_a_write_whose_results_cannot_fit_is_not_executed) {
    // 12 octets: tag, count and five refusals of two octets; ten successes would fit.
    const auto written = [](int count) {
        const Byte number[]{static_cast<Byte>(count)};
        std::string names = "06" + to_hex(number);
        std::string values = to_hex(number);
        for (int i = 0; i < count; ++i) {
            names += "020108";
            values += "1101";
        }
        return names + values;
    };
    const Agreement tiny{.conformance = "1C0320", .client_size = "000C", .short_names = true};
    for (const int count : {6, 10, 11}) {
        ServerTalk script = associated_server(tiny);
        script.deliver(written(count)).expect_transmit("0E060301");
        still_works(script);
    }

    ServerTalk fits = associated_server(tiny);
    fits.deliver(written(5));
    for (int i = 0; i < 5; ++i) {
        fits.expect_event("write 264 1101")
            .command("refused", answer_set(DataAccessResult::read_write_denied));
    }
    fits.expect_transmit("0D0501030103010301030103");
    still_works(fits);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_4_as_long_as_the_block_numbers_suffice) {
    const auto first_answer = [](const std::string& client_size, std::uint32_t octets) {
        const Agreement agreement{
            .conformance = "1C1B20", .client_size = client_size, .short_names = true};
        association::ServerAssociation server(server_of(agreement));
        server.receive(testing::octets(agreement.aarq()), {});
        server.poll_event();
        server.poll_transmit();
        server.receive(testing::octets("0501020100"), {});
        ByteBuffer value{0x09, 0x83, static_cast<Byte>(octets >> 16),
                         static_cast<Byte>(octets >> 8), static_cast<Byte>(octets)};
        value.resize(value.size() + octets);
        BOOST_REQUIRE(server.answer_get(*axdr::parse_data(value)));
        const auto answer = server.poll_transmit();
        BOOST_REQUIRE(answer);
        return to_hex(answer->first(std::min<std::size_t>(answer->size(), 6)));
    };
    BOOST_TEST(first_answer("FFFF", 400'000) == "0C0102000001");
    // Five octets in each of 65,535 blocks: count, choice, head of the value, and the value.
    BOOST_TEST(first_answer("000C", 5 * 65'535 - 7) == "0C0102000001");
    BOOST_TEST(first_answer("000C", 5 * 65'535 - 6) == "0E050301");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_4_an_answer_in_blocks) {
    // 16 octets: nine of the answer in each block
    const auto begun = [] {
        ServerTalk script = associated_server(small);
        script.deliver("0501020100")
            .expect_event("read 256")
            .command("answer", answer("090C000102030405060708090A0B"))
            .expect_transmit("0C0102000001090100090C0001020304");
        return script;
    };
    ServerTalk script = begun();
    script.deliver("0501050001")
        .expect_transmit("0C01020100020705060708090A0B")
        .deliver("0501050002")
        .expect_transmit("0C010110");
    still_works(script);
    for (const auto* number : {"0000", "0002", "FFFF"}) {
        ServerTalk wrong = begun();
        wrong.deliver("050105" + std::string(number))
            .expect_transmit("0C010113")
            .deliver("0501050001")
            .expect_transmit("0C010110");
        still_works(wrong);
    }
    // sn-0006 with nothing to go on with
    ServerTalk none = associated_server(small);
    none.deliver("0501050002").expect_transmit("0C010110");
    still_works(none);

    ServerTalk without =
        associated_server({.conformance = "180020", .client_size = "0010", .short_names = true});
    without.deliver("0501020100")
        .expect_event("read 256")
        .command("answer", answer("090C000102030405060708090A0B"))
        .expect_transmit("0E050301");
    still_works(without);
}

BOOST_AUTO_TEST_CASE(a_read_in_blocks) {
    const auto begun = [] {
        ServerTalk script = associated_server(short_names);
        script.deliver("0501060000010402020100").expect_transmit("0C01030001");
        return script;
    };
    ServerTalk script = begun();
    script.deliver("05010601000203020108")
        .expect_event("read 256")
        .command("first", answer("1101"))
        .expect_event("read 264")
        .command("second", answer("1102"))
        .expect_transmit("0C02001101001102");
    still_works(script);
    for (const auto& [block, answer] : {
             std::pair{"05010601000303020108", "0C010113"},
             std::pair{"0501060100020402010800", "0C01010C"},
             std::pair{"050106010002020201", "0C01010C"},
             std::pair{"05010601000203050001", "0E050302"},  // a procedure inside a procedure
         }) {
        BOOST_TEST_CONTEXT(block) {
            ServerTalk wrong = begun();
            wrong.deliver(block)
                .expect_transmit(answer)
                .deliver("05010601000203020108")
                .expect_transmit("0C010112");
            still_works(wrong);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_5_a_write_in_blocks) {
    // The shape of sn-0013, acknowledged as in sn-0016.
    const auto begun = [] {
        ServerTalk script = associated_server(short_names);
        script.deliver("060107000001010906010201080109").expect_transmit("0D01020001");
        return script;
    };
    ServerTalk script = begun();
    script.deliver("060107010002010903024142")
        .expect_event("write 264 09024142")
        .command("done", answer_set())
        .expect_transmit("0D0100");
    still_works(script);
    for (const auto& [block, answer] : {
             std::pair{"060107010003010903024142", "0D010113"},
             std::pair{"0601070100020109020241", "0D01010C"},
             std::pair{"06010701000201090402414243", "0D01010C"},
         }) {
        BOOST_TEST_CONTEXT(block) {
            ServerTalk wrong = begun();
            wrong.deliver(block)
                .expect_transmit(answer)
                .deliver("060107010002010903024142")
                .expect_transmit("0D010112");
            still_works(wrong);
        }
    }
    ServerTalk other = begun();
    other.deliver("0501020100")
        .expect_event("read 256")
        .command("answer", answer("1101"))
        .expect_transmit("0C01001101")
        .deliver("060107010002010903024142")
        .expect_transmit("0D010112");
    still_works(other);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_6_unconfirmed_write) {
    // sn-0017
    ServerTalk script = associated_server(short_names);
    script.deliver("160102010801112A")
        .expect_event("write 264 112A")
        .command("done", answer_set())
        .expect_no_transmit();
    for (const auto* wrong : {"16", "1601020108", "160105000101112A", "160000"}) {
        script.deliver(wrong).expect_no_transmit();
    }
    still_works(script);

    // Neither several names nor parameterized access without their bits.
    ServerTalk bits = associated_server({.conformance = "040000", .short_names = true});
    bits.deliver("160202010002010802110A112A")
        .expect_no_transmit()
        .deliver("1601040200020F0101112A")
        .expect_no_transmit()
        .command("counted",
                 [](ServerSubject& server, Instant) {
                     BOOST_TEST(server.machine.counters().refused_apdus == 2u);
                 })
        .deliver("160102010801112A")
        .expect_event("write 264 112A")
        .command("done", answer_set());
    holds_every_way(bits);
}

BOOST_AUTO_TEST_SUITE_END()
