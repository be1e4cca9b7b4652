// What a simulated meter sends when it was told to misbehave, octet by octet and in virtual time.

#include "simulator/misbehaviour.hpp"

#include "simulator/hdlc_line.hpp"
#include "simulator/misbehaving_line.hpp"
#include "simulator/scenario_misbehaviour.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;
using Kind = MisbehaviourKind;

const std::string public_aarq = aarq(context_ln + initiate("00FFFF", "FFFF"));
const std::string public_accepted = accepted("001010");
const std::string get_name = "C001C1000100002A0000FF0200";
const std::string name_answer = "C401C100091054535430303030303030303030303031";
const std::string get_objects = "C001C1000F0000280000FF0200";

/// The meter of the tests on a line with the wrapper, told to misbehave; client 16.
class ToldMeter {
public:
    explicit ToldMeter(std::vector<Misdeed> misdeeds) {
        BOOST_REQUIRE(group_.add(make_meter(test_scenario)));
        group_[0].set_misbehaviour(std::move(misdeeds));
        line_ = std::make_unique<MisbehavingLine>(std::make_unique<MeterConnection>(group_, now_),
                                                  group_, MisbehavingLine::Units::wpdus);
    }
    explicit ToldMeter(Kind kind) : ToldMeter(std::vector{Misdeed(kind)}) {}

    /// The octets that leave at once.
    std::string raw(const std::string& apdu) {
        const ByteBuffer request = octets(header(16, 1, octets(apdu).size()) + apdu);
        line_->receive(request, now_);
        return take();
    }
    /// The APDU in the only WPDU that leaves at once.
    std::string ask(const std::string& apdu) {
        const std::string wpdu = raw(apdu);
        BOOST_REQUIRE_EQUAL(wpdu.substr(0, 16), header(1, 16, wpdu.size() / 2 - 8));
        return wpdu.substr(16);
    }
    std::string take() {
        ByteBuffer all;
        while (const auto octets = line_->poll_transmit()) {
            all.insert(all.end(), octets->begin(), octets->end());
        }
        return to_hex(all);
    }
    /// What leaves while time goes on.
    std::string after(Duration duration) {
        std::string all;
        const Instant until = now_ + duration;
        while (const auto due = line_->poll_timeout()) {
            if (*due > until) {
                break;
            }
            now_ = std::max(now_, *due);
            line_->handle_timeout(now_);
            all += take();
        }
        now_ = until;
        return all;
    }
    std::vector<std::string> deeds() {
        std::vector<std::string> all;
        while (const auto event = line_->poll_event()) {
            if (event->kind == MeterEvent::Kind::misbehaved) {
                all.emplace_back(event->deed);
            }
        }
        return all;
    }
    void open(const std::string& size = "FFFF") {
        ask(aarq(context_ln + initiate("00FFFF", size)));
    }
    Meter& meter() { return group_[0]; }
    MisbehavingLine& line() { return *line_; }

private:
    Instant now_{};
    MeterGroup group_;
    std::unique_ptr<MisbehavingLine> line_;
};

Misdeed at(Kind kind, std::uint32_t occasion, std::int64_t amount = 0) {
    Misdeed misdeed(kind);
    misdeed.at = occasion;
    misdeed.amount = amount != 0 ? amount : misdeed.amount;
    return misdeed;
}

std::string in_wpdu(const std::string& apdu) {
    return header(1, 16, apdu.size() / 2) + apdu;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(misbehaviour)

BOOST_AUTO_TEST_CASE(a_meter_that_was_told_nothing_is_as_it_was) {
    ToldMeter meter(std::vector<Misdeed>{});
    BOOST_TEST(meter.raw(public_aarq) == in_wpdu(public_accepted));
    BOOST_TEST(meter.raw(get_name) == in_wpdu(name_answer));
    BOOST_TEST(meter.deeds().empty());
}

BOOST_AUTO_TEST_CASE(every_kind_has_a_name_of_its_own) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Kind::half_open); ++i) {
        const auto kind = static_cast<Kind>(i);
        BOOST_TEST((misbehaviour_from_name(description(kind).name) == kind));
    }
}

BOOST_AUTO_TEST_CASE(one_occasion_or_a_percentage_of_them) {
    Misbehaviour one({at(Kind::lose, 3)}, 1);
    std::string course;
    for (int i = 0; i < 5; ++i) {
        course += one.draws(0) ? '1' : '0';
    }
    BOOST_TEST(course == "00100");
    Misdeed some(Kind::lose);
    some.percent = 20;
    Misbehaviour twenty({some}, 7);
    Misbehaviour the_same({some}, 7);
    for (int i = 0; i < 10'000; ++i) {
        BOOST_REQUIRE(twenty.draws(0) == the_same.draws(0));
    }
    BOOST_TEST(twenty.counters(0).occasions == 10'000u);
    BOOST_TEST(twenty.counters(0).done > 1'800u);
    BOOST_TEST(twenty.counters(0).done < 2'200u);
}

BOOST_AUTO_TEST_CASE(answers) {
    ToldMeter invoke(Kind::wrong_invoke_id);
    invoke.open();
    BOOST_TEST(invoke.ask(get_name) == "C401C2" + name_answer.substr(6));
    BOOST_TEST(invoke.deeds() == std::vector<std::string>{"wrong_invoke_id"});

    ToldMeter stale(Kind::stale_answer);
    stale.open();
    BOOST_TEST(stale.ask(get_name) == name_answer);
    BOOST_TEST(stale.ask("C001C2000800000100"
                         "00FF0400") == name_answer);

    ToldMeter length({at(Kind::wrong_length, 1)});
    length.open();
    const std::string wrong = length.ask(get_name).substr(10, 2);
    BOOST_TEST((wrong == "0F" || wrong == "11"), wrong);
    BOOST_TEST(length.ask(get_name) == name_answer);

    ToldMeter notifying(Kind::unexpected_notification);
    notifying.open();
    const std::string both = notifying.raw(get_name);
    BOOST_TEST(both.ends_with(in_wpdu(name_answer)));
    const std::string first = both.substr(16, 2);
    BOOST_TEST((first == "0F" || first == "C2"), first);
}

BOOST_AUTO_TEST_CASE(blocks) {
    ToldMeter wrong({at(Kind::wrong_block_number, 1)});
    wrong.open("0040");
    BOOST_TEST(wrong.ask(get_objects).starts_with("C402C1000000000200"));
    BOOST_TEST(wrong.ask("C002C100000001").starts_with("C402C1000000000200"));

    ToldMeter endless(Kind::endless_blocks);
    endless.open("0040");
    std::string block = endless.ask(get_objects);
    for (std::uint32_t number = 1; number < 200; ++number) {
        const std::array<Byte, 2> both{static_cast<Byte>(number >> 8), static_cast<Byte>(number)};
        BOOST_REQUIRE_EQUAL(block.substr(0, 18), "C402C1000000" + to_hex(both) + "00");
        block = endless.ask("C002C10000" + to_hex(both));
    }
    BOOST_TEST(endless.deeds() == std::vector<std::string>{"endless_blocks"});
    // Another request ends it.
    BOOST_TEST(endless.ask(get_name) == name_answer);
}

BOOST_AUTO_TEST_CASE(odd_aares) {
    struct Case {
        Kind kind;
        std::string aare;
    };
    const std::string fields = "A109060760857405080101A203020100A305A103020100BE10040E";
    const std::string behind =
        "001010"
        "04000007";
    for (const Case& one : {
             Case{
                 Kind::aare_short_conformance_tag,
                 "6128A109060760857405080101A203020100A305A103020100BE0F040D0800065F0400" + behind},
             Case{Kind::aare_no_conformance, "6129" + fields + "0800065F1F0000" + behind},
             Case{Kind::aare_unasked_conformance, "6129" + fields + "0800065F1F0400FFFFFF04000007"},
             Case{Kind::aare_old_version, "6129" + fields + "0800055F1F0400" + behind},
             Case{Kind::aare_tiny_pdu_size, "6129" + fields + "0800065F1F040000101000040007"},
             Case{Kind::aare_provider_diagnostic,
                  "6129A109060760857405080101A203020100A305A203020100BE10040E0800065F1F0400" +
                      behind},
             Case{Kind::aare_no_reason,
                  "6129A109060760857405080101A203020100A305A103020101BE10040E0800065F1F0400" +
                      behind},
             Case{Kind::aare_initiate_error,
                  "611FA109060760857405080101A203020100A305A103020101BE0604040E010600"},
             Case{Kind::aare_rejected_with_response,
                  "6129A109060760857405080101A203020102A305A103020100BE10040E0800065F1F0400" +
                      behind},
             Case{Kind::aare_no_user_information,
                  "6117A109060760857405080101A203020100A305A103020100"},
             Case{Kind::aare_long_lengths, "61820029" + fields + "0800065F1F0400" + behind},
             Case{Kind::aare_trailing_octet, public_accepted + "00"},
             Case{Kind::aare_wrong_inner_length,
                  "6129A109060760857405080101A202" + public_accepted.substr(30)},
             Case{Kind::aare_short_outer_length, "6128" + public_accepted.substr(4)},
         }) {
        BOOST_TEST_CONTEXT(description(one.kind).name) {
            ToldMeter meter(one.kind);
            BOOST_TEST(meter.ask(public_aarq) == one.aare);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_rejection_is_left_as_it_is) {
    ToldMeter meter(Kind::aare_unasked_conformance);
    BOOST_TEST(meter.ask(aarq("A109060760857405080109" + initiate("00FFFF", "FFFF"))) ==
               rejected("A1", "02"));
}

BOOST_AUTO_TEST_CASE(odd_rlres) {
    for (const auto& [kind, rlre] : {std::pair(Kind::rlre_no_reason, in_wpdu("6300")),
                                     std::pair(Kind::rlre_not_finished, in_wpdu("6303800101")),
                                     std::pair(Kind::rlre_missing, std::string())}) {
        ToldMeter meter(kind);
        meter.open();
        BOOST_TEST(meter.raw("6203800100") == rlre);
    }
}

BOOST_AUTO_TEST_CASE(requests) {
    ToldMeter reboot({at(Kind::reboot, 2)});
    reboot.open();
    BOOST_TEST(reboot.raw(get_name) == "");
    BOOST_TEST((reboot.line().failure() == Error{ErrorCode::connection_lost, Layer::transport, 0}));
    BOOST_TEST(reboot.meter().power_losses() == 1u);

    ToldMeter jump({at(Kind::clock_jump, 2, -3600)});
    jump.open();
    BOOST_TEST(jump.ask("C001C1000800000100"
                        "00FF0200")
                   .substr(8, 18) == "090C07EA0301070A00");
}

BOOST_AUTO_TEST_CASE(late_octets) {
    ToldMeter delayed({at(Kind::delay, 2, 300)});
    delayed.open();
    BOOST_TEST(delayed.raw(get_name) == "");
    BOOST_TEST(delayed.after(299ms) == "");
    BOOST_TEST(delayed.after(1ms) == in_wpdu(name_answer));

    ToldMeter jittering({at(Kind::jitter, 2, 300)});
    jittering.open();
    std::string jittered = jittering.raw(get_name);
    jittered += jittering.after(300ms);
    BOOST_TEST(jittered == in_wpdu(name_answer));

    ToldMeter narrow({at(Kind::bandwidth, 2, 1000)});
    narrow.open();
    BOOST_TEST(narrow.raw(get_name) == "");
    const std::string begun = narrow.after(100ms);
    BOOST_TEST(begun.size() >= 18u);
    BOOST_TEST(begun.size() <= 20u);  // ten octets of ten bits
    BOOST_TEST(begun + narrow.after(1s) == in_wpdu(name_answer));

    ToldMeter slow({at(Kind::slow_octets, 2, 50)});
    slow.open();
    BOOST_TEST(slow.raw(get_name) == "");
    BOOST_TEST(slow.after(60ms) == "00");
    BOOST_TEST(slow.after(50ms) == "01");
}

BOOST_AUTO_TEST_CASE(lost_doubled_and_damaged_answers) {
    ToldMeter losing({at(Kind::lose, 2)});
    losing.open();
    BOOST_TEST(losing.raw(get_name) == "");
    BOOST_TEST(losing.deeds() == std::vector<std::string>{"lose"});
    BOOST_TEST(losing.raw(get_name) == in_wpdu(name_answer));

    ToldMeter doubling({at(Kind::duplicate, 2)});
    doubling.open();
    BOOST_TEST(doubling.raw(get_name) == in_wpdu(name_answer) + in_wpdu(name_answer));

    ToldMeter cutting({at(Kind::truncate, 2)});
    cutting.open();
    const std::string part = cutting.raw(get_name);
    BOOST_TEST(!part.empty());
    BOOST_TEST(part.size() < in_wpdu(name_answer).size());
    BOOST_TEST(in_wpdu(name_answer).starts_with(part));

    ToldMeter corrupting({at(Kind::corrupt, 2)});
    corrupting.open();
    const ByteBuffer damaged = octets(corrupting.raw(get_name));
    const ByteBuffer right = octets(in_wpdu(name_answer));
    BOOST_REQUIRE_EQUAL(damaged.size(), right.size());
    int changed = 0;
    for (std::size_t i = 0; i < right.size(); ++i) {
        changed += std::popcount(static_cast<unsigned>(right[i] ^ damaged[i]));
    }
    BOOST_TEST(changed == 1);

    ToldMeter lying({at(Kind::wrong_wpdu_length, 2)});
    lying.open();
    const std::string wpdu = lying.raw(get_name);
    BOOST_TEST(wpdu.substr(16) == name_answer);
    BOOST_TEST(wpdu.substr(12, 4) != "0016");
}

BOOST_AUTO_TEST_CASE(another_order) {
    ToldMeter meter({at(Kind::reorder, 2, 1000)});
    meter.open();
    BOOST_TEST(meter.raw(get_name) == "");
    const std::string second = "C001C2000100002A0000FF0200";
    BOOST_TEST(meter.raw(second) ==
               in_wpdu("C401C2" + name_answer.substr(6)) + in_wpdu(name_answer));

    ToldMeter alone({at(Kind::reorder, 2, 1000)});
    alone.open();
    BOOST_TEST(alone.raw(get_name) == "");
    BOOST_TEST(alone.after(999ms) == "");
    BOOST_TEST(alone.after(1ms) == in_wpdu(name_answer));
}

BOOST_AUTO_TEST_CASE(dead_lines) {
    ToldMeter stuck({at(Kind::stuck, 2)});
    stuck.open();
    BOOST_TEST(stuck.raw(get_name) + stuck.raw(get_name) == "");
    BOOST_TEST(!stuck.line().failure());
    BOOST_TEST(stuck.after(179s) == "");
    BOOST_TEST(!stuck.line().failure());
    stuck.after(2s);  // the meter's inactivity time-out
    BOOST_TEST(stuck.line().failure().has_value());

    ToldMeter half({at(Kind::half_open, 2)});
    half.open();
    BOOST_TEST(half.raw(get_name) + half.raw(get_name) == "");
    BOOST_TEST(half.after(1h) == "");
    BOOST_TEST(!half.line().failure());

    ToldMeter closing({at(Kind::close, 2)});
    closing.open();
    BOOST_TEST(!closing.line().failure());
    const std::string part = closing.raw(get_name);
    BOOST_TEST(in_wpdu(name_answer).starts_with(part));
    BOOST_TEST(
        (closing.line().failure() == Error{ErrorCode::connection_lost, Layer::transport, 0}));
}

BOOST_AUTO_TEST_CASE(hdlc_frames) {
    MeterGroup group;
    BOOST_REQUIRE(group.add(make_meter(test_scenario)));
    group[0].set_misbehaviour({at(Kind::wrong_fcs, 1), at(Kind::wrong_wpdu_length, 1)});
    MisbehavingLine line(
        std::make_unique<HdlcLine>(group, HdlcMedium{.is_serial = true}, Instant{}), group,
        MisbehavingLine::Units::frames);
    const auto ask = [&line](const std::string& hex) {
        const ByteBuffer request = octets(hex);
        line.receive(request, Instant{});
        const auto answer = line.poll_transmit();
        return answer ? to_buffer(*answer) : ByteBuffer();
    };
    // SNRM from client 16 to server 1, and the UA.
    const ByteBuffer damaged = ask("7EA0070321930F017E");
    BOOST_REQUIRE(damaged.size() > 4);
    BOOST_TEST(!hdlc::decode_frame(damaged).has_value());
    const ByteBuffer right = ask("7EA0070321930F017E");
    BOOST_TEST(hdlc::decode_frame(right).has_value());
    BOOST_TEST(group[0].misbehaviour()->counters(1).occasions == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_read_and_refused) {
    const auto read = [](const char* text) -> std::string {
        const auto document = nlohmann::json::parse(text);
        try {
            std::string all;
            for (const Misdeed& misdeed : read_misbehaviour(ScenarioNode(document))) {
                all += std::string(description(misdeed.kind).name) + ' ' +
                       std::to_string(static_cast<int>(misdeed.percent)) + ' ' +
                       std::to_string(misdeed.at) + ' ' + std::to_string(misdeed.amount) + ';';
            }
            return all;
        } catch (const ScenarioError& error) {
            return error.what();
        }
    };
    BOOST_TEST(read(R"("lose")") == "lose 100 0 0;");
    BOOST_TEST(read(R"(["delay", {"kind": "delay", "percent": 5, "at": 3, "milliseconds": 7}])") ==
               "delay 100 0 500;delay 5 3 7;");
    BOOST_TEST(read("[]") == "");
    BOOST_TEST(read(R"("rude")").starts_with("/: expected the name of a misbehaviour"));
    BOOST_TEST(read(R"([{"kind": "lose", "percent": 101}])") ==
               "/0/percent: expected a percentage above 0, 100 at most");
    BOOST_TEST(read(R"({"kind": "lose", "seconds": 1})").starts_with("/seconds: expected one of"));
    BOOST_TEST(parse_misdeed("delay:5:7").has_value());
    BOOST_TEST(parse_misdeed("delay:5:0").error() ==
               "delay: milliseconds from 1 to 600000 are expected");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
