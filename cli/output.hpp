#pragma once
// What was read, as a table for people or as JSON.

#include <ostream>
#include <string>
#include <vector>

#include "client/register_reader.hpp"
#include "render/value_json.hpp"

namespace dlms::cli {

/// One attribute that was asked for, and what came of it.
struct Line {
    cosem::AttributeDescriptor attribute;
    client::Outcome<client::Reading> reading;
};

void print_table(std::ostream& stream, const std::vector<Line>& lines,
                 const render::ValueOptions& options);

/// One object with the list `readings`, in the order asked; members as in the REST interface. With
/// `with_tree` each holds its uninterpreted Data in `data`.
void print_json(std::ostream& stream, const std::vector<Line>& lines,
                const render::ValueOptions& options, bool with_tree);

}  // namespace dlms::cli
