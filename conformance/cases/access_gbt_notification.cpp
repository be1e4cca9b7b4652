// ACCESS_*, GBT_*, NOTIF_*: the ACCESS service, general block transfer, notifications.

#include "conformance/cases/opened.hpp"

namespace dlms::conformance {
namespace {

constexpr std::uint16_t small_pdu = 64;
const Hex long_iip = "40000001";
const Hex own_name = current_association + "01";
const Hex own_name_data = "09060000280000FF";
const Hex object_list = current_association + "02";

std::string with_access(const Declaration& declared) {
    return with_bits<bit::access>(declared);
}

std::string with_gbt(const Declaration& declared) {
    return with_bits<bit::general_block_transfer>(declared);
}

Session access_session(Tester& tester) {
    return opened_ln<bit::access>(tester);
}

/// An access-request of encoded specifications and data, each list with its count.
Hex access_request(const Hex& specifications, const Hex& data, const Hex& iip = long_iip) {
    return "D9" + iip + "00" + specifications + data;
}

struct AccessAnswer {
    std::vector<Hex> data;
    std::vector<std::pair<int, int>> results;  ///< choice and result
};

AccessAnswer parse_access(const Hex& answer, const Hex& iip = long_iip) {
    Cursor cursor(answer);
    expect(cursor.number(1) == 0xDA, "ACCESS was answered by " + answer);
    expect_octets(cursor.take(4), iip, "long-invoke-id-and-priority");
    cursor.counted();  // date-time
    if (cursor.number(1) != 0) {
        const std::size_t echoed = cursor.length();
        for (std::size_t i = 0; i < echoed; ++i) {
            const std::uint64_t choice = cursor.number(1);
            cursor.take(9);
            if (choice > 3) {
                cursor.number(1);
                cursor.data();
            }
        }
    }
    AccessAnswer parsed;
    const std::size_t values = cursor.length();
    for (std::size_t i = 0; i < values && !cursor.at_end(); ++i) {
        parsed.data.push_back(cursor.data());
    }
    const std::size_t results = cursor.length();
    for (std::size_t i = 0; i < results; ++i) {
        const int choice = static_cast<int>(cursor.number(1));
        parsed.results.emplace_back(choice, static_cast<int>(cursor.number(1)));
    }
    expect(cursor.at_end(), "octets follow the access-response: " + answer);
    return parsed;
}

void ACCESS_X_1(Tester& tester) {
    need_permission(tester, "write");
    Session s = access_session(tester);
    const DeclaredObject& text = object(tester, "text");
    const DeclaredObject& method = object(tester, "method");
    const Hex before = s.read_data(text.descriptor());
    tester.step("a GET, a SET and an ACTION in one ACCESS: three data, three results in order");
    const Hex specifications =
        "03"
        "01" +
        own_name + "02" + text.descriptor() + "03" + method.descriptor();
    const AccessAnswer answer =
        parse_access(s.request(access_request(specifications,
                                              "03"
                                              "00" +
                                                  before + method.parameter)));
    expect(answer.data.size() == 3 && answer.results.size() == 3,
           "the response has not three data and three results");
    expect_octets(answer.data[0], own_name_data, "the data of the GET");
    expect_octets(answer.data[1], "00", "the data of the SET");
    for (int i = 0; i < 3; ++i) {
        expect(answer.results[static_cast<std::size_t>(i)] == std::pair(i + 1, 0),
               "result " + std::to_string(i + 1) + " is not a success of its own choice");
    }
}

void ACCESS_X_2(Tester& tester) {
    Session s = access_session(tester);
    const Hex specifications =
        "03"
        "01" +
        own_name + "01" + unknown_object + "01" + own_name;
    tester.step("the second of three fails: the third is done");
    const AccessAnswer on = parse_access(s.request(access_request(specifications, "03000000")));
    expect(on.results.size() == 3 && on.results[1].second != 0 && on.results[2].second == 0,
           "the third was not done");
    tester.step("the same with break-on-error: the third is other-reason, not done");
    const Hex iip = "60000002";
    const AccessAnswer broken =
        parse_access(s.request(access_request(specifications, "03000000", iip)), iip);
    expect(broken.results.size() == 3 && broken.results[2].second == 250 && broken.data[2] == "00",
           "the third was done, or has another result than other-reason");
}

void ACCESS_X_3(Tester& tester) {
    Session s = access_session(tester);
    const Hex faults[] = {
        access_request("03"
                       "01" +
                           own_name + "01" + own_name + "01" + own_name,
                       "020000"),
        access_request("01"
                       "06" +
                           own_name,
                       "0100"),
    };
    for (const Hex& request : faults) {
        tester.step("counts that differ, a choice that is not there: refused");
        const Hex answer = s.request(request);
        expect(answer.starts_with("D8"), "answered by " + answer);
    }
    tester.step("no specification at all: refused or an empty answer");
    const Hex none = s.request(access_request("00", "00"));
    expect(none.starts_with("D8") || none.starts_with("DA"), "answered by " + none);
    tester.step("unconfirmed: no answer");
    const Hex unconfirmed = access_request(
        "01"
        "01" +
            own_name,
        "0100", "00000003");
    s.expect_silence(unconfirmed, "an unconfirmed ACCESS");
    if (const DeclaredObject* profile = tester.declared().object("profile")) {
        tester.step("GET with selection: the selected row");
        const Hex selection =
            "02"
            "0204"
            "0600000001"
            "0600000001"
            "120001"
            "120000";
        const AccessAnswer answer =
            parse_access(s.request(access_request("01"
                                                  "04" +
                                                      profile->descriptor(2) + selection,
                                                  "0100")));
        expect(answer.results.size() == 1 && answer.results[0].second == 0,
               "the selection was refused");
        expect(elements(answer.data.at(0)).size() <= 1, "more than one row came");
    }
    s.expect_associated();
}

struct GeneralBlock {
    bool is_last = false;
    bool is_streaming = false;
    unsigned window = 0;
    unsigned number = 0;
    unsigned acknowledged = 0;
    Hex octets;
};

GeneralBlock parse_block(const Hex& apdu) {
    Cursor cursor(apdu);
    expect(cursor.number(1) == 0xE0, "a general block was expected: " + apdu);
    const std::uint64_t control_octet = cursor.number(1);
    GeneralBlock block;
    block.is_last = (control_octet & 0x80) != 0;
    block.is_streaming = (control_octet & 0x40) != 0;
    block.window = static_cast<unsigned>(control_octet & 0x3F);
    block.number = static_cast<unsigned>(cursor.number(2));
    block.acknowledged = static_cast<unsigned>(cursor.number(2));
    block.octets = cursor.counted();
    expect(cursor.at_end(), "octets follow the block: " + apdu);
    return block;
}

Hex block_apdu(unsigned control_octet, unsigned block, unsigned acknowledged,
               std::string_view octets = "") {
    return "E0" + number(control_octet, 1) + number(block, 2) + number(acknowledged, 2) +
           counted(octets);
}

/// A long GET by general blocks, from its request to the last block.
class LongGet {
public:
    LongGet(Tester& tester, unsigned window)
        : session_(opened(tester, ln<bit::general_block_transfer>(tester),
                          bit::get_blocks | bit::event_notification, small_pdu)),
          window_(window) {}

    Session& session() { return session_; }
    /// The first block that answers the request.
    GeneralBlock begin() {
        return parse_block(
            session_.request(block_apdu(0x80 | window_, 1, 0, get_request(object_list))));
    }
    GeneralBlock acknowledge(unsigned block) {
        return parse_block(session_.request(block_apdu(0x80 | window_, ++sent_, block)));
    }
    /// All that follows the first block, each acknowledged.
    Hex collect(const GeneralBlock& first) {
        GeneralBlock block = first;
        Hex all = block.octets;
        unsigned expected = 1;
        while (!block.is_last) {
            expect(block.number == expected, "the block's number is " +
                                                 std::to_string(block.number) + ", not " +
                                                 std::to_string(expected));
            block = acknowledge(expected);
            all += block.octets;
            ++expected;
        }
        return all;
    }

private:
    Session session_;
    unsigned window_;
    unsigned sent_ = 1;
};

Hex whole_object_list(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    return s.read_data(object_list);
}

void GBT_X_1(Tester& tester) {
    const Hex whole = whole_object_list(tester);
    LongGet get(tester, 1);
    tester.step("a long GET in general blocks, window 1: numbers from 1, each acknowledged");
    const GeneralBlock first = get.begin();
    expect(first.number == 1 && first.acknowledged == 1, "the first block is not number 1");
    const Hex all = get.collect(first);
    expect(all == "C401C100" + whole, "the blocks together are not the get-response");
    get.session().expect_associated();
}

void GBT_X_2(Tester& tester) {
    if (tester.declared().link == Link::hdlc) {
        inapplicable("streaming is judged over the wrapper");
    }
    LongGet get(tester, 5);
    Session& s = get.session();
    tester.step("a long GET with a window of 5: blocks 1 to 4 streaming, 5 not");
    GeneralBlock block = get.begin();
    for (unsigned i = 1; i <= 5; ++i) {
        expect(block.number == i,
               "block " + std::to_string(i) + " has number " + std::to_string(block.number));
        expect(block.is_streaming == (i < 5), "streaming of block " + std::to_string(i));
        if (i < 5) {
            const auto next = s.line().next_wpdu(tester.declared().timing.response);
            expect(next.has_value(), "fewer than five blocks came");
            block = parse_block(next->apdu);
        }
    }
    tester.step("the acknowledgement of 5: the next blocks");
    expect(get.acknowledge(5).number == 6, "block 6 does not follow");
}

void GBT_X_3(Tester& tester) {
    if (tester.declared().link == Link::hdlc) {
        inapplicable("streaming is judged over the wrapper");
    }
    LongGet get(tester, 5);
    Session& s = get.session();
    std::vector<Hex> blocks{get.begin().octets};
    for (int i = 1; i < 5; ++i) {
        blocks.push_back(
            parse_block(s.line().next_wpdu(tester.declared().timing.response).value().apdu).octets);
    }
    tester.step("blocks 1 and 2 acknowledged of five: 3 comes again");
    const GeneralBlock again = get.acknowledge(2);
    expect(again.number == 3, "block " + std::to_string(again.number) + " comes in place of 3");
    expect_octets(again.octets, blocks[2], "block 3");
}

void GBT_X_4(Tester& tester) {
    LongGet get(tester, 1);
    Session& s = get.session();
    const Hex request = get_request(object_list);
    const Hex half = request.substr(0, 10);
    tester.step("a request in two blocks, the first twice: taken once");
    const GeneralBlock one = parse_block(s.request(block_apdu(0x01, 1, 0, half)));
    expect(one.acknowledged == 1, "block 1 is not acknowledged");
    const GeneralBlock again = parse_block(s.request(block_apdu(0x01, 1, 0, half)));
    expect(again.acknowledged == 1,
           "block 1 is acknowledged as " + std::to_string(again.acknowledged));
    tester.step("block 3 before 2: not acknowledged");
    const GeneralBlock early = parse_block(s.request(block_apdu(0x01, 3, 0, request.substr(10))));
    expect(early.acknowledged == 1, "a block out of order is acknowledged");
    tester.step("block 2: the request is served");
    const GeneralBlock answer = parse_block(s.request(block_apdu(0x81, 2, 0, request.substr(10))));
    expect(answer.octets.starts_with("C401C100"), "the request was answered by " + answer.octets);
}

void GBT_X_6(Tester& tester) {
    LongGet get(tester, 1);
    const GeneralBlock first = get.begin();
    tester.step("an acknowledgement repeated, as if it was lost: the same block again");
    const GeneralBlock second = get.acknowledge(1);
    const GeneralBlock again = get.acknowledge(1);
    expect(second.number == 2 && again.number == 2, "block 2 does not come again");
    expect_octets(again.octets, second.octets, "block 2");
    tester.step("the transfer goes on to its end");
    GeneralBlock block = again;
    Hex all = first.octets + second.octets;
    for (unsigned expected = 3; !block.is_last; ++expected) {
        block = get.acknowledge(expected - 1);
        all += block.octets;
    }
    expect(all == "C401C100" + whole_object_list(tester), "the value is damaged");
}

void GBT_X_7(Tester& tester) {
    LongGet get(tester, 1);
    Session& s = get.session();
    tester.step("a list of 6 in blocks up, its answer in blocks down");
    if (!s.declared().allows(bit::multiple_references)) {
        inapplicable("lists are not offered");
    }
    Hex request = "C003C106";
    Hex right = "C403C106";
    for (int i = 0; i < 6; ++i) {
        request += own_name + "00";
        right += "00" + own_name_data;
    }
    constexpr std::size_t digits = 2 * 40;
    unsigned block = 0;
    GeneralBlock answer;
    for (std::size_t at = 0; at < request.size(); at += digits) {
        const bool is_last = at + digits >= request.size();
        answer = parse_block(
            s.request(block_apdu(is_last ? 0x81 : 0x01, ++block, 0, request.substr(at, digits))));
        expect(answer.acknowledged == block,
               "block " + std::to_string(block) + " is not acknowledged");
    }
    Hex all = answer.octets;
    while (!answer.is_last) {
        answer = parse_block(s.request(block_apdu(0x81, ++block, answer.number)));
        all += answer.octets;
    }
    expect_octets(all, right, "the answer in blocks");
}

void GBT_X_8(Tester& tester) {
    LongGet get(tester, 1);
    Session& s = get.session();
    tester.step("blocks numbered 0 and 65535: not taken, the association stays");
    for (const unsigned block : {0u, 65535u}) {
        const Hex answer = s.ask_or_silence(block_apdu(0x81, block, 0, get_own_name));
        expect(answer.find(own_name_data) == std::string::npos, "a wrong block was served");
    }
    get.session().associate();
    s.expect_associated();
    Session without = opened(tester, ln<bit::general_block_transfer>(tester));
    tester.step("a general block without the conformance bit: exception-response");
    const Hex answer = without.request(block_apdu(0x81, 1, 0, get_own_name));
    expect(answer.starts_with("D8"), "answered by " + answer);
    without.expect_associated();
}

/// Notifications that came with an ACTION.
std::vector<Hex> notifications_of(Session& s, const DeclaredObject& method) {
    const InvokeResult result = s.invoke(method.descriptor(), method.parameter);
    expect(result.action_result == 0,
           "the method was refused with " + std::to_string(result.action_result));
    return s.notifications();
}

void NOTIF_X_1(Tester& tester) {
    const DeclaredObject& push = object(tester, "push");
    need_permission(tester, "execute");
    Session s = opened_ln < bit::action | bit::data_notification > (tester);
    tester.step("ACTION push: a DataNotification with what the push setup lists");
    const Hex list = s.read_data(push.descriptor(2));
    DeclaredObject method = push;
    method.index = 1;
    method.parameter = "0F00";
    const std::vector<Hex> all = notifications_of(s, method);
    expect(!all.empty(), "no notification came");
    Cursor cursor(all.front());
    expect(cursor.number(1) == 0x0F, "the notification is " + all.front());
    cursor.take(4);
    const std::size_t time = cursor.length();
    expect(time == 0 || time == 12, "the date-time has " + std::to_string(time) + " octets");
    cursor.take(time);
    const Hex body = cursor.data();
    expect(cursor.at_end(), "octets follow the notification's body");
    expect(elements(body).size() == elements(list).size(),
           "the body has not an element for each of push_object_list");
}

void NOTIF_X_3(Tester& tester) {
    const DeclaredObject& event = object(tester, "event");
    need_permission(tester, "execute");
    Session s = opened(tester, ln < bit::action | bit::event_notification > (tester));
    tester.step("what causes an event: an EventNotification of class, name, attribute and value");
    std::vector<Hex> all = notifications_of(s, event);
    if (all.empty()) {
        // It may be there already: away and back.
        DeclaredObject back = event;
        back.index = event.index == 1 ? 2 : 1;
        s.invoke(back.descriptor(), back.parameter);
        all = notifications_of(s, event);
    }
    expect(!all.empty(), "no notification came");
    Cursor cursor(all.front());
    expect(cursor.number(1) == 0xC2, "the notification is " + all.front());
    if (cursor.number(1) != 0) {
        expect(cursor.length() == 12, "the time has not 12 octets");
        cursor.take(12);
    }
    expect_octets(cursor.take(8), event.descriptor().substr(0, 16), "the object of the event");
    cursor.number(1);
    cursor.data();
    expect(cursor.at_end(), "octets follow the notification");
}

void NOTIF_X_5(Tester& tester) {
    const DeclaredObject& event = object(tester, "event");
    need_permission(tester, "execute");
    const DeclaredAssociation* found = tester.declared().find([](const DeclaredAssociation& one) {
        return one.short_names && !one.ciphered && !one.read_only &&
               one.allows(bit::information_report);
    });
    if (found == nullptr || event.class_id != 70) {
        inapplicable("no InformationReport, or no relay that causes one, is declared");
    }
    Session s(tester, *found);
    s.associate();
    unsigned base_name = 0;
    for (const ListedObject& one : s.object_list()) {
        if (one.class_id == event.class_id && one.logical_name == event.logical_name) {
            base_name = one.base_name;
        }
    }
    expect(base_name != 0, "the relay is not listed");
    tester.step("the relay off and on: an InformationReport of one name and value");
    for (const unsigned method : {0x20u, 0x28u}) {
        s.request("060102" + number(base_name + method, 2) + "01" + event.parameter);
    }
    expect(!s.notifications().empty(), "no notification came");
    const Hex& report = s.notifications().front();
    expect(report.starts_with("180001") || report.starts_with("1801"),
           "the notification is " + report);
}

constexpr Case cases[] = {
    {"ACCESS_X_1", with_access, ACCESS_X_1},
    {"ACCESS_X_2", with_access, ACCESS_X_2},
    {"ACCESS_X_3", with_access, ACCESS_X_3},
    {"GBT_X_1", with_gbt, GBT_X_1},
    {"GBT_X_2", with_gbt, GBT_X_2},
    {"GBT_X_3", with_gbt, GBT_X_3},
    {"GBT_X_4", with_gbt, GBT_X_4},
    {"GBT_X_6", with_gbt, GBT_X_6},
    {"GBT_X_7", with_gbt, GBT_X_7},
    {"GBT_X_8", with_gbt, GBT_X_8},
    {"NOTIF_X_1", with_bits<bit::action | bit::data_notification>, NOTIF_X_1},
    {"NOTIF_X_3", with_bits<bit::action | bit::event_notification>, NOTIF_X_3},
    {"NOTIF_X_5", always, NOTIF_X_5},
};

}  // namespace

std::span<const Case> access_gbt_notification_cases() {
    return cases;
}

}  // namespace dlms::conformance
