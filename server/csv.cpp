#include "server/csv.hpp"

#include <optional>
#include <utility>

namespace dlms::service {

namespace {

class CsvReader {
public:
    explicit CsvReader(std::string_view text) : text_(text) {
        constexpr std::string_view mark = "\xEF\xBB\xBF";
        if (text_.starts_with(mark)) {
            text_.remove_prefix(mark.size());
        }
        const std::string_view first = text_.substr(0, text_.find('\n'));
        const bool has_commas = first.find(',') != std::string_view::npos;
        separator_ = !has_commas && first.find(';') != std::string_view::npos ? ';' : ',';
    }

    std::expected<std::vector<std::vector<std::string>>, CsvFault> records() {
        std::vector<std::vector<std::string>> all;
        while (at_ < text_.size()) {
            std::vector<std::string> record;
            if (!record_into(record)) {
                return std::unexpected(CsvFault{line_, *fault_});
            }
            if (record.size() > 1 || !record.front().empty()) {
                all.push_back(std::move(record));
            }
        }
        return all;
    }

private:
    bool record_into(std::vector<std::string>& record) {
        for (;;) {
            record.emplace_back();
            if (!field_into(record.back())) {
                return false;
            }
            if (at_ == text_.size()) {
                return true;
            }
            const char end = text_[at_++];
            if (end == separator_) {
                continue;
            }
            if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') {
                ++at_;
            }
            ++line_;
            return true;
        }
    }

    bool field_into(std::string& field) {
        if (at_ == text_.size() || text_[at_] != '"') {
            while (at_ < text_.size() && !is_end(text_[at_])) {
                if (text_[at_] == '"') {
                    fault_ = "a quotation mark inside a field that is in none";
                    return false;
                }
                field += text_[at_++];
            }
            return true;
        }
        ++at_;
        for (;;) {
            if (at_ == text_.size()) {
                fault_ = "a field in quotation marks does not end";
                return false;
            }
            const char character = text_[at_++];
            line_ += character == '\n' ? 1U : 0U;
            if (character != '"') {
                field += character;
            } else if (at_ < text_.size() && text_[at_] == '"') {
                field += text_[at_++];
            } else {
                break;
            }
        }
        if (at_ < text_.size() && !is_end(text_[at_])) {
            fault_ = "something stands behind a field in quotation marks";
            return false;
        }
        return true;
    }

    bool is_end(char character) const {
        return character == separator_ || character == '\n' || character == '\r';
    }

    std::string_view text_;
    char separator_ = ',';
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::optional<std::string> fault_;
};

}  // namespace

std::expected<std::vector<std::vector<std::string>>, CsvFault> parse_csv(std::string_view text) {
    return CsvReader(text).records();
}

}  // namespace dlms::service
