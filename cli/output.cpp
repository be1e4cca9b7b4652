#include "cli/output.hpp"

#include <algorithm>
#include <array>

#include "cli/advice.hpp"
#include "render/data_tree.hpp"

namespace dlms::cli {
namespace {

using render::Json;
using Row = std::array<std::string, 4>;

render::ShownValue show(const Line& line, const render::ValueOptions& options) {
    return render::show_value(line.attribute, line.reading->value.view(), line.reading->scaler_unit,
                              options, line.reading->version);
}

Row row_of(const Line& line, const render::ValueOptions& options) {
    Row row{line.attribute.instance.text(),
            std::to_string(line.attribute.class_id),
            std::to_string(line.attribute.attribute_id),
            {}};
    if (line.reading) {
        const render::ShownValue shown = show(line, options);
        row[3] = text(shown) + "  (" + std::string(shown.type) + ')';
    } else {
        row[3] = "error: " + explain(line.reading.error());
    }
    return row;
}

Json json_of(const Line& line, const render::ValueOptions& options, bool with_tree) {
    Json json;
    json["success"] = line.reading.has_value();
    json["obisCode"] = line.attribute.instance.text();
    json["classId"] = line.attribute.class_id;
    json["attributeId"] = line.attribute.attribute_id;
    if (!line.reading) {
        json["error"] = describe(line.reading.error());
        json["errorCode"] = code_text(line.reading.error());
        return json;
    }
    json.update(members(show(line, options), options));
    if (with_tree) {
        json["data"] = render::data_tree(line.reading->value.view());
    }
    return json;
}

}  // namespace

void print_table(std::ostream& stream, const std::vector<Line>& lines,
                 const render::ValueOptions& options) {
    std::vector<Row> rows{{"OBIS code", "class", "attribute", "value"}};
    for (const Line& line : lines) {
        rows.push_back(row_of(line, options));
    }
    std::array<std::size_t, 3> widths{};
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            stream << row[i] << std::string(widths[i] - row[i].size() + 2, ' ');
        }
        stream << row.back() << '\n';
    }
}

void print_json(std::ostream& stream, const std::vector<Line>& lines,
                const render::ValueOptions& options, bool with_tree) {
    Json readings = Json::array();
    for (const Line& line : lines) {
        readings.push_back(json_of(line, options, with_tree));
    }
    stream << Json{{"readings", std::move(readings)}}.dump(2) << '\n';
}

}  // namespace dlms::cli
