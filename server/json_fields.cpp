#include "server/json_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "stack/base/hex.hpp"

namespace dlms::service {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char character) {
        return (static_cast<unsigned char>(character) & 0xC0U) != 0x80U;
    }));
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\n\r\f\v";
    const std::size_t begin = text.find_first_not_of(space);
    return begin == std::string_view::npos
               ? std::string_view{}
               : text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

// Numbers beyond 64 bits count as the nearest that is not: they are out of any field's range all
// the same.
std::optional<std::int64_t> whole_number(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+') && !text.starts_with("+-")) {
        text.remove_prefix(1);
    }
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ptr != text.data() + text.size() || text.empty() ||
        parsed.ec == std::errc::invalid_argument) {
        return std::nullopt;
    }
    if (parsed.ec == std::errc::result_out_of_range) {
        return text.starts_with('-') ? std::numeric_limits<std::int64_t>::min()
                                     : std::numeric_limits<std::int64_t>::max();
    }
    return number;
}

std::optional<std::int64_t> whole_number(const json& value) {
    if (value.is_boolean()) {
        return value.get<bool>() ? 1 : 0;
    }
    if (value.is_number_unsigned()) {
        constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
        return static_cast<std::int64_t>(std::min(value.get<std::uint64_t>(), most));
    }
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    if (value.is_number_float()) {
        return static_cast<std::int64_t>(
            std::clamp(std::trunc(value.get<double>()), -9.0e18, 9.0e18));
    }
    return value.is_string() ? whole_number(std::string_view(value.get_ref<const std::string&>()))
                             : std::nullopt;
}

}  // namespace

HttpAnswer validation_answer(const std::vector<FieldError>& errors) {
    ordered_json detail = ordered_json::array();
    for (const FieldError& error : errors) {
        ordered_json entry;
        entry["loc"] = error.location;
        entry["msg"] = error.message;
        entry["type"] = error.type;
        if (!error.context.is_null()) {
            entry["ctx"] = error.context;
        }
        detail.push_back(std::move(entry));
    }
    HttpAnswer answer;
    answer.status = 422;
    answer.body = ordered_json{{"detail", std::move(detail)}}.dump(
        -1, ' ', false, ordered_json::error_handler_t::replace);
    return answer;
}

std::string JsonFields::required_text(Names names, std::size_t most) {
    const json* value = find_required(names);
    return value == nullptr ? std::string{} : as_text(*names.begin(), *value, most).value_or("");
}

std::optional<std::string> JsonFields::text(Names names, std::size_t most) {
    const json* value = find(names);
    const bool is_absent = value == nullptr || value->is_null() || *value == "";
    return is_absent ? std::nullopt : as_text(*names.begin(), *value, most);
}

std::optional<std::string> JsonFields::text_or_list(Names names, std::size_t most) {
    const json* value = find(names);
    if (value == nullptr || !value->is_array()) {
        return text(names, most);
    }
    std::string joined;
    for (const json& element : *value) {
        const auto one = as_text(*names.begin(), element, most);
        if (!one) {
            return std::nullopt;
        }
        joined += (joined.empty() ? "" : ",") + *one;
    }
    return as_text(*names.begin(), joined, most);
}

std::optional<std::int64_t> JsonFields::integer(Names names, std::int64_t least, std::int64_t most,
                                                Null null) {
    const json* value = find_unless_null(names, null);
    if (value == nullptr) {
        return std::nullopt;
    }
    const char* name = *names.begin();
    const auto number = whole_number(*value);
    if (!number) {
        fail(name, "value is not a valid integer", "type_error.integer");
    } else if (*number < least) {
        fail(name, "ensure this value is greater than or equal to " + std::to_string(least),
             "value_error.number.not_ge", {{"limit_value", least}});
    } else if (*number > most) {
        fail(name, "ensure this value is less than or equal to " + std::to_string(most),
             "value_error.number.not_le", {{"limit_value", most}});
    } else {
        return number;
    }
    return std::nullopt;
}

std::optional<bool> JsonFields::boolean(Names names) {
    const json* value = find(names);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    if (value->is_boolean()) {
        return value->get<bool>();
    }
    std::string word;
    if (value->is_string()) {
        word = value->get<std::string>();
    } else if (value->is_number_integer()) {
        word = value->dump();
    }
    constexpr std::array<std::string_view, 6> yes{"1", "t", "true", "on", "y", "yes"};
    constexpr std::array<std::string_view, 6> no{"0", "f", "false", "off", "n", "no"};
    const auto is_word = [&](std::string_view known) { return equal_ignoring_case(known, word); };
    if (std::ranges::any_of(yes, is_word)) {
        return true;
    }
    if (std::ranges::any_of(no, is_word)) {
        return false;
    }
    fail(*names.begin(), "value could not be parsed to a boolean", "type_error.bool");
    return std::nullopt;
}

std::optional<ByteBuffer> JsonFields::octets(Names names, std::size_t most) {
    const auto digits = text(names, 2 * most);
    if (!digits) {
        return std::nullopt;
    }
    auto octets = from_hex(*digits);
    if (!octets || octets->empty()) {
        fail(*names.begin(), "value is not hexadecimal", "value_error");
        return std::nullopt;
    }
    return std::move(*octets);
}

std::optional<std::size_t> JsonFields::choice(Names names, std::span<const std::string_view> words,
                                              Null null) {
    const json* value = find_unless_null(names, null);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (value->is_string()) {
        const auto& text = value->get_ref<const std::string&>();
        const auto found =
            std::ranges::find_if(words, [&](auto word) { return equal_ignoring_case(word, text); });
        if (found != words.end()) {
            return static_cast<std::size_t>(found - words.begin());
        }
    }
    std::string permitted;
    for (const std::string_view word : words) {
        permitted.append(permitted.empty() ? "'" : ", '").append(word).append("'");
    }
    fail(*names.begin(), "value is not a valid enumeration member; permitted: " + permitted,
         "type_error.enum",
         {{"enum_values", std::vector<std::string>(words.begin(), words.end())}});
    return std::nullopt;
}

const json* JsonFields::required_list(Names names, std::size_t most) {
    const json* value = find_required(names);
    if (value == nullptr) {
        return nullptr;
    }
    if (!value->is_array()) {
        fail(*names.begin(), "value is not a valid list", "type_error.list");
        return nullptr;
    }
    if (value->size() > most) {
        fail(*names.begin(), "ensure this value has at most " + std::to_string(most) + " items",
             "value_error.list.max_items", {{"limit_value", most}});
        return nullptr;
    }
    return value;
}

bool JsonFields::require(Names names) {
    if (find(names) == nullptr) {
        fail(*names.begin(), "field required", "value_error.missing");
        return false;
    }
    return true;
}

void JsonFields::fail(const char* name, std::string message, std::string type,
                      ordered_json context) {
    ordered_json location = location_;
    location.push_back(name);
    errors_.push_back(
        {std::move(location), std::move(message), std::move(type), std::move(context)});
}

const json* JsonFields::find(Names names) const {
    for (const char* name : names) {
        const auto found = object_.find(name);
        if (found != object_.end()) {
            return &*found;
        }
    }
    return nullptr;
}

const json* JsonFields::find_unless_null(Names names, Null null) {
    const json* value = find(names);
    if (value == nullptr || !value->is_null()) {
        return value;
    }
    if (null == Null::refused) {
        fail(*names.begin(), "none is not an allowed value", "type_error.none.not_allowed");
    }
    return nullptr;
}

const json* JsonFields::find_required(Names names) {
    return require(names) ? find_unless_null(names, Null::refused) : nullptr;
}

std::optional<std::string> JsonFields::as_text(const char* name, const json& value,
                                               std::size_t most) {
    std::string text;
    if (value.is_string()) {
        text = value.get<std::string>();
    } else if (value.is_boolean()) {
        text = value.get<bool>() ? "True" : "False";
    } else if (value.is_number()) {
        text = value.dump();
    } else {
        fail(name, "str type expected", "type_error.str");
        return std::nullopt;
    }
    if (text.empty()) {
        fail(name, "ensure this value has at least 1 characters", "value_error.any_str.min_length",
             {{"limit_value", 1}});
        return std::nullopt;
    }
    if (characters(text) > most) {
        fail(name, "ensure this value has at most " + std::to_string(most) + " characters",
             "value_error.any_str.max_length", {{"limit_value", most}});
        return std::nullopt;
    }
    return text;
}

}  // namespace dlms::service
