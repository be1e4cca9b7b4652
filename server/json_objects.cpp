#include <algorithm>
#include <array>

#include "render/json_writer.hpp"
#include "render/obis_name.hpp"
#include "server/json_answers.hpp"
#include "server/json_meter_calls.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::service {

namespace {

using axdr::DataView;
using render::JsonWriter;

constexpr std::uint16_t association_ln_class = 15;
// From this version of the association on, access rights are bits and not codes.
constexpr std::uint8_t version_with_bits = 3;

struct ObjectRow {
    std::uint16_t class_id = 0;
    std::uint8_t version = 0;
    cosem::ObisCode name;
    std::optional<std::uint16_t> base_name;
    DataView rights;  // null-data where there are none
};

// The elements of an array or structure; none of any other value.
std::vector<DataView> elements_of(const DataView& data) {
    std::vector<DataView> all;
    if (const auto elements = data.elements()) {
        for (const DataView element : *elements) {
            all.push_back(element);
        }
    }
    return all;
}

std::optional<std::uint64_t> number(const DataView& of, std::size_t place) {
    const auto element = of.element(place);
    const auto value = element ? element->unsigned_integer()
                               : Result<std::uint64_t>(std::unexpected(element.error()));
    return value ? std::optional(*value) : std::nullopt;
}

// {class_id, version, logical_name, access_rights}, or {base_name, class_id, version,
// logical_name}.
std::optional<ObjectRow> row_of(const DataView& object) {
    const auto members = object.elements();
    if (!members || members->size() < 3) {
        return std::nullopt;
    }
    const auto first = object.element(2);
    const bool has_short_name = first && !first->octets();
    const std::size_t begin = has_short_name ? 1 : 0;
    const auto name = object.element(begin + 2);
    const auto octets = name ? name->octets() : Result<ByteView>(std::unexpected(name.error()));
    const auto class_id = number(object, begin);
    if (!octets || octets->size() != 6 || !class_id || *class_id > 0xFFFF) {
        return std::nullopt;
    }
    ObjectRow row;
    row.class_id = static_cast<std::uint16_t>(*class_id);
    row.version = static_cast<std::uint8_t>(number(object, begin + 1).value_or(0));
    row.name = cosem::ObisCode::from_octets(octets->first<6>());
    if (has_short_name) {
        const auto base = object.element(0)->signed_integer();
        row.base_name = base ? std::optional(static_cast<std::uint16_t>(*base)) : std::nullopt;
    } else {
        row.rights = object.element(3).value_or(DataView());
    }
    return row;
}

struct Rights {
    std::string_view access;
    std::vector<std::string_view> protection;
};

void add_protection(Rights& rights, std::uint64_t bits) {
    constexpr std::array<std::string_view, 6> names{
        "authenticated-request",  "encrypted-request",  "signed-request",
        "authenticated-response", "encrypted-response", "signed-response"};
    for (std::size_t bit = 0; bit < names.size(); ++bit) {
        if ((bits >> (bit + 2) & 1U) != 0) {
            rights.protection.push_back(names.at(bit));
        }
    }
}

Rights attribute_rights(std::uint64_t mode, bool are_bits) {
    constexpr std::array<std::string_view, 4> names{"none", "read", "write", "read-write"};
    Rights rights;
    if (are_bits) {
        rights.access = names.at(mode & 3U);
        add_protection(rights, mode);
    } else if (mode <= 3) {
        rights.access = names.at(mode);
    } else if (mode <= 6) {
        rights.access = names.at(mode - 3);
        rights.protection.emplace_back("authenticated-request");
    } else {
        rights.access = "unknown";
    }
    return rights;
}

Rights method_rights(std::uint64_t mode, bool are_bits) {
    Rights rights;
    rights.access = (are_bits ? (mode & 1U) != 0 : mode != 0) ? "invoke" : "none";
    if (are_bits) {
        add_protection(rights, mode);
    } else if (mode == 2) {
        rights.protection.emplace_back("authenticated-request");
    }
    return rights;
}

void write_rights(JsonWriter& writer, const Rights& rights) {
    writer.key("access");
    writer.plain(rights.access);
    if (!rights.protection.empty()) {
        writer.key("protection");
        writer.begin_array();
        for (const std::string_view name : rights.protection) {
            writer.plain(name);
        }
        writer.end_array();
    }
}

void write_name(JsonWriter& writer, std::string_view name) {
    writer.key("name");
    if (name.empty()) {
        writer.null();
    } else {
        writer.text(name);
    }
}

void write_attribute(JsonWriter& writer, const ObjectRow& row, const DataView& item,
                     bool are_bits) {
    const auto element = item.element(0);
    const auto id = element ? element->signed_integer() : Result<std::int64_t>(0);
    const auto attribute_id = static_cast<std::int8_t>(id.value_or(0));
    const auto* known = cosem::find_attribute(row.class_id, attribute_id);
    writer.begin_object();
    writer.key("attributeId");
    writer.integer(int{attribute_id});
    write_name(writer, known != nullptr ? known->name : std::string_view());
    write_rights(writer, attribute_rights(number(item, 1).value_or(0), are_bits));
    const auto selectors = elements_of(item.element(2).value_or(DataView()));
    if (!selectors.empty()) {
        writer.key("selectors");
        writer.begin_array();
        for (const DataView& selector : selectors) {
            writer.integer(selector.signed_integer().value_or(0));
        }
        writer.end_array();
    }
    writer.end_object();
}

void write_method(JsonWriter& writer, const ObjectRow& row, const DataView& item, bool are_bits) {
    const auto element = item.element(0);
    const auto id = element ? element->signed_integer() : Result<std::int64_t>(0);
    const auto method_id = static_cast<std::int8_t>(id.value_or(0));
    const auto* known = cosem::find_method(row.class_id, method_id);
    const auto mode = item.element(1);
    const auto allowed = mode ? mode->boolean() : Result<bool>(false);
    writer.begin_object();
    writer.key("methodId");
    writer.integer(int{method_id});
    write_name(writer, known != nullptr ? known->name : std::string_view());
    write_rights(writer, method_rights(allowed ? (*allowed ? 1U : 0U) : number(item, 1).value_or(0),
                                       are_bits && !allowed));
    writer.end_object();
}

void write_list(JsonWriter& writer, const char* key, const ObjectRow& row, std::size_t place,
                bool are_bits) {
    writer.key(key);
    writer.begin_array();
    for (const DataView& item : elements_of(row.rights.element(place).value_or(DataView()))) {
        if (place == 0) {
            write_attribute(writer, row, item, are_bits);
        } else {
            write_method(writer, row, item, are_bits);
        }
    }
    writer.end_array();
}

void write_object(JsonWriter& writer, const ObjectRow& row, const Asked& asked, bool are_bits) {
    const auto* known = cosem::find_class(row.class_id, row.version);
    if (known == nullptr) {
        known = cosem::find_class(row.class_id);
    }
    writer.begin_object();
    writer.key("obisCode");
    writer.plain(row.name.text());
    writer.key("classId");
    writer.integer(row.class_id);
    writer.key("className");
    if (known != nullptr) {
        writer.text(known->name);
    } else {
        writer.null();
    }
    writer.key("version");
    writer.integer(row.version);
    write_name(writer, render::obis_name(row.name, asked.brand));
    if (row.base_name) {
        writer.key("baseName");
        writer.integer(*row.base_name);
    }
    if (row.rights.elements()) {
        write_list(writer, "attributes", row, 0, are_bits);
        write_list(writer, "methods", row, 1, are_bits);
    }
    writer.end_object();
}

bool has_bits(const std::vector<DataView>& objects) {
    return std::ranges::any_of(objects, [](const DataView& object) {
        const auto row = row_of(object);
        return row && row->class_id == association_ln_class && row->version >= version_with_bits;
    });
}

}  // namespace

HttpAnswer objects_answer(const ObjectsRequest& request, const Asked& asked,
                          const CallOutcome<axdr::Data>& outcome) {
    if (!outcome) {
        return refusal_answer(outcome.error());
    }
    const std::vector<DataView> objects = elements_of(outcome->view());
    const bool are_bits = has_bits(objects);
    std::size_t total = 0;
    HttpAnswer answer;
    {
        JsonWriter writer(answer.body);
        writer.begin_object();
        writer.key("success");
        writer.boolean(true);
        writer.key("meterNumber");
        writer.text(asked.meter_number);
        writer.key("objects");
        writer.begin_array();
        for (const DataView& object : objects) {
            const auto row = row_of(object);
            if (row && (!request.class_id || *request.class_id == row->class_id)) {
                write_object(writer, *row, asked, are_bits);
                ++total;
            }
        }
        writer.end_array();
        writer.key("total");
        writer.integer(total);
        writer.end_object();
    }
    return answer;
}

}  // namespace dlms::service
