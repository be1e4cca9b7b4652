#pragma once
// ServerRequest: the request that a server association is serving: its items one after the other,
// the results so far, and the octets of what is long in either direction.

#include <cstdint>
#include <optional>

#include "stack/association/server_event.hpp"
#include "stack/xdlms/access.hpp"
#include "stack/xdlms/action.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/read_write.hpp"
#include "stack/xdlms/set.hpp"

namespace dlms::association {

enum class ServerService : std::uint8_t { get, set, action, access, read, write };

class ServerRequest {
public:
    ServerRequest() = default;
    // The items look into buffers of their own, which a copy would not take along.
    ServerRequest(ServerRequest&&) = default;
    ServerRequest& operator=(ServerRequest&&) = default;
    ServerRequest(ServerService requested, xdlms::InvokeIdAndPriority invoke_id)
        : service(requested), invoke(invoke_id) {}

    ServerService service = ServerService::get;
    /// The service with list; its answer is a list too.
    bool with_list = false;
    bool confirmed = true;
    xdlms::InvokeIdAndPriority invoke;
    /// Of ACCESS.
    xdlms::LongInvokeIdAndPriority long_invoke;

    // What is asked, in order. A service without list has one item. Values are read from the APDU
    // or, of a long request, from `assembled`.
    std::size_t count = 1;
    std::size_t index = 0;
    std::optional<cosem::AttributeDescriptorWithSelection> attribute;
    std::optional<cosem::MethodDescriptor> method;
    std::optional<axdr::DataView> value;
    xdlms::List<cosem::AttributeDescriptorWithSelection>::Iterator attributes;
    xdlms::List<cosem::MethodDescriptor>::Iterator methods;
    xdlms::List<axdr::DataView>::Iterator values;
    xdlms::List<xdlms::AccessSpecification> specifications;
    xdlms::List<xdlms::AccessSpecification>::Iterator specification;
    xdlms::List<xdlms::VariableAccessSpecification>::Iterator names;

    /// Items that are the answer, encoded: Get-Data-Results, Data-Access-Results, ...; of ACCESS
    /// the results, with the data beside them.
    ByteBuffer results;
    ByteBuffer access_data;
    bool failed = false;  ///< an item of an ACCESS has

    // A long request.
    bool is_long = false;
    ByteBuffer first_apdu;  ///< what the items look into
    ByteBuffer assembled;
    std::uint32_t last_block = 0;  ///< received, or sent of a long answer

    // A long answer.
    ByteBuffer answer;
    std::size_t answer_sent = 0;

    bool is_done() const { return index == count; }
    /// The current item.
    ServerEvent indication() const;
    /// Notes the current item's result and goes on to the next.
    void record_get(const xdlms::GetDataResult& result);
    void record_set(cosem::DataAccessResult result);
    void record_action(const xdlms::ActionOutcome& outcome);
    /// Notes `refusal` as the current item's result, in the form of its service, and goes on.
    void record_refusal(cosem::DataAccessResult refusal);

    /// Octets that must be there for an answer to what changes something, whatever its items come
    /// to; data that methods return is left out (leave_out_data()). 0 for a read or a single item.
    std::size_t certain_answer() const;
    /// Makes data_block_unavailable of each method of a list that returned data, and of each read
    /// or method of an ACCESS that did. False for other requests.
    bool leave_out_data();

    /// Takes the values of a long request from `assembled`. Errors: every malformed code,
    /// list_count_mismatch.
    Status take_assembled();

private:
    void go_on();
    void record_access(const axdr::DataView& data, const xdlms::AccessResult& result, bool failure);
};

}  // namespace dlms::association
