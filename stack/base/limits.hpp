#pragma once
// Every bound on what a peer can make us do, in one place.

#include <cstddef>

namespace dlms::limits {

/// Nesting of arrays and structures in one Data. Real meters stay below 8; public vectors reach 17.
inline constexpr std::size_t max_data_depth = 32;

/// Elements in one Data, all levels together: a 4-octet count must not make us loop for hours.
inline constexpr std::size_t max_data_elements = 4'000'000;

/// Values that a compact array may unroll to for each octet of its elements: members of structures
/// that take no octets (null-data) cost their sender nothing, and us a value each.
inline constexpr std::size_t max_compact_values_per_octet = 32;

/// Octets of an answer assembled from blocks: a year of quarter-hour rows of 30 columns is 6 MiB.
inline constexpr std::size_t max_long_answer = 32u << 20;

/// Octets of one APDU, from the wrapper's 16-bit length.
inline constexpr std::size_t max_apdu = 65'535;

/// Octets that a client or a server keeps ready to be sent before it refuses more.
inline constexpr std::size_t max_transmit_queue = 1u << 20;

}  // namespace dlms::limits
