#include "client/renewal_rule.hpp"

namespace dlms::client {
namespace {

using association::ClientService;

std::size_t place_of(ClientService service) {
    return static_cast<std::size_t>(service);
}

struct ServiceOf {
    using Service = std::optional<ClientService>;

    Service operator()(const association::GetCompleted&) const { return ClientService::get; }
    Service operator()(const association::GetListCompleted&) const {
        return ClientService::get_list;
    }
    Service operator()(const association::SetCompleted&) const { return ClientService::set; }
    Service operator()(const association::SetListCompleted&) const {
        return ClientService::set_list;
    }
    Service operator()(const association::ActionCompleted&) const { return ClientService::action; }
    Service operator()(const association::ActionListCompleted&) const {
        return ClientService::action_list;
    }
    Service operator()(const association::AccessCompleted&) const { return ClientService::access; }
    Service operator()(const association::ReadCompleted&) const { return ClientService::read; }
    Service operator()(const association::WriteCompleted&) const { return ClientService::write; }
    template <class Other>
    Service operator()(const Other&) const {
        return std::nullopt;
    }
};

/// Whether the meter answers as one that knows of no association.
bool knows_no_association(const Failure& failure) {
    if (failure.code != FailureCode::service_refused) {
        return false;
    }
    if (failure.exception) {
        using enum xdlms::ServiceError;
        const xdlms::ServiceError error = failure.exception->service_error;
        return failure.exception->state_error == xdlms::StateError::service_not_allowed &&
               (error == operation_not_possible || error == service_not_supported);
    }
    constexpr std::uint8_t no_dlms_context = 1;
    return failure.service_error &&
           (failure.service_error->service == xdlms::ConfirmedService::initiate_error ||
            (failure.service_error->group == xdlms::ServiceErrorGroup::vde_state_error &&
             failure.service_error->value == no_dlms_context));
}

}  // namespace

void RenewalRule::renewed() {
    answered_.reset();
    was_renewed_ = true;
}

void RenewalRule::take(const association::ClientEvent& event) {
    if (const auto service = std::visit(ServiceOf(), event)) {
        answered_.set(place_of(*service));
    }
}

bool RenewalRule::calls_for_renewal(Service service, const Failure& failure) {
    if (!knows_no_association(failure)) {
        return false;
    }
    in_vain_ = in_vain_ || (was_renewed_ && answered_.none());
    return !in_vain_ && answered_.test(place_of(service));
}

}  // namespace dlms::client
