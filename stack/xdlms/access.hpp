#pragma once
// ACCESS (COSEMpdu access-request and access-response; Green Book 9.3.9, 9.4.6.6): many reads,
// writes and methods in one APDU. Decoded views live as long as the APDU's octets.

#include <optional>
#include <string_view>
#include <variant>

#include "stack/cosem/access_result.hpp"
#include "stack/cosem/action_result.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/xdlms/list.hpp"
#include "stack/xdlms/long_invoke_id_and_priority.hpp"

namespace dlms::xdlms {

struct AccessGet {
    cosem::AttributeDescriptor attribute;
};
struct AccessSet {
    cosem::AttributeDescriptor attribute;
};
struct AccessAction {
    cosem::MethodDescriptor method;
};
struct AccessGetWithSelection {
    cosem::AttributeDescriptor attribute;
    cosem::SelectiveAccess access_selection;
};
struct AccessSetWithSelection {
    cosem::AttributeDescriptor attribute;
    cosem::SelectiveAccess access_selection;
};

/// Access-Request-Specification; the choice on the wire is the index and one.
using AccessSpecification = std::variant<AccessGet, AccessSet, AccessAction, AccessGetWithSelection,
                                         AccessSetWithSelection>;

/// The standard's name of the alternative: "get", "set", "action", "get-with-selection" or
/// "set-with-selection".
std::string_view name(const AccessSpecification& specification);

AccessSpecification read_access_specification(Reader& reader);
void write(Writer& writer, const AccessSpecification& specification);

template <>
struct ItemCodec<AccessSpecification> {
    static AccessSpecification read(Reader& reader) { return read_access_specification(reader); }
    static void write(Writer& writer, const AccessSpecification& item) {
        xdlms::write(writer, item);
    }
};

struct AccessGetResult {
    cosem::DataAccessResult result = cosem::DataAccessResult::success;
};
struct AccessSetResult {
    cosem::DataAccessResult result = cosem::DataAccessResult::success;
};
struct AccessActionResult {
    cosem::ActionResult result = cosem::ActionResult::success;
};

/// Access-Response-Specification; the choice on the wire is the index and one.
using AccessResult = std::variant<AccessGetResult, AccessSetResult, AccessActionResult>;

/// "get", "set" or "action".
std::string_view name(const AccessResult& result);

AccessResult read_access_result(Reader& reader);
void write(Writer& writer, const AccessResult& result);

template <>
struct ItemCodec<AccessResult> {
    static AccessResult read(Reader& reader) { return read_access_result(reader); }
    static void write(Writer& writer, const AccessResult& item) { xdlms::write(writer, item); }
};

struct AccessRequest {
    LongInvokeIdAndPriority long_invoke_id_and_priority;
    ByteView date_time;  ///< 12 octets, or none
    List<AccessSpecification> specifications;
    List<axdr::DataView> data;  ///< one for each specification; null-data where none is meant
};

struct AccessResponse {
    LongInvokeIdAndPriority long_invoke_id_and_priority;
    ByteView date_time;  ///< 12 octets, or none
    /// What was asked, when the request was self-descriptive.
    std::optional<List<AccessSpecification>> request_specifications;
    List<axdr::DataView> data;   ///< one for each specification; null-data where there is none
    List<AccessResult> results;  ///< one for each specification
};

/// Decode one whole APDU. Errors: every malformed code; list_count_mismatch when the lists are not
/// of one length.
Result<AccessRequest> decode_access_request(ByteView apdu);
Result<AccessResponse> decode_access_response(ByteView apdu);

void encode(Writer& writer, const AccessRequest& request);
void encode(Writer& writer, const AccessResponse& response);

}  // namespace dlms::xdlms
