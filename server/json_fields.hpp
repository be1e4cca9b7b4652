#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "server/http_message.hpp"
#include "stack/base/bytes.hpp"

namespace dlms::service {

// What is wrong with one field, as pydantic 1 says it.
struct FieldError {
    nlohmann::ordered_json location;
    std::string message;
    std::string type;
    nlohmann::ordered_json context;  // null if there is none
};

// 422 with {"detail": [{"loc", "msg", "type", "ctx"}]}.
[[nodiscard]] HttpAnswer validation_answer(const std::vector<FieldError>& errors);

// Reads the fields of one JSON object and collects what is wrong with them. Names may be given
// several, of which the first that is there counts; errors name the first. null is the same as
// absent where a field may be null, and else an error.
class JsonFields {
public:
    JsonFields(const nlohmann::json& object, nlohmann::ordered_json location,
               std::vector<FieldError>& errors)
        : object_(object), location_(std::move(location)), errors_(errors) {}

    using Names = std::initializer_list<const char*>;
    // Whether a field that may be absent may be null too.
    enum class Null : std::uint8_t { allowed, refused };

    // Texts of 1 to `most` characters; numbers and booleans become text. Where a text may be
    // absent, an empty one is.
    std::string required_text(Names names, std::size_t most);
    std::optional<std::string> text(Names names, std::size_t most);

    // The same, of a list of texts with commas between them.
    std::optional<std::string> text_or_list(Names names, std::size_t most);

    // Whole numbers; texts that hold one and numbers with a fraction (cut off) are taken.
    std::optional<std::int64_t> integer(Names names, std::int64_t least, std::int64_t most,
                                        Null null = Null::allowed);

    std::optional<bool> boolean(Names names);

    // 1 to `most` octets in hexadecimal.
    std::optional<ByteBuffer> octets(Names names, std::size_t most);

    // The index in `words` of a text that is one of them, without regard to case.
    std::optional<std::size_t> choice(Names names, std::span<const std::string_view> words,
                                      Null null = Null::allowed);

    // The list, or null after an error.
    const nlohmann::json* required_list(Names names, std::size_t most);

    // True if the field is there, whatever it is; an error if not.
    bool require(Names names);

    void fail(const char* name, std::string message, std::string type,
              nlohmann::ordered_json context = nullptr);

private:
    const nlohmann::json* find(Names names) const;
    const nlohmann::json* find_unless_null(Names names, Null null);
    const nlohmann::json* find_required(Names names);
    std::optional<std::string> as_text(const char* name, const nlohmann::json& value,
                                       std::size_t most);

    const nlohmann::json& object_;
    nlohmann::ordered_json location_;
    std::vector<FieldError>& errors_;
};

}  // namespace dlms::service
