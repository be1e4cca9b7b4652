#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dlms::service {

// Where a JSON text (RFC 8259) is wrong, in the words and numbers of Python's json module, which
// existing callers see in the older service's answers. `position` counts characters from 0, `line`
// and `column` from 1.
struct JsonFault {
    std::string message;
    std::size_t position = 0;
    std::size_t line = 1;
    std::size_t column = 1;
};

// A JSON text checked once: its fault, or where the values of a top-level object's members stand.
class JsonScan {
public:
    // Members that an object inside another value may have. Objects that keep their members' order
    // look through all of them for each one more, so a megabyte of members would take minutes.
    static constexpr std::size_t most_inner_members = 64;

    // `text` must be UTF-8 and outlive the scan. Deeper nesting than `most_depth` is a fault, and
    // so are more inner members than above.
    JsonScan(std::string_view text, std::size_t most_depth);

    [[nodiscard]] const std::optional<JsonFault>& fault() const { return fault_; }

    // The octets of a member's value as they were sent, so that a number keeps all its digits; of
    // members with the same name the last. Names are compared as written: one that is escaped
    // needlessly is not found.
    [[nodiscard]] std::optional<std::string_view> member(std::string_view name) const;

private:
    bool value(std::size_t depth);
    bool object(std::size_t depth);
    bool array(std::size_t depth);
    bool string();
    bool escape(std::size_t start);
    bool number();
    bool literal(std::string_view word);
    void skip_space();
    bool wrong(std::string message, std::size_t at);

    std::string_view text_;
    std::size_t most_depth_;
    std::size_t at_ = 0;
    std::optional<JsonFault> fault_;
    std::map<std::string_view, std::string_view> members_;
};

}  // namespace dlms::service
