// The report as one page: no other file, no network.

#include "conformance/reports.hpp"

namespace dlms::conformance {
namespace {

constexpr std::string_view page_head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
:root { --line: #d5dae1; --quiet: #5c6672; --back: #f5f7f9; color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2229; background: var(--back); margin: 0 auto;
  max-width: 75rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; }
.quiet { color: var(--quiet); }
.bar { position: sticky; top: 0; background: var(--back); padding: .8rem 0; display: flex; gap: .5rem;
  flex-wrap: wrap; align-items: center; z-index: 1; border-bottom: 1px solid var(--line); }
.bar button { font: inherit; padding: .3rem .8rem; border: 1px solid var(--line); border-radius: 1rem;
  background: #fff; cursor: pointer; }
.bar button[aria-pressed=true] { outline: 2px solid #2563eb; outline-offset: -1px; }
.bar input { font: inherit; padding: .3rem .6rem; border: 1px solid var(--line); border-radius: .4rem;
  flex: 1; min-width: 12rem; }
.case { background: #fff; border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; }
.case > summary { padding: .45rem .8rem; cursor: pointer; display: grid; gap: 0 .8rem;
  grid-template-columns: 8.5rem 15rem 1fr 4.5rem; align-items: baseline; }
.case > summary::marker { content: ""; }
.verdict { font-size: .75rem; font-weight: 700; letter-spacing: .03em; padding: .1rem .5rem; border-radius: .3rem;
  text-align: center; }
.PASSED { background: #d9f2e1; color: #116329; } .FAILED { background: #ffdcd9; color: #a40e26; }
.INCONCLUSIVE { background: #fff1c9; color: #7a4d00; } .INAPPLICABLE { background: #e7eaee; color: #47505b; }
.id { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
.reason { grid-column: 3; color: var(--quiet); font-size: .9rem; overflow-wrap: anywhere; }
.time { color: var(--quiet); font-size: .8rem; text-align: right; grid-row: 1; grid-column: 4; }
.talk { border-top: 1px solid var(--line); padding: .4rem .8rem .8rem; }
.step { font-weight: 600; margin: .7rem 0 .2rem; }
.said { display: grid; grid-template-columns: 4.5rem 4.5rem 1fr; gap: 0 .6rem; padding: .15rem 0; }
.said > span:first-child, .said > span:nth-child(2) { color: var(--quiet); font-size: .8rem; padding-top: .15rem; }
.said details > summary { cursor: pointer; }
.sent .what { color: #1a4f9c; } .received .what { color: #7a3d9c; }
.hex, pre { font: .78rem/1.45 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
pre { background: var(--back); padding: .5rem; border-radius: .3rem; margin: .2rem 0; }
@media (max-width: 50rem) { .case > summary { grid-template-columns: 8.5rem 1fr; } .reason { grid-column: 1 / -1; }
  .time { display: none; } }
</style>
)";

constexpr std::string_view page_script = R"(<script>
const cases = [...document.querySelectorAll('.case')];
const search = document.getElementById('search');
let verdict = '';
function filter() {
  const words = search.value.toLowerCase();
  for (const one of cases) {
    const fits = (!verdict || one.dataset.verdict === verdict) &&
      one.querySelector('summary').textContent.toLowerCase().includes(words);
    one.hidden = !fits;
  }
}
for (const button of document.querySelectorAll('.bar button')) {
  button.addEventListener('click', () => {
    verdict = button.dataset.verdict;
    for (const other of document.querySelectorAll('.bar button')) {
      other.setAttribute('aria-pressed', other === button);
    }
    filter();
  });
}
search.addEventListener('input', filter);
</script>
)";

std::string milliseconds(std::chrono::microseconds time) {
    return std::to_string(time.count() / 1000) + " ms";
}

void write_entry(std::string& out, const RecordView& view, const Entry& entry) {
    if (entry.kind == Entry::Kind::step) {
        out += "<div class=\"step\">" + escape_markup(entry.text) + "</div>\n";
        return;
    }
    const bool is_sent = entry.kind == Entry::Kind::sent;
    const ShownEntry shown = view.show(entry);
    out += std::string("<div class=\"said ") + (is_sent ? "sent" : "received") + "\"><span>" +
           milliseconds(entry.at) + "</span><span>" + (is_sent ? "to meter" : "from meter");
    if (entry.connection > 1) {
        out += " (line " + std::to_string(entry.connection) + ")";
    }
    out += "</span><details><summary><span class=\"what\">" + escape_markup(shown.summary) +
           "</span> <span class=\"hex\">" + escape_markup(shown.hex) + "</span></summary><pre>" +
           escape_markup(shown.decoded) + "</pre></details></div>\n";
}

void write_case(std::string& out, const RecordView& view, const CaseResult& one) {
    const std::string verdict(name(one.verdict));
    out += "<details class=\"case\" data-verdict=\"" + verdict + "\"" +
           (one.verdict == Verdict::failed ? " open" : "") + "><summary><span class=\"verdict " +
           verdict + "\">" + verdict + "</span><span class=\"id\">" + escape_markup(one.id) +
           "</span><span>" + escape_markup(one.title) + "</span><span class=\"time\">" +
           milliseconds(one.duration) + "</span>";
    if (!one.reason.empty()) {
        out += "<span class=\"reason\">" + escape_markup(one.reason) + "</span>";
    }
    out += "</summary>\n<div class=\"talk\">\n";
    for (const Entry& entry : one.record) {
        write_entry(out, view, entry);
    }
    if (one.record.empty()) {
        out += "<span class=\"quiet\">nothing was said</span>\n";
    }
    out += "</div></details>\n";
}

}  // namespace

std::string html_report(const ReportHead& head, const Declaration& declared,
                        const std::vector<CaseResult>& results) {
    const RunSummary summary = summarize(results);
    std::string out(page_head);
    out += "<title>Conformance of " + escape_markup(head.meter) + "</title></head><body>\n<h1>" +
           escape_markup(head.meter) + "</h1>\n<div class=\"quiet\">" + escape_markup(head.place) +
           " · " + escape_markup(head.time) + " · " + escape_markup(head.program) +
           "</div>\n<div class=\"bar\"><button data-verdict=\"\" aria-pressed=\"true\">All " +
           std::to_string(results.size()) + "</button>\n";
    for (const Verdict one :
         {Verdict::passed, Verdict::failed, Verdict::inconclusive, Verdict::inapplicable}) {
        out += "<button data-verdict=\"" + std::string(name(one)) + "\" aria-pressed=\"false\">" +
               std::string(name(one)) + ' ' + std::to_string(summary.of(one)) + "</button>\n";
    }
    out +=
        "<input id=\"search\" type=\"search\" placeholder=\"id, title or reason\" "
        "aria-label=\"filter\"></div>\n";
    const RecordView view(declared);
    for (const CaseResult& one : results) {
        write_case(out, view, one);
    }
    out += page_script;
    return out + "</body></html>\n";
}

}  // namespace dlms::conformance
