#pragma once
// RenewalRule: when a meter seems to have ended the association without closing the line, and a
// request may be repeated in a new one.
//
// Such a meter answers every request as if none had been made: exception-response with state-error
// service-not-allowed and service-error operation-not-possible or service-not-supported; with short
// names confirmed-service-error with no-dlms-context, or with initiateError in place of the
// service. The same answers have other meanings too (a service that the meter does not have), so
// they call for a new association only
// - where a request of this very service was answered in the association before, and
// - unless it was done before on this connection and in vain: the first request of the new
//   association was refused alike. From then on the meter is taken to mean what it says.
// What follows:
// - A renewal takes an answer of that service before it, so a meter that refuses everything sees
//   one, and nothing ever loops.
// - Also what changes something may be repeated: these answers say that the service was not
//   allowed, so nothing was carried out. pdu-too-long and other-reason say no such thing (the first
//   may come after the work, when the answer is too long) and never call for it.
// - Where answers are protected, an answer in plain says nothing: anybody may have sent it. What
//   changes something has then an unknown outcome and is never repeated; a reading is.

#include <bitset>
#include <optional>

#include "client/failure.hpp"

namespace dlms::client {

class RenewalRule {
public:
    using Service = association::ClientService;

    /// An association was made on a new connection.
    void connected() { *this = RenewalRule(); }
    /// An association was made in the place of one that the meter had ended.
    void renewed();
    /// Notes the service of an event that is an answer.
    void take(const association::ClientEvent& event);
    /// Whether the association is to be made anew, and the request of this service repeated.
    bool calls_for_renewal(Service service, const Failure& failure);

private:
    std::bitset<16> answered_;  // services, in this association
    bool was_renewed_ = false;
    bool in_vain_ = false;
};

}  // namespace dlms::client
