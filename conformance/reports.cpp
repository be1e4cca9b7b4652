#include "conformance/reports.hpp"

#include <algorithm>
#include <cstdio>

#include "render/json_writer.hpp"

namespace dlms::conformance {
namespace {

std::string seconds(std::chrono::microseconds time) {
    std::array<char, 32> text{};
    const int size =
        std::snprintf(text.data(), text.size(), "%.3f", static_cast<double>(time.count()) / 1e6);
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string_view kind_name(Entry::Kind kind) {
    switch (kind) {
        case Entry::Kind::step: return "step";
        case Entry::Kind::sent: return "sent";
        case Entry::Kind::received: return "received";
    }
    return "";
}

std::string group_of(std::string_view id) {
    return std::string(id.substr(0, id.find('_')));
}

}  // namespace

RunSummary summarize(const std::vector<CaseResult>& results) {
    RunSummary summary;
    for (const CaseResult& one : results) {
        ++summary.counts[static_cast<std::size_t>(one.verdict)];
    }
    return summary;
}

std::string RunSummary::text() const {
    std::string text;
    for (const Verdict one :
         {Verdict::passed, Verdict::failed, Verdict::inconclusive, Verdict::inapplicable}) {
        text += (text.empty() ? "" : ", ") + std::to_string(of(one)) + ' ' + std::string(name(one));
    }
    return text;
}

std::string escape_markup(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            default:
                // XML takes no other control characters.
                escaped += (c >= ' ' || c == '\n' || c == '\t' || (c & 0x80) != 0) ? c : '?';
        }
    }
    return escaped;
}

std::string text_report(const ReportHead& head, const std::vector<CaseResult>& results) {
    std::size_t width = 0;
    for (const CaseResult& one : results) {
        width = std::max(width, one.id.size());
    }
    std::string text =
        head.program + ", " + head.time + "\n" + head.meter + " at " + head.place + "\n\n";
    for (const CaseResult& one : results) {
        std::string line(name(one.verdict));
        line.append(14 - line.size(), ' ');
        line += one.id;
        line.append(width + 2 - one.id.size(), ' ');
        line += one.reason.empty() ? std::string(one.title) : one.reason;
        text += line + '\n';
    }
    return text + '\n' + summarize(results).text() + '\n';
}

std::string junit_report(const ReportHead& head, const std::vector<CaseResult>& results) {
    const RunSummary summary = summarize(results);
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" +
                      escape_markup(head.meter) + "\" timestamp=\"" + escape_markup(head.time) +
                      "\" tests=\"" + std::to_string(results.size()) + "\" failures=\"" +
                      std::to_string(summary.of(Verdict::failed)) + "\" errors=\"" +
                      std::to_string(summary.of(Verdict::inconclusive)) + "\" skipped=\"" +
                      std::to_string(summary.of(Verdict::inapplicable)) + "\">\n";
    for (const CaseResult& one : results) {
        xml += "  <testcase classname=\"" + group_of(one.id) + "\" name=\"" + std::string(one.id) +
               "\" time=\"" + seconds(one.duration) + "\"";
        if (one.verdict == Verdict::passed) {
            xml += "/>\n";
            continue;
        }
        const char* element = one.verdict == Verdict::failed         ? "failure"
                              : one.verdict == Verdict::inconclusive ? "error"
                                                                     : "skipped";
        xml += ">\n    <" + std::string(element) + " message=\"" + escape_markup(one.reason) +
               "\"/>\n  </testcase>\n";
    }
    return xml + "</testsuite>\n";
}

std::string json_report(const ReportHead& head, const Declaration& declared,
                        const std::vector<CaseResult>& results) {
    std::string out;
    {
        render::JsonWriter writer(out, 1);
        const RecordView view(declared);
        writer.begin_object();
        const auto text = [&](std::string_view key, std::string_view value) {
            writer.key(key);
            writer.text(value);
        };
        text("meter", head.meter);
        text("place", head.place);
        text("time", head.time);
        text("program", head.program);
        const RunSummary summary = summarize(results);
        writer.key("summary");
        writer.begin_object();
        for (const Verdict one :
             {Verdict::passed, Verdict::failed, Verdict::inconclusive, Verdict::inapplicable}) {
            writer.key(name(one));
            writer.integer(std::uint64_t{summary.of(one)});
        }
        writer.end_object();
        writer.key("cases");
        writer.begin_array();
        for (const CaseResult& one : results) {
            writer.begin_object();
            text("id", one.id);
            text("title", one.title);
            text("verdict", name(one.verdict));
            if (!one.reason.empty()) {
                text("reason", one.reason);
            }
            text("seconds", seconds(one.duration));
            writer.key("conversation");
            writer.begin_array();
            for (const Entry& entry : one.record) {
                writer.begin_object();
                text("at", seconds(entry.at));
                if (entry.kind == Entry::Kind::step) {
                    text(kind_name(entry.kind), entry.text);
                } else {
                    text(kind_name(entry.kind), view.hex(entry));
                }
                writer.end_object();
            }
            writer.end_array();
            writer.end_object();
        }
        writer.end_array();
        writer.end_object();
    }
    return out + '\n';
}

}  // namespace dlms::conformance
