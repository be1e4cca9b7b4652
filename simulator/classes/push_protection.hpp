#pragma once
// How the pushes of a push setup (class 40) are protected: as push_protection_parameters say, else
// as the association of push_client_SAP protects what it sends unasked.

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

/// Seals a DataNotification for the client of a declared association; as it is where nothing asks
/// for protection. Nothing for parameters of another form, for combinations that no APDU can have,
/// and where a key or a title lacks.
std::optional<ByteBuffer> protected_push(const OwnObject& setup, std::size_t association,
                                         ByteView apdu);

}  // namespace dlms::simulator
