// APPL_DATA_LN_*: block transfer of GET, SET and ACTION.

#include "conformance/cases/opened.hpp"

namespace dlms::conformance {
namespace {

constexpr std::uint16_t small_pdu = 64;
constexpr std::uint32_t set_and_blocks = bit::get | bit::set | bit::set_blocks;
const Hex object_list = current_association + "02";

struct Block {
    bool is_last = false;
    std::uint64_t number = 0;
    int access_result = 0;
    Hex octets;
};

Block get_block(const Hex& answer) {
    Cursor cursor(answer);
    expect(cursor.take(3) == "C402C1", "a block was expected, the answer is " + answer);
    Block block;
    block.is_last = cursor.number(1) != 0;
    block.number = cursor.number(4);
    if (cursor.number(1) == 0) {
        block.octets = cursor.counted();
    } else {
        block.access_result = static_cast<int>(cursor.number(1));
    }
    expect(cursor.at_end(), "octets follow a block: " + answer);
    return block;
}

Hex next_block(std::uint64_t block) {
    return "C002C1" + number(block, 4);
}

void APPL_DATA_LN_X_12(Tester& tester) {
    Hex whole;
    {
        Session s = opened_ln<bit::get_blocks>(tester);
        whole = s.read_data(object_list);
    }
    // Large blocks, where the list does not fit one of them.
    std::uint16_t most = small_pdu;
    if (length(whole) > 512) {
        most = 512;
    }
    Session s = opened_ln<bit::get_blocks>(tester, most);
    tester.step("GET of the object list with APDUs of " + std::to_string(most) +
                " octets: blocks from 1 on, last on the last");
    Hex answer = s.request(get_request(object_list));
    Hex value;
    for (std::uint64_t expected = 1;; ++expected) {
        expect(length(answer) <= most, "an APDU of " + std::to_string(length(answer)) + " octets");
        const Block block = get_block(answer);
        expect(block.number == expected, "the block has number " + std::to_string(block.number));
        value += block.octets;
        if (block.is_last) {
            break;
        }
        answer = s.request(next_block(expected));
    }
    expect(value == whole, "the blocks together are not the value read in one piece");
}

void APPL_DATA_LN_X_13(Tester& tester) {
    for (const std::uint64_t wrong : std::initializer_list<std::uint64_t>{0, 3}) {
        Session s = opened_ln<bit::get_blocks>(tester, small_pdu);
        get_block(s.request(get_request(object_list)));
        tester.step("the next block asked for by number " + std::to_string(wrong) +
                    ": data-block-number-invalid");
        const Block block = get_block(s.request(next_block(wrong)));
        expect_result(block.access_result, {19}, "a wrong block number");
        tester.step("the transfer is over: no-long-get-in-progress");
        expect_result(get_block(s.request(next_block(1))).access_result, {16}, "a block behind it");
    }
    Session s = opened_ln<bit::get_blocks>(tester, small_pdu);
    tester.step("a next block without a long GET: no-long-get-in-progress");
    expect_result(get_block(s.request(next_block(1))).access_result, {16}, "no long GET");
    s.expect_associated();
}

void APPL_DATA_LN_X_15(Tester& tester) {
    Session s = opened_ln<bit::get_blocks>(tester, small_pdu);
    get_block(s.request(get_request(object_list)));
    get_block(s.request(next_block(1)));
    tester.step("a new GET in the middle of a long one: served, the long one given up");
    s.expect_associated();
    expect_result(get_block(s.request(next_block(2))).access_result, {16}, "the long GET");
    tester.step("a new long GET begins with block 1");
    expect(get_block(s.request(get_request(object_list))).number == 1, "the block is not 1");
}

void APPL_DATA_LN_X_17(Tester& tester) {
    Session s = opened_ln < bit::multiple_references | bit::get_blocks > (tester);
    tester.step("a list of none: an exception or an empty list");
    const Hex none = s.request("C003C100");
    expect(none.starts_with("D8") || none == "C403C100", "a list of none: " + none);
    tester.step("a list of one, and of 128");
    const Hex own = current_association + "0100";
    expect_octets(s.request("C003C101" + own),
                  "C403C10100"
                  "09060000280000FF",
                  "a list of one");
    Hex many;
    for (int i = 0; i < 128; ++i) {
        many += own;
    }
    const Hex request =
        "C003C1"
        "8180" +
        many;
    if (s.server_pdu_size() == 0 || length(request) <= s.server_pdu_size()) {
        const Hex answer = s.request(request);
        expect(answer.starts_with("C403C18180"), "a list of 128: " + answer);
    }
    Session small = opened_ln < bit::multiple_references | bit::get_blocks > (tester, small_pdu);
    tester.step("a long answer: the encoded list in blocks");
    Hex answer = small.request("C003C108" + many.substr(0, 8 * own.size()));
    Hex list;
    for (std::uint64_t expected = 1;; ++expected) {
        const Block block = get_block(answer);
        list += block.octets;
        if (block.is_last) {
            break;
        }
        answer = small.request(next_block(expected));
    }
    Hex right = "08";
    for (int i = 0; i < 8; ++i) {
        right += "0009060000280000FF";
    }
    expect_octets(list, right, "the list in blocks");
}

void APPL_DATA_LN_X_20(Tester& tester) {
    need_permission(tester, "write");
    Session s = opened_ln<set_and_blocks>(tester);
    const DeclaredObject& text = object(tester, "text");
    const Hex before = s.read_data(text.descriptor());
    tester.step("SET in two blocks: the value is stored after the last");
    expect_octets(s.request("C102C1" + text.descriptor() +
                            "00"
                            "00"
                            "00000001"
                            "03"
                            "090441"),
                  "C502C100000001", "the first block");
    expect_octets(s.request("C103C1"
                            "01"
                            "00000002"
                            "03"
                            "424344"),
                  "C503C10000000002", "the last block");
    expect_octets(s.read_data(text.descriptor()), "090441424344", "the value");
    expect_result(s.write(text.descriptor(), before), {0}, "SET of the old value");
}

/// The access result in an answer to a block of SET that was refused.
int set_block_result(const Hex& answer) {
    if (answer.starts_with("C503C1") || answer.starts_with("C501C1")) {
        return static_cast<int>(number_at(answer, 3, 1));
    }
    fail("a block of SET was answered by " + answer);
}

void APPL_DATA_LN_X_21(Tester& tester) {
    need_permission(tester, "write");
    Session s = opened_ln<set_and_blocks>(tester);
    const DeclaredObject& text = object(tester, "text");
    const Hex before = s.read_data(text.descriptor());
    const Hex first = "C102C1" + text.descriptor() +
                      "00"
                      "00"
                      "00000001"
                      "03"
                      "090441";
    tester.step("a block of a wrong number: data-block-number-invalid");
    expect_octets(s.request(first), "C502C100000001", "the first block");
    expect_result(set_block_result(s.request("C103C1"
                                             "01"
                                             "00000005"
                                             "03"
                                             "424344")),
                  {19, 17}, "a wrong number");
    tester.step("a block without a first one: no-long-set-in-progress");
    expect_result(set_block_result(s.request("C103C1"
                                             "01"
                                             "00000002"
                                             "03"
                                             "424344")),
                  {18}, "no first block");
    tester.step("a new SET in the middle of a long one: served, the long one given up");
    expect_octets(s.request(first), "C502C100000001", "the first block");
    expect_result(s.write(text.descriptor(), before), {0}, "SET in between");
    expect_result(set_block_result(s.request("C103C1"
                                             "01"
                                             "00000002"
                                             "03"
                                             "424344")),
                  {18, 17}, "the long SET");
    expect_octets(s.read_data(text.descriptor()), before, "the value");
}

void APPL_DATA_LN_X_22(Tester& tester) {
    need_permission(tester, "write");
    Session s = opened_ln < set_and_blocks | bit::multiple_references > (tester);
    const DeclaredObject& text = object(tester, "text");
    const Hex before = s.read_data(text.descriptor());
    tester.step("SET of a list, the first not there: the second is written all the same");
    const Hex specifications = "02" + unknown_object + "00" + text.descriptor() + "00";
    const Hex values =
        "02"
        "110109024142";
    expect_octets(s.request("C104C1" + specifications + values), "C505C1020400", "SET of a list");
    expect_octets(s.read_data(text.descriptor()), "09024142", "the value");
    tester.step("the same in blocks: a list and a number behind the last");
    expect_octets(s.request("C105C1" + specifications +
                            "00"
                            "00000001"
                            "03"
                            "021101"),
                  "C502C100000001", "the first block");
    expect_octets(s.request("C103C1"
                            "01"
                            "00000002"
                            "04"
                            "09024344"),
                  "C504C102040000000002", "the last block");
    expect_octets(s.read_data(text.descriptor()), "09024344", "the value");
    expect_result(s.write(text.descriptor(), before), {0}, "SET of the old value");
}

void APPL_DATA_LN_X_25(Tester& tester) {
    need_permission(tester, "execute");
    Session s = opened_ln < bit::action | bit::action_blocks > (tester);
    const DeclaredObject& method = object(tester, "method");
    tester.step("ACTION in two blocks: next-pblock, then the result");
    const Hex& parameter = method.parameter;
    const Hex first = "C304C1" + method.descriptor() +
                      "00"
                      "00000001"
                      "01" +
                      parameter.substr(0, 2);
    const Hex rest = parameter.substr(2);
    expect_octets(s.request(first), "C704C100000001", "the first block");
    const Hex answer = s.request(
        "C306C1"
        "01"
        "00000002" +
        counted(rest));
    expect(answer.starts_with("C701C100"), "the last block was answered by " + answer);
    tester.step("a block of a wrong number: long-action-aborted, no-long-action, or 19");
    expect_octets(s.request(first), "C704C100000001", "the first block");
    const Hex wrong = s.request(
        "C306C1"
        "01"
        "00000007" +
        counted(rest));
    expect(wrong.starts_with("C701C1") || wrong.starts_with("D8"),
           "a wrong number was answered by " + wrong);
    expect(!wrong.starts_with("C701C100"), "a wrong number was taken");
    s.expect_associated();
}

constexpr Case cases[] = {
    {"APPL_DATA_LN_X_12", with_bits<bit::get_blocks>, APPL_DATA_LN_X_12},
    {"APPL_DATA_LN_X_13", with_bits<bit::get_blocks>, APPL_DATA_LN_X_13},
    {"APPL_DATA_LN_X_15", with_bits<bit::get_blocks>, APPL_DATA_LN_X_15},
    {"APPL_DATA_LN_X_17", with_bits<bit::multiple_references | bit::get_blocks>, APPL_DATA_LN_X_17},
    {"APPL_DATA_LN_X_20", with_bits<set_and_blocks>, APPL_DATA_LN_X_20},
    {"APPL_DATA_LN_X_21", with_bits<set_and_blocks>, APPL_DATA_LN_X_21},
    {"APPL_DATA_LN_X_22", with_bits<set_and_blocks | bit::multiple_references>, APPL_DATA_LN_X_22},
    {"APPL_DATA_LN_X_25", with_bits<bit::action | bit::action_blocks>, APPL_DATA_LN_X_25},
};

}  // namespace

std::span<const Case> data_ln_block_cases() {
    return cases;
}

}  // namespace dlms::conformance
