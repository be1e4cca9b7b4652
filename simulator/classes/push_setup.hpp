#pragma once
// Push setup (class 40; Blue Book 4.4.8): a DataNotification of the push_object_list to the
// destination of send_destination_and_method, again and again until it has arrived or the retries
// are used up; without a destination to the clients that have an association.

#include "simulator/classes/class_behaviour.hpp"
#include "simulator/push_outbox.hpp"

namespace dlms::simulator {

inline constexpr std::uint16_t push_setup_class = 40;

/// Whether it has somewhere to send to.
bool has_push_destination(const OwnObject& setup);

/// How an attempt ended. False for one that is not this object's.
bool push_ended(const OwnObject& setup, std::uint64_t attempt, PushOutcome outcome);

/// An APDU that came back from where an attempt went. Whether it is its confirmation.
bool is_push_confirmed(const OwnObject& setup, std::uint64_t attempt, ByteView apdu);

}  // namespace dlms::simulator
