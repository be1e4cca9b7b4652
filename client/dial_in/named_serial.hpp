#pragma once
// The serial number in the body of a push that names its objects beside their values.

#include <string>

#include "stack/axdr/data_view.hpp"

namespace dlms::client::dial_in {

/// Whether the body has an octet-string with this logical name, at any depth.
bool names_object(const axdr::DataView& body, ByteView logical_name);

/// The value behind the first element that is the logical name of a serial number (0-0:96.1.0.255)
/// or of a logical device name (0-0:42.0.0.255); empty without one that can be a serial number.
std::string named_serial(const axdr::DataView& body);

/// An octet-string or text as a serial number; empty where it cannot be one.
std::string text_serial(const axdr::DataView& value);

}  // namespace dlms::client::dial_in
