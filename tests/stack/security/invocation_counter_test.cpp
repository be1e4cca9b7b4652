#include "stack/security/invocation_counter.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::security;

namespace {

/// The number, or the error's name.
std::string taken(SendCounter& counter) {
    const Result<InvocationCounter> number = counter.take();
    return number ? std::to_string(number->value()) : std::string(name(number.error().code));
}

std::string granted(SendCounter& counter, std::uint32_t first, std::uint32_t last) {
    const Status status = counter.grant({first, last});
    return status ? "granted" : std::string(name(status.error().code));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(invocation_counter)

BOOST_AUTO_TEST_CASE(numbers_come_from_granted_ranges_only) {
    SendCounter counter;
    BOOST_TEST(taken(counter) == "counter-not-reserved");
    BOOST_TEST(granted(counter, 0, 1) == "granted");
    BOOST_TEST(counter.remaining() == 2u);
    BOOST_TEST(taken(counter) == "0");
    BOOST_TEST(taken(counter) == "1");
    BOOST_TEST(taken(counter) == "counter-not-reserved");
    BOOST_TEST(granted(counter, 10, 11) == "granted");
    BOOST_TEST(taken(counter) == "10");
    BOOST_TEST(granted(counter, 12, 12) == "granted");
    BOOST_TEST(taken(counter) == "11");
    BOOST_TEST(taken(counter) == "12");
    BOOST_TEST(taken(counter) == "counter-not-reserved");
}

BOOST_AUTO_TEST_CASE(no_number_comes_twice) {
    SendCounter counter;
    BOOST_TEST(granted(counter, 5, 9) == "granted");
    BOOST_TEST(taken(counter) == "5");
    BOOST_TEST(granted(counter, 0, 4) == "out-of-range");
    BOOST_TEST(granted(counter, 5, 20) == "out-of-range");
    BOOST_TEST(granted(counter, 9, 20) == "out-of-range");
    BOOST_TEST(granted(counter, 20, 19) == "out-of-range");
    BOOST_TEST(taken(counter) == "6");
    // A gap gives up what is left.
    BOOST_TEST(granted(counter, 30, 31) == "granted");
    BOOST_TEST(taken(counter) == "30");
    BOOST_TEST(granted(counter, 20, 40) == "out-of-range");
    BOOST_TEST(counter.next_free() == 32u);
}

BOOST_AUTO_TEST_CASE(skipping_only_goes_up) {
    SendCounter counter;
    BOOST_TEST(granted(counter, 0, 9) == "granted");
    counter.skip_to(InvocationCounter(5));
    counter.skip_to(InvocationCounter(2));
    BOOST_TEST(taken(counter) == "5");
    counter.skip_to(InvocationCounter(100));
    BOOST_TEST(counter.remaining() == 0u);
    BOOST_TEST(taken(counter) == "counter-not-reserved");
    BOOST_TEST(granted(counter, 10, 200) == "out-of-range");
    BOOST_TEST(granted(counter, 100, 200) == "granted");
    BOOST_TEST(taken(counter) == "100");
}

// SYMSEC_X_IC_1
BOOST_AUTO_TEST_CASE(the_end_is_the_end) {
    SendCounter counter;
    BOOST_TEST(granted(counter, 0xFFFFFFFD, 0xFFFFFFFF) == "granted");
    BOOST_TEST(taken(counter) == "4294967293");
    BOOST_TEST(taken(counter) == "4294967294");
    BOOST_TEST(taken(counter) == "counter-exhausted");
    BOOST_TEST(granted(counter, 0xFFFFFFFF, 0xFFFFFFFF) == "counter-exhausted");
    BOOST_TEST(granted(counter, 0, 5) == "out-of-range");
    SendCounter skipped;
    skipped.skip_to(InvocationCounter(0xFFFFFFFF));
    BOOST_TEST(taken(skipped) == "counter-exhausted");
}

BOOST_AUTO_TEST_CASE(received_counters_only_rise) {
    ReceiveCounter counter;
    BOOST_TEST(counter.check(InvocationCounter(0)).has_value());
    BOOST_TEST(!counter.highest().has_value());
    counter.accept(InvocationCounter(0));
    BOOST_TEST(!counter.check(InvocationCounter(0)).has_value());
    BOOST_TEST(counter.check(InvocationCounter(1)).has_value());
    counter.accept(InvocationCounter(50));
    counter.accept(InvocationCounter(40));
    BOOST_TEST(counter.check(InvocationCounter(50)).error().code == ErrorCode::counter_too_low);
    BOOST_TEST(counter.check(InvocationCounter(49)).error().code == ErrorCode::counter_too_low);
    BOOST_TEST(counter.check(InvocationCounter(51)).has_value());
    const ReceiveCounter restarted(counter.highest());
    BOOST_TEST(!restarted.check(InvocationCounter(50)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
