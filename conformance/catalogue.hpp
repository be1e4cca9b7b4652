#pragma once
// The catalogue of conformance cases: every id with its title, whose side it judges, and where it
// is shown when the suite does not run it.

#include <span>
#include <string_view>

namespace dlms::conformance {

struct CatalogueEntry {
    std::string_view id;
    std::string_view roles;  ///< "S" the meter, "K" the client, "SK" both
    std::string_view title;
};

std::span<const CatalogueEntry> catalogue();
/// The entry of an id that the catalogue must have.
const CatalogueEntry& catalogue_entry(std::string_view id);
std::size_t catalogue_index(std::string_view id);

}  // namespace dlms::conformance
