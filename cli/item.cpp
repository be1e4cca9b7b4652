#include "cli/item.hpp"

#include <charconv>
#include <vector>

#include "stack/cosem/interface_class.hpp"

namespace dlms::cli {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

/// A whole decimal number from `low` to `high`.
std::optional<int> number(std::string_view text, int low, int high) {
    int value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = end.ec == std::errc() && end.ptr == text.data() + text.size();
    return whole && value >= low && value <= high ? std::optional(value) : std::nullopt;
}

std::unexpected<std::string> wrong(std::string_view text, std::string_view why) {
    return std::unexpected("'" + std::string(text) + "': " + std::string(why));
}

}  // namespace

std::uint16_t usual_class(const cosem::ObisCode& code) {
    if (code.a() == 0 && code.c() == 1 && code.d() == 0) {
        return 8;
    }
    if (code.c() == 98 || code.c() == 99) {
        return 7;
    }
    if (code.a() == 0 && code.c() == 96 && code.d() == 3 && code.e() == 10) {
        return 70;
    }
    const bool is_identifier =
        code.c() == 42 || code.c() == 43 || (code.c() == 96 && code.d() == 1);
    return code.a() == 0 && is_identifier ? std::uint16_t{1} : std::uint16_t{3};
}

std::expected<cosem::AttributeDescriptor, std::string> parse_item(std::string_view text,
                                                                  const ItemDefaults& defaults) {
    const std::vector<std::string_view> parts = split(text, '/');
    if (parts.size() > 3) {
        return wrong(text, "expected CLASS/OBIS/ATTRIBUTE, for example 8/0-0:1.0.0.255/2");
    }
    const bool has_class =
        parts.size() == 3 || (parts.size() == 2 && !cosem::ObisCode::parse(parts[0]));
    const std::string_view code_text = parts[has_class ? 1 : 0];
    const auto code = cosem::ObisCode::parse(code_text);
    if (!code) {
        return wrong(text, "'" + std::string(code_text) +
                               "' is no OBIS code; codes look like 1-0:1.8.0.255, "
                               "1.0.1.8.0.255 or 1.8.0");
    }
    cosem::AttributeDescriptor attribute;
    attribute.instance = *code;
    attribute.class_id = defaults.class_id.value_or(usual_class(*code));
    attribute.attribute_id = defaults.attribute_id;
    if (has_class) {
        const std::optional<int> class_id = number(parts[0], 1, 0xFFFF);
        if (!class_id) {
            return wrong(text, "the class before the OBIS code is a number from 1 to 65535");
        }
        attribute.class_id = static_cast<std::uint16_t>(*class_id);
    }
    if (parts.size() == (has_class ? 3u : 2u)) {
        const std::optional<int> attribute_id = number(parts.back(), -128, 127);
        if (!attribute_id) {
            return wrong(text, "the attribute behind the OBIS code is a number from -128 to 127");
        }
        attribute.attribute_id = static_cast<std::int8_t>(*attribute_id);
    }
    return attribute;
}

bool names_attribute(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, '/');
    return parts.size() == 3 || (parts.size() == 2 && cosem::ObisCode::parse(parts[0]));
}

std::expected<cosem::MethodDescriptor, std::string> parse_method(std::string_view text) {
    const std::size_t end = text.rfind('/');
    if (end == std::string_view::npos) {
        return wrong(text,
                     "expected CLASS/OBIS/METHOD, for example 70/0-0:96.3.10.255/1 or "
                     "70/0-0:96.3.10.255/remote_disconnect");
    }
    const std::string_view name = text.substr(end + 1);
    const auto object = parse_item(text.substr(0, end), {});
    if (!object) {
        return std::unexpected(object.error());
    }
    cosem::MethodDescriptor method;
    method.class_id = object->class_id;
    method.instance = object->instance;
    if (const std::optional<int> id = number(name, -128, 127)) {
        method.method_id = static_cast<std::int8_t>(*id);
        return method;
    }
    const cosem::InterfaceClass* row = cosem::find_class(method.class_id);
    const cosem::ClassMethod* found = row != nullptr ? cosem::find_method(*row, name) : nullptr;
    if (found == nullptr) {
        std::string names;
        if (row != nullptr) {
            for (const cosem::ClassMethod& known : row->methods) {
                names += (names.empty() ? "" : ", ") + std::string(known.name);
            }
        }
        return wrong(text, "'" + std::string(name) +
                               "' is neither a number from -128 to 127 nor a " +
                               "method of class " + std::to_string(method.class_id) +
                               (names.empty() ? "" : " (" + names + ")"));
    }
    method.method_id = found->id;
    return method;
}

}  // namespace dlms::cli
