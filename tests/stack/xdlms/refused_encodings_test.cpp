// What our decoders refuse our encoders do not write.

#include <array>

#include <boost/test/unit_test.hpp>

#include "stack/xdlms/access.hpp"
#include "stack/xdlms/action.hpp"
#include "stack/xdlms/ciphered_apdu.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"
#include "stack/xdlms/data_notification.hpp"
#include "stack/xdlms/event_notification.hpp"
#include "stack/xdlms/exception_response.hpp"
#include "stack/xdlms/gateway.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/read_write.hpp"
#include "stack/xdlms/set.hpp"
#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

constexpr auto odd_access_result = static_cast<cosem::DataAccessResult>(5);
constexpr auto odd_action_result = static_cast<cosem::ActionResult>(19);

template <class T>
List<T> list_of(const T& item) {
    return List<T>(std::span<const T>(&item, 1));
}

const axdr::DataView null_data;
const cosem::AttributeDescriptorWithSelection attribute;
const cosem::MethodDescriptor method;
const VariableAccessSpecification short_name = VariableName{8};

}  // namespace

BOOST_AUTO_TEST_SUITE(refused_encodings)

BOOST_AUTO_TEST_CASE(a_date_time_has_twelve_octets_or_none) {
    const ByteBuffer octets(13);
    for (std::size_t size = 0; size <= octets.size(); ++size) {
        const ByteView time = ByteView(octets).first(size);
        const bool fits = size == 0 || size == 12;
        DataNotification notification;
        notification.date_time = time;
        BOOST_TEST((encoded(notification) != "failed") == fits);
        BOOST_TEST((encoded(DataNotificationConfirm{{}, time}) != "failed") == fits);
        AccessRequest request;
        request.date_time = time;
        BOOST_TEST((encoded(request) != "failed") == fits);
        AccessResponse response;
        response.date_time = time;
        BOOST_TEST((encoded(response) != "failed") == fits);
        // An event has a time or none: an empty one is neither.
        BOOST_TEST((encoded(EventNotification{time, {}, {}}) != "failed") == (size == 12));
    }
    BOOST_TEST(encoded(EventNotification{std::nullopt, {}, {}}) != "failed");
}

BOOST_AUTO_TEST_CASE(lists_that_belong_together_have_one_length) {
    BOOST_TEST(encoded(SetRequestWithList{{}, list_of(attribute), {}}) == "failed");
    BOOST_TEST(encoded(SetRequestWithList{{}, {}, list_of(null_data)}) == "failed");
    BOOST_TEST(encoded(SetRequestWithList{{}, list_of(attribute), list_of(null_data)}) != "failed");
    BOOST_TEST(encoded(ActionRequestWithList{{}, list_of(method), {}}) == "failed");
    BOOST_TEST(encoded(WriteRequest{list_of(short_name), {}}) == "failed");
    BOOST_TEST(encoded(UnconfirmedWriteRequest{{}, list_of(null_data)}) == "failed");
    BOOST_TEST(encoded(InformationReport{std::nullopt, list_of(short_name), {}}) == "failed");

    const AccessSpecification specification = AccessGet{};
    const AccessResult result = AccessGetResult{cosem::DataAccessResult::success};
    AccessRequest request;
    request.specifications = list_of(specification);
    BOOST_TEST(encoded(request) == "failed");
    request.data = list_of(null_data);
    BOOST_TEST(encoded(request) != "failed");
    AccessResponse response;
    response.results = list_of(result);
    BOOST_TEST(encoded(response) == "failed");
    response.data = list_of(null_data);
    BOOST_TEST(encoded(response) != "failed");
    response.request_specifications = List<AccessSpecification>();
    BOOST_TEST(encoded(response) == "failed");
}

BOOST_AUTO_TEST_CASE(results_have_codes_of_the_standard) {
    BOOST_TEST(encoded(GetResponseNormal{{}, odd_access_result}) == "failed");
    BOOST_TEST(encoded(GetResponseWithDatablock{{}, true, 1, odd_access_result}) == "failed");
    const GetDataResult odd_result = odd_access_result;
    BOOST_TEST(encoded(GetResponseWithList{{}, list_of(odd_result)}) == "failed");
    BOOST_TEST(encoded(SetResponseNormal{{}, odd_access_result}) == "failed");
    BOOST_TEST(encoded(SetResponseWithList{{}, list_of(odd_access_result)}) == "failed");
    BOOST_TEST(encoded(ActionResponseNormal{{}, {odd_action_result, std::nullopt}}) == "failed");
    BOOST_TEST(encoded(ActionResponseNormal{
                   {}, {cosem::ActionResult::success, GetDataResult(odd_access_result)}}) ==
               "failed");
    const ReadResult odd_read = odd_access_result;
    BOOST_TEST(encoded(ReadResponse{list_of(odd_read)}) == "failed");
    const WriteResult odd_write = odd_access_result;
    BOOST_TEST(encoded(WriteResponse{list_of(odd_write)}) == "failed");
    for (const AccessResult& odd : {AccessResult(AccessGetResult{odd_access_result}),
                                    AccessResult(AccessSetResult{odd_access_result}),
                                    AccessResult(AccessActionResult{odd_action_result})}) {
        AccessResponse response;
        response.data = list_of(null_data);
        response.results = list_of(odd);
        BOOST_TEST(encoded(response) == "failed");
    }
}

BOOST_AUTO_TEST_CASE(errors_have_codes_of_the_standard) {
    const auto odd_state = static_cast<StateError>(3);
    const auto odd_service = static_cast<ServiceError>(7);
    BOOST_TEST(encoded(ExceptionResponse{odd_state, ServiceError::other_reason, 0}) == "failed");
    BOOST_TEST(encoded(ExceptionResponse{StateError::service_unknown, odd_service, 0}) == "failed");
    const auto odd_confirmed = static_cast<ConfirmedService>(2);
    const auto odd_group = static_cast<ServiceErrorGroup>(11);
    BOOST_TEST(encoded(ConfirmedServiceError{odd_confirmed, ServiceErrorGroup::service, 0}) ==
               "failed");
    BOOST_TEST(encoded(ConfirmedServiceError{ConfirmedService::read, odd_group, 0}) == "failed");
}

BOOST_AUTO_TEST_CASE(a_report_has_a_time_of_digits) {
    InformationReport report;
    report.current_time = "20240102101112Z";
    BOOST_TEST(encoded(report) != "failed");
    report.current_time = "today";
    BOOST_TEST(encoded(report) == "failed");
}

BOOST_AUTO_TEST_CASE(envelopes_have_tags_suites_and_keys_of_the_standard) {
    ServiceCiphering service;
    service.tag = ApduTag::get_request;
    service.content.security_control = SecurityControl(0x20);
    BOOST_TEST(encoded(service) == "failed");
    service.tag = ApduTag::glo_get_request;
    BOOST_TEST(encoded(service) != "failed");
    service.content.security_control = SecurityControl(0x23);
    BOOST_TEST(encoded(service) == "failed");

    GeneralGloDedCiphering general;
    general.tag = ApduTag::glo_get_request;
    general.content.security_control = SecurityControl(0x20);
    BOOST_TEST(encoded(general) == "failed");
    general.tag = ApduTag::general_ded_ciphering;
    BOOST_TEST(encoded(general) != "failed");

    GeneralCiphering keyed;
    keyed.content.security_control = SecurityControl(0x20);
    keyed.key_info = static_cast<IdentifiedKey>(2);
    BOOST_TEST(encoded(keyed) == "failed");
    keyed.key_info = WrappedKey{static_cast<KeyEncryptingKey>(1), {}};
    BOOST_TEST(encoded(keyed) == "failed");
    keyed.key_info = WrappedKey{};
    BOOST_TEST(encoded(keyed) != "failed");
}

BOOST_AUTO_TEST_CASE(a_gateway_has_a_direction_and_something_to_carry) {
    const ByteBuffer apdu = octets("C001");
    GatewayApdu gateway;
    gateway.direction = GatewayDirection::request;
    BOOST_TEST(encoded(gateway) == "failed");
    gateway.apdu = apdu;
    BOOST_TEST(encoded(gateway) != "failed");
    gateway.direction = static_cast<GatewayDirection>(0xC0);
    BOOST_TEST(encoded(gateway) == "failed");
}

BOOST_AUTO_TEST_SUITE_END()
