#include "stack/hdlc/control.hpp"

#include <boost/test/unit_test.hpp>

using dlms::hdlc::ControlField;
using dlms::hdlc::FrameType;

BOOST_AUTO_TEST_SUITE(control_field)

BOOST_AUTO_TEST_CASE(octets_of_the_standards_table) {
    struct Case {
        std::uint8_t octet;
        ControlField field;
    };
    const Case cases[]{
        {0x10, {FrameType::i, true, 0, 0}},     {0x54, {FrameType::i, true, 2, 2}},
        {0xEE, {FrameType::i, false, 7, 7}},    {0x11, {FrameType::rr, true, 0, 0}},
        {0xE1, {FrameType::rr, false, 0, 7}},   {0x35, {FrameType::rnr, true, 0, 1}},
        {0x29, {FrameType::rej, false, 0, 1}},  {0x93, {FrameType::snrm, true, 0, 0}},
        {0x83, {FrameType::snrm, false, 0, 0}}, {0x53, {FrameType::disc, true, 0, 0}},
        {0x73, {FrameType::ua, true, 0, 0}},    {0x1F, {FrameType::dm, true, 0, 0}},
        {0x97, {FrameType::frmr, true, 0, 0}},  {0x13, {FrameType::ui, true, 0, 0}},
        {0x03, {FrameType::ui, false, 0, 0}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(name(c.field.type)) {
            const auto field = ControlField::from_octet(c.octet);
            BOOST_REQUIRE(field.has_value());
            BOOST_TEST((*field == c.field));
            BOOST_TEST(c.field.octet() == c.octet);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_known_octet_is_written_as_it_was_read) {
    std::size_t known = 0;
    for (unsigned octet = 0; octet < 256; ++octet) {
        const auto field = ControlField::from_octet(static_cast<std::uint8_t>(octet));
        if (field) {
            BOOST_TEST(field->octet() == octet);
            ++known;
        }
    }
    // 128 I; 16 each of RR, RNR and REJ; 2 each of six unnumbered ones.
    BOOST_TEST(known == 128u + 3 * 16 + 6 * 2);
}

BOOST_AUTO_TEST_CASE(supervisory_frames_carry_no_information) {
    BOOST_TEST(!may_carry_information(FrameType::rr));
    BOOST_TEST(!may_carry_information(FrameType::rnr));
    BOOST_TEST(may_carry_information(FrameType::ui));
    BOOST_TEST(may_carry_information(FrameType::frmr));
}

BOOST_AUTO_TEST_SUITE_END()
