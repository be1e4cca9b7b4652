#pragma once
// Reports of a run: text, JUnit XML, JSON, and a page to read with every frame decoded. Passwords
// and keys are hidden in all of them.

#include <array>
#include <string>
#include <vector>

#include "conformance/suite.hpp"

namespace dlms::conformance {

struct RunSummary {
    std::array<std::size_t, 4> counts{};  ///< by verdict

    std::size_t of(Verdict verdict) const { return counts[static_cast<std::size_t>(verdict)]; }
    std::string text() const;  ///< "12 PASSED, 0 FAILED, ..."
};
RunSummary summarize(const std::vector<CaseResult>& results);

/// What stands at the head of a report.
struct ReportHead {
    std::string meter;
    std::string place;
    std::string time;     ///< of the run, ISO 8601
    std::string program;  ///< name and version
};

std::string text_report(const ReportHead& head, const std::vector<CaseResult>& results);
std::string junit_report(const ReportHead& head, const std::vector<CaseResult>& results);
std::string json_report(const ReportHead& head, const Declaration& declared,
                        const std::vector<CaseResult>& results);
std::string html_report(const ReportHead& head, const Declaration& declared,
                        const std::vector<CaseResult>& results);

/// One entry as a report shows it.
struct ShownEntry {
    std::string hex;      ///< with "**" where a secret was
    std::string summary;  ///< one line: what it is
    std::string decoded;  ///< lines
};

/// Shows the entries of one record, one after the other.
class RecordView {
public:
    explicit RecordView(const Declaration& declared) : declared_(declared) {}
    ShownEntry show(const Entry& entry) const;
    /// Its octets alone, as in ShownEntry; nothing is decoded.
    std::string hex(const Entry& entry) const;

private:
    std::string decoded(const Entry& entry, const std::string& hidden, std::string& summary) const;

    const Declaration& declared_;
};

/// Text between tags, or in an attribute.
std::string escape_markup(std::string_view text);

}  // namespace dlms::conformance
