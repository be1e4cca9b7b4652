// The requests of a client: what may be asked, and how it is cut when it is too long for one APDU.
// General block transfer goes first where it was negotiated, then the blocks of the service itself.

#include <algorithm>
#include <utility>

#include "stack/association/block_size.hpp"
#include "stack/association/client_association.hpp"

namespace dlms::association {

using xdlms::ConformanceBit;
using xdlms::InvokeIdAndPriority;
using xdlms::RawDataBlock;

namespace {

std::unexpected<Error> misuse(ErrorCode code) {
    return fail(code, Layer::association);
}

template <class T>
void append_list(ByteBuffer& out, std::span<const T> items) {
    Writer writer(out);
    xdlms::write(writer, xdlms::List<T>(items));
}

/// tag, choice, invoke-id and the block's own fields.
constexpr std::size_t logical_name_block_overhead = 3 + xdlms::raw_data_block_overhead;
/// tag, count, choice, last-block, number; a Write has another count and a Data tag behind them.
constexpr std::size_t read_block_overhead = 6;
constexpr std::size_t write_block_overhead = 8;

/// How a request is sent that is longer than one APDU may be.
template <class Payload, class FirstBlock>
struct LongForm {
    ConformanceBit blocks;
    /// Octets that a block after the first adds to its own and their length field.
    std::size_t overhead;
    /// The most blocks.
    std::uint32_t max_blocks;
    /// Appends what the blocks together hold.
    Payload payload;
    /// Encodes the first block's APDU.
    FirstBlock first_block;
};
template <class Payload, class FirstBlock>
LongForm(ConformanceBit, std::size_t, std::uint32_t, Payload, FirstBlock)
    -> LongForm<Payload, FirstBlock>;

constexpr std::uint32_t max_logical_name_blocks = 0xFFFF'FFFF;
constexpr std::uint32_t max_short_name_blocks = 0xFFFF;

}  // namespace

Status ClientAssociation::may_request(ConformanceBit service) const {
    if (!is_ready()) {
        return misuse(ErrorCode::wrong_state);
    }
    if (!conformance_.has(service)) {
        return misuse(ErrorCode::not_negotiated);
    }
    return {};
}

bool ClientAssociation::is_broadcast() const {
    return security_.in_force() && state_ == State::associated &&
           configuration_.security.requests.key == KeyChoice::broadcast;
}

bool ClientAssociation::is_ready() const {
    // Neither answers of short names nor general blocks tell which request they belong to.
    const bool one_by_one = configuration_.referencing == Referencing::short_name ||
                            conformance_.has(ConformanceBit::general_block_transfer);
    const std::size_t most =
        one_by_one ? 1 : std::clamp<std::size_t>(configuration_.max_outstanding_requests, 1, 15);
    // A new request gives up the blocks of an old one at the meter.
    const bool in_blocks = std::ranges::any_of(
        outstanding_, [](const ClientRequest& request) { return request.is_in_blocks(); });
    return state_ == State::associated && outstanding_.size() < most && !in_blocks;
}

Status ClientAssociation::may_select(const std::optional<cosem::SelectiveAccess>& selection) const {
    if (selection && !conformance_.has(ConformanceBit::selective_access)) {
        return misuse(ErrorCode::not_negotiated);
    }
    return {};
}

InvokeIdAndPriority ClientAssociation::next_invoke_id(const RequestOptions& options) const {
    auto id = static_cast<std::uint8_t>((invoke_id_ + 1) & 0x0F);
    while (std::ranges::any_of(
        outstanding_, [id](const ClientRequest& request) { return request.id().value() == id; })) {
        id = static_cast<std::uint8_t>((id + 1) & 0x0F);
    }
    const auto invoke = InvokeIdAndPriority::confirmed(InvokeId(id), is_high(options.priority));
    return options.service_class == ServiceClass::confirmed
               ? invoke
               : InvokeIdAndPriority(static_cast<std::uint8_t>(invoke.raw() & ~0x40u));
}

std::size_t ClientAssociation::request_limit() const {
    return pdu_limit(server_max_receive_pdu_size_);
}

template <class Apdu>
bool ClientAssociation::prepare(const Apdu& apdu) {
    prepared_.clear();
    Writer writer(prepared_);
    xdlms::encode(writer, apdu);
    return writer.ok();
}

Result<security::ProtectionRequest> ClientAssociation::protection_for(ByteView apdu) const {
    MessageProtection wanted = configuration_.security.requests;
    if (state_ != State::associated && wanted.key == KeyChoice::broadcast) {
        wanted.key = KeyChoice::preferred;  // pass 3 is for one meter
    }
    return security_.protect(static_cast<xdlms::ApduTag>(apdu[0]), wanted);
}

template <class Apdu, class Long>
Result<RequestId> ClientAssociation::request(ClientRequest request, const Apdu& apdu,
                                             const Long& long_form, Instant now) {
    if (!prepare(apdu)) {
        return misuse(ErrorCode::out_of_range);
    }
    const auto how = protection_for(prepared_);
    if (!how) {
        return std::unexpected(how.error());
    }
    if (is_broadcast()) {
        return misuse(ErrorCode::not_negotiated);  // many would answer
    }
    request.protection = *how;
    may_use_service_blocks_ = false;
    if (security_.sealed_size(prepared_.size(), *how) <= request_limit()) {
        return send_prepared(std::move(request), now);
    }
    const bool has_service_blocks = conformance_.has(long_form.blocks);
    if (conformance_.has(ConformanceBit::general_block_transfer) && outstanding_.empty() &&
        !(avoids_general_blocks_ && has_service_blocks)) {
        may_use_service_blocks_ = has_service_blocks;
        return send_in_general_blocks(std::move(request), now);
    }
    ByteBuffer payload;
    if (has_service_blocks) {
        long_form.payload(payload);
    }
    if (payload.empty()) {
        return misuse(ErrorCode::request_too_long);
    }
    // The first block's APDU without its octets tells what it adds to them.
    prepared_.clear();
    Writer empty(prepared_);
    long_form.first_block(empty, RawDataBlock{false, 1, {}});
    const std::size_t room = security_.room(request_limit(), *how);
    const std::size_t overhead = prepared_.size() - 1;
    const std::size_t first = block_octets(room - std::min(room, overhead));
    const std::size_t others = block_octets(room - std::min(room, long_form.overhead));
    if (first == 0 || others == 0 || payload.size() / others >= long_form.max_blocks) {
        return misuse(ErrorCode::request_too_long);
    }
    const std::size_t size = std::min(first, payload.size());
    prepared_.clear();
    Writer block_writer(prepared_);
    long_form.first_block(block_writer,
                          RawDataBlock{size == payload.size(), 1, ByteView(payload).first(size)});
    request.send_rest(std::move(payload), size, others);
    return send_prepared(std::move(request), now);
}

/// Seals an APDU of the request, and notes the transaction-id that the answer must have.
Status ClientAssociation::seal(ByteBuffer& apdu, ClientRequest& request) {
    if (const Status sealed = security_.seal(apdu, request.protection); !sealed) {
        return sealed;
    }
    request.transaction_id.clear();
    if (request.protection.kind < security::ProtectionKind::unnamed_key &&
        !request.protection.protection.digitally_signed) {
        return {};
    }
    // Of a signature inside of general-glo- or general-ded-ciphering it does not show: there the
    // counter of the key alone tells old answers.
    const auto general = xdlms::decode_ciphered_apdu(apdu);
    if (const auto* ciphered =
            general ? std::get_if<xdlms::GeneralCiphering>(&*general) : nullptr) {
        request.transaction_id = to_buffer(ciphered->header.transaction_id);
    } else if (const auto* is_signed =
                   general ? std::get_if<xdlms::GeneralSigning>(&*general) : nullptr) {
        request.transaction_id = to_buffer(is_signed->header.transaction_id);
    }
    return {};
}

Result<RequestId> ClientAssociation::send_prepared(ClientRequest request, Instant now) {
    if (const Status sealed = seal(prepared_, request); !sealed) {
        return std::unexpected(sealed.error());
    }
    queue_.push().swap(prepared_);
    return begin(std::move(request), now);
}

Result<RequestId> ClientAssociation::begin(ClientRequest request, Instant now) {
    if (outstanding_.empty() && !block_transfer_.is_receiving()) {
        block_transfer_.reset();
    }
    return await(std::move(request), now);
}

bool ClientAssociation::use_service_blocks() {
    avoids_general_blocks_ = avoids_general_blocks_ || may_use_service_blocks_;
    return std::exchange(may_use_service_blocks_, false);
}

Result<RequestId> ClientAssociation::send_in_general_blocks(ClientRequest request, Instant now) {
    const std::size_t limit = request_limit();
    const std::size_t size =
        block_octets(limit - std::min(limit, xdlms::general_block_transfer_overhead));
    const std::size_t octets = security_.sealed_size(prepared_.size(), request.protection);
    if (size == 0 || octets / size > 0xFFFF) {
        return misuse(ErrorCode::request_too_long);
    }
    if (const Status sealed = seal(prepared_, request); !sealed) {
        return std::unexpected(sealed.error());
    }
    block_transfer_.reset();
    if (!block_transfer_.send(prepared_, size, now)) {
        return misuse(ErrorCode::request_too_long);
    }
    return await(std::move(request), now);
}

Result<RequestId> ClientAssociation::await(ClientRequest request, Instant now) {
    const RequestId id = request.id();
    if (request.service() == ClientService::access) {
        long_invoke_id_ = id.value();
    } else {
        invoke_id_ = static_cast<std::uint8_t>(id.value());
    }
    request.deadline = now + configuration_.response_timeout;
    request.max_answer = configuration_.max_answer;
    request.duplicates_possible = configuration_.duplicates_possible;
    if (outstanding_.empty()) {
        refusal_.reset();
        stray_.reset();
    }
    outstanding_.push_back(std::move(request));
    return id;
}

template <class Apdu>
Result<RequestId> ClientAssociation::send_unconfirmed(const Apdu& apdu, RequestId id) {
    if (!prepare(apdu)) {
        return misuse(ErrorCode::out_of_range);
    }
    const auto how = protection_for(prepared_);
    if (!how) {
        return std::unexpected(how.error());
    }
    if (security_.sealed_size(prepared_.size(), *how) > request_limit()) {
        return misuse(ErrorCode::request_too_long);
    }
    if (const Status sealed = security_.seal(prepared_, *how); !sealed) {
        return std::unexpected(sealed.error());
    }
    if (id.value() <= 0x0F) {
        invoke_id_ = static_cast<std::uint8_t>(id.value());
    } else {
        long_invoke_id_ = id.value();
    }
    queue_.push().swap(prepared_);
    return id;
}

template <class Apdu>
Result<RequestId> ClientAssociation::send_whole(ClientRequest request, const Apdu& apdu,
                                                Instant now) {
    if (!prepare(apdu)) {
        return misuse(ErrorCode::out_of_range);
    }
    const auto how = protection_for(prepared_);
    if (!how) {
        return std::unexpected(how.error());
    }
    if (is_broadcast()) {
        return misuse(ErrorCode::not_negotiated);  // many would answer
    }
    may_use_service_blocks_ = false;
    request.protection = *how;
    // A GET has no blocks of its own on the way up.
    if (security_.sealed_size(prepared_.size(), *how) > request_limit()) {
        if (conformance_.has(ConformanceBit::general_block_transfer) && outstanding_.empty()) {
            return send_in_general_blocks(std::move(request), now);
        }
        return misuse(ErrorCode::request_too_long);
    }
    return send_prepared(std::move(request), now);
}

Result<RequestId> ClientAssociation::get(const cosem::AttributeDescriptor& attribute,
                                         const std::optional<cosem::SelectiveAccess>& selection,
                                         Instant now, std::optional<Priority> priority) {
    if (const Status may = may_request(ConformanceBit::get); !may) {
        return std::unexpected(may.error());
    }
    const bool all_attributes = attribute.attribute_id == 0;
    if (!may_select(selection) ||
        (all_attributes && !conformance_.has(ConformanceBit::attribute0_supported_with_get))) {
        return misuse(ErrorCode::not_negotiated);
    }
    const auto invoke = next_invoke_id(priority);
    return send_whole(ClientRequest(ClientService::get, id_of(invoke), invoke, 1),
                      xdlms::GetRequestNormal{invoke, attribute, selection}, now);
}

Result<RequestId> ClientAssociation::get_list(
    std::span<const cosem::AttributeDescriptorWithSelection> attributes, Instant now,
    std::optional<Priority> priority) {
    if (const Status may = may_request_list(ConformanceBit::get, attributes); !may) {
        return std::unexpected(may.error());
    }
    const auto invoke = next_invoke_id(priority);
    const xdlms::GetRequestWithList apdu{
        invoke, xdlms::List<cosem::AttributeDescriptorWithSelection>(attributes)};
    return send_whole(
        ClientRequest(ClientService::get_list, id_of(invoke), invoke, attributes.size()), apdu,
        now);
}

Status ClientAssociation::may_request_list(
    ConformanceBit service,
    std::span<const cosem::AttributeDescriptorWithSelection> attributes) const {
    if (const Status may = may_request(service); !may) {
        return may;
    }
    if (attributes.empty()) {
        return misuse(ErrorCode::out_of_range);
    }
    const bool selects = std::ranges::any_of(
        attributes, [](const auto& item) { return item.access_selection.has_value(); });
    if (!conformance_.has(ConformanceBit::multiple_references) ||
        (selects && !conformance_.has(ConformanceBit::selective_access))) {
        return misuse(ErrorCode::not_negotiated);
    }
    return {};
}

Result<RequestId> ClientAssociation::set(const cosem::AttributeDescriptor& attribute,
                                         const std::optional<cosem::SelectiveAccess>& selection,
                                         const axdr::DataView& value, Instant now,
                                         const RequestOptions& options) {
    if (const Status may = may_request(ConformanceBit::set); !may) {
        return std::unexpected(may.error());
    }
    const bool all_attributes = attribute.attribute_id == 0;
    if (!may_select(selection) ||
        (all_attributes && !conformance_.has(ConformanceBit::attribute0_supported_with_set))) {
        return misuse(ErrorCode::not_negotiated);
    }
    const auto invoke = next_invoke_id(options);
    const xdlms::SetRequestNormal apdu{invoke, attribute, selection, value};
    if (options.service_class == ServiceClass::unconfirmed) {
        return send_unconfirmed(apdu, id_of(invoke));
    }
    const LongForm long_form{
        ConformanceBit::block_transfer_with_set_or_write, logical_name_block_overhead,
        max_logical_name_blocks, [&](ByteBuffer& out) { out = to_buffer(value.encoded()); },
        [&](Writer& writer, const RawDataBlock& block) {
            xdlms::encode(writer,
                          xdlms::SetRequestWithFirstDatablock{invoke, attribute, selection, block});
        }};
    return request(ClientRequest(ClientService::set, id_of(invoke), invoke, 1), apdu, long_form,
                   now);
}

Result<RequestId> ClientAssociation::set_list(
    std::span<const cosem::AttributeDescriptorWithSelection> attributes,
    std::span<const axdr::DataView> values, Instant now, std::optional<Priority> priority) {
    if (const Status may = may_request_list(ConformanceBit::set, attributes); !may) {
        return std::unexpected(may.error());
    }
    if (values.size() != attributes.size()) {
        return misuse(ErrorCode::out_of_range);
    }
    const auto invoke = next_invoke_id(priority);
    const xdlms::List<cosem::AttributeDescriptorWithSelection> list(attributes);
    const xdlms::SetRequestWithList apdu{invoke, list, xdlms::List<axdr::DataView>(values)};
    const LongForm long_form{
        ConformanceBit::block_transfer_with_set_or_write, logical_name_block_overhead,
        max_logical_name_blocks, [&](ByteBuffer& out) { append_list(out, values); },
        [&](Writer& writer, const RawDataBlock& block) {
            xdlms::encode(writer, xdlms::SetRequestWithListAndFirstDatablock{invoke, list, block});
        }};
    return request(ClientRequest(ClientService::set_list, id_of(invoke), invoke, attributes.size()),
                   apdu, long_form, now);
}

Result<RequestId> ClientAssociation::action(const cosem::MethodDescriptor& method,
                                            const std::optional<axdr::DataView>& parameters,
                                            Instant now, const RequestOptions& options) {
    if (const Status may = may_request(ConformanceBit::action); !may) {
        return std::unexpected(may.error());
    }
    return send_action(method, parameters, now, options);
}

Result<RequestId> ClientAssociation::send_action(const cosem::MethodDescriptor& method,
                                                 const std::optional<axdr::DataView>& parameters,
                                                 Instant now, const RequestOptions& options) {
    const auto invoke = next_invoke_id(options);
    const xdlms::ActionRequestNormal apdu{invoke, method, parameters};
    if (options.service_class == ServiceClass::unconfirmed) {
        return send_unconfirmed(apdu, id_of(invoke));
    }
    const LongForm long_form{
        ConformanceBit::block_transfer_with_action, logical_name_block_overhead,
        max_logical_name_blocks,
        [&](ByteBuffer& out) {
            if (parameters) {
                out = to_buffer(parameters->encoded());
            }
        },
        [&](Writer& writer, const RawDataBlock& block) {
            xdlms::encode(writer, xdlms::ActionRequestWithFirstPblock{invoke, method, block});
        }};
    return request(ClientRequest(ClientService::action, id_of(invoke), invoke, 1), apdu, long_form,
                   now);
}

Result<RequestId> ClientAssociation::action_list(std::span<const cosem::MethodDescriptor> methods,
                                                 std::span<const axdr::DataView> parameters,
                                                 Instant now, std::optional<Priority> priority) {
    if (const Status may = may_request(ConformanceBit::action); !may) {
        return std::unexpected(may.error());
    }
    if (methods.empty() || parameters.size() != methods.size()) {
        return misuse(ErrorCode::out_of_range);
    }
    if (!conformance_.has(ConformanceBit::multiple_references)) {
        return misuse(ErrorCode::not_negotiated);
    }
    const auto invoke = next_invoke_id(priority);
    const xdlms::List<cosem::MethodDescriptor> list(methods);
    const xdlms::ActionRequestWithList apdu{invoke, list, xdlms::List<axdr::DataView>(parameters)};
    const LongForm long_form{
        ConformanceBit::block_transfer_with_action, logical_name_block_overhead,
        max_logical_name_blocks, [&](ByteBuffer& out) { append_list(out, parameters); },
        [&](Writer& writer, const RawDataBlock& block) {
            xdlms::encode(writer, xdlms::ActionRequestWithListAndFirstPblock{invoke, list, block});
        }};
    return request(ClientRequest(ClientService::action_list, id_of(invoke), invoke, methods.size()),
                   apdu, long_form, now);
}

Result<RequestId> ClientAssociation::access(
    std::span<const xdlms::AccessSpecification> specifications,
    std::span<const axdr::DataView> data, const AccessOptions& options, Instant now) {
    using Long = xdlms::LongInvokeIdAndPriority;
    if (const Status may = may_request(ConformanceBit::access); !may) {
        return std::unexpected(may.error());
    }
    if (specifications.empty() || data.size() != specifications.size()) {
        return misuse(ErrorCode::out_of_range);
    }
    // The ids of the other services stay below.
    const std::uint32_t id =
        long_invoke_id_ >= Long::max_invoke_id ? first_long_invoke_id : long_invoke_id_ + 1;
    const bool confirmed = options.service_class == ServiceClass::confirmed;
    const Long invoke(id | (options.self_descriptive ? Long::self_descriptive_bit : 0) |
                      (options.break_on_error ? Long::break_on_error_bit : 0) |
                      (confirmed ? Long::confirmed_bit : 0) |
                      (is_high(options.priority) ? Long::high_priority_bit : 0));
    const xdlms::AccessRequest apdu{invoke,
                                    {},
                                    xdlms::List<xdlms::AccessSpecification>(specifications),
                                    xdlms::List<axdr::DataView>(data)};
    if (!confirmed) {
        return send_unconfirmed(apdu, RequestId(id));
    }
    return send_whole(ClientRequest(ClientService::access, RequestId(id), InvokeIdAndPriority(),
                                    specifications.size()),
                      apdu, now);
}

Status ClientAssociation::may_name(
    ConformanceBit service,
    std::span<const xdlms::VariableAccessSpecification> specifications) const {
    if (const Status may = may_request(service); !may) {
        return may;
    }
    bool selects = false;
    for (const xdlms::VariableAccessSpecification& item : specifications) {
        selects = selects || std::holds_alternative<xdlms::ParameterizedAccess>(item);
        if (item.index() > 1) {
            return misuse(ErrorCode::out_of_range);
        }
    }
    if (specifications.empty()) {
        return misuse(ErrorCode::out_of_range);
    }
    if ((selects && !conformance_.has(ConformanceBit::parameterized_access)) ||
        (specifications.size() > 1 && !conformance_.has(ConformanceBit::multiple_references))) {
        return misuse(ErrorCode::not_negotiated);
    }
    return {};
}

Result<RequestId> ClientAssociation::read(
    std::span<const xdlms::VariableAccessSpecification> specifications, Instant now) {
    if (const Status may = may_name(ConformanceBit::read, specifications); !may) {
        return std::unexpected(may.error());
    }
    return send_read(specifications, now);
}

Result<RequestId> ClientAssociation::send_read(
    std::span<const xdlms::VariableAccessSpecification> specifications, Instant now) {
    const xdlms::ReadRequest apdu{xdlms::List<xdlms::VariableAccessSpecification>(specifications)};
    const LongForm long_form{
        ConformanceBit::block_transfer_with_get_or_read, read_block_overhead, max_short_name_blocks,
        [&](ByteBuffer& out) { append_list(out, specifications); },
        [&](Writer& writer, const RawDataBlock& block) {
            const xdlms::VariableAccessSpecification item = xdlms::ReadDataBlockAccess{
                block.last_block, static_cast<std::uint16_t>(block.block_number), block.raw_data};
            xdlms::encode(
                writer, xdlms::ReadRequest{
                            xdlms::List<xdlms::VariableAccessSpecification>(std::span(&item, 1))});
        }};
    return request(ClientRequest(ClientService::read, RequestId(), InvokeIdAndPriority(),
                                 specifications.size()),
                   apdu, long_form, now);
}

Result<RequestId> ClientAssociation::write(
    std::span<const xdlms::VariableAccessSpecification> specifications,
    std::span<const axdr::DataView> values, Instant now, ServiceClass service_class) {
    const bool confirmed = service_class == ServiceClass::confirmed;
    const Status may = may_name(
        confirmed ? ConformanceBit::write : ConformanceBit::unconfirmed_write, specifications);
    if (!may) {
        return std::unexpected(may.error());
    }
    if (values.size() != specifications.size()) {
        return misuse(ErrorCode::out_of_range);
    }
    const xdlms::List<xdlms::VariableAccessSpecification> names(specifications);
    const xdlms::List<axdr::DataView> data(values);
    if (!confirmed) {
        return send_unconfirmed(xdlms::UnconfirmedWriteRequest{names, data}, RequestId());
    }
    const LongForm long_form{
        ConformanceBit::block_transfer_with_set_or_write, write_block_overhead,
        max_short_name_blocks,
        [&](ByteBuffer& out) {
            append_list(out, specifications);
            append_list(out, values);
        },
        [&](Writer& writer, const RawDataBlock& block) { encode_write_block(writer, block); }};
    return request(ClientRequest(ClientService::write, RequestId(), InvokeIdAndPriority(),
                                 specifications.size()),
                   xdlms::WriteRequest{names, data}, long_form, now);
}

}  // namespace dlms::association
