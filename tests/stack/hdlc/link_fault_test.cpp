// What a client link says of its failures: which frame, what was expected, what came.

#include "stack/hdlc/link_fault.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/hdlc/client_subject.hpp"

using namespace dlms;
using namespace dlms::hdlc;
using namespace dlms::testing;

namespace {

std::string fault_of(const ClientLink& link) {
    const std::optional<LinkFault> fault = link.fault();
    return fault ? describe(*fault) : "none";
}

/// After so many time-outs of a second each.
std::string fault_after(OpenLink& link, int timeouts) {
    for (; timeouts > 0; --timeouts) {
        link.after(1s);
    }
    return fault_of(link.link);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(link_fault)

BOOST_AUTO_TEST_CASE(silence_says_which_frame_waited) {
    ClientLinkConfiguration configuration = plain();
    configuration.server = {2, 1, 17};
    ClientSubject subject(configuration);
    Instant now{};
    BOOST_TEST(fault_of(subject.link) == "none");
    BOOST_TEST(subject.link.open(now).has_value());
    BOOST_TEST(fault_of(subject.link) == "SNRM to 1/17 from 16 asks for UA; nothing came");
    for (int i = 0; i < 3; ++i) {
        now += 1s;
        subject.handle_timeout(now);
    }
    BOOST_TEST(subject.is_at_rest());
    BOOST_TEST(fault_of(subject.link) ==
               "SNRM to 1/17 from 16 asks for UA; nothing came in 3 tries");
}

BOOST_AUTO_TEST_CASE(a_stranger_is_named) {
    OpenLink link(plain(), {128, 128, 1, 1});
    link.send("C0");
    link.link.receive(frame_octets({1, 16, 0}, {1, 5, 0}, "30E6E700C4"), link.now);
    constexpr auto stranger =
        "I N(S)=0 N(R)=0 to 1 from 16 asks for I, RR or RNR; I N(S)=0 "
        "N(R)=1 came from 5 to 16";
    BOOST_TEST(fault_of(link.link) == stranger);  // also to who has less patience than the link
    BOOST_TEST(fault_after(link, 3) == std::string(stranger) + " in 3 tries");
    BOOST_TEST(link.events() == "failed link-misaddressed");
}

BOOST_AUTO_TEST_CASE(CLIENT_X_3_an_acknowledgement_of_frames_never_sent_is_told_with_what_was_due) {
    OpenLink link(plain(), {128, 128, 1, 1});
    link.send("C0");
    BOOST_TEST(link.feed("B1") == "");
    BOOST_TEST(link.events() == "failed sequence-error");
    BOOST_TEST(fault_of(link.link) ==
               "I N(S)=0 N(R)=0 to 1 from 16 asks for I, RR or RNR with N(R)=0 to 1; RR N(R)=5 "
               "came");
}

BOOST_AUTO_TEST_CASE(HDLC_X_FRMR_1_says_what_was_rejected_and_why) {
    OpenLink link(plain(), {128, 128, 1, 1});
    link.send("C0");
    BOOST_TEST(link.feed("97100204") == "");
    BOOST_TEST(link.events() == "failed frame-rejected");
    BOOST_TEST(fault_of(link.link) ==
               "I N(S)=0 N(R)=0 to 1 from 16 asks for I, RR or RNR; FRMR came, which rejects I "
               "N(S)=0 N(R)=0 (Y: information too long)");
    // Many meters send it without information.
    OpenLink bare(plain(), {128, 128, 1, 1});
    bare.send("C0");
    bare.feed("97");
    BOOST_TEST(fault_of(bare.link) ==
               "I N(S)=0 N(R)=0 to 1 from 16 asks for I, RR or RNR; FRMR came");
}

BOOST_AUTO_TEST_CASE(a_ua_that_cannot_be_used_is_named) {
    const auto fault_after_ua = [](const std::string& information) {
        ClientSubject subject(plain());
        BOOST_TEST(subject.link.open(Instant{}).has_value());
        subject.receive(frame_octets(subject.client, subject.server, "73" + information),
                        Instant{});
        BOOST_TEST(subject.is_at_rest());
        return fault_of(subject.link);
    };
    BOOST_TEST(fault_after_ua("80801205") ==
               "SNRM to 1 from 16 asks for UA; UA came, whose negotiation parameters do not decode "
               "(frame-format)");
    BOOST_TEST(fault_after_ua("818012050180") ==
               "SNRM to 1 from 16 asks for UA; UA came, whose negotiation parameters do not decode "
               "(length-beyond-buffer)");
    BOOST_TEST(fault_after_ua("818006070400000000") ==
               "SNRM to 1 from 16 asks for UA; UA came, whose limits leave no room for an APDU");
}

BOOST_AUTO_TEST_CASE(noise_is_counted_since_the_exchange_last_went_on) {
    OpenLink link(plain(), {128, 128, 1, 1});
    link.send("C0");
    link.link.receive(octets("010203"), link.now);
    // The flag of the answer before seems to open a frame with them: it counts as one more.
    BOOST_TEST(fault_after(link, 3) ==
               "I N(S)=0 N(R)=0 to 1 from 16 asks for I, RR or RNR; nothing came in 3 tries; 4 "
               "damaged frames or octets of noise dropped");
    BOOST_TEST(link.link.open(link.now).has_value());
    BOOST_TEST(fault_of(link.link).find("dropped") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_apdu_without_llc_header_and_a_line_that_is_gone) {
    OpenLink link(plain(), {128, 128, 1, 1});
    link.send("C0");
    link.feed("30C401");
    BOOST_TEST(fault_of(link.link) ==
               "the APDU that came does not begin with an LLC header such as E6 E7 00");
    OpenLink lost(plain(), {128, 128, 1, 1});
    lost.send("C0");
    lost.connection_lost();
    BOOST_TEST(fault_of(lost.link) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
