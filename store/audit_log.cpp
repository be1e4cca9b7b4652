#include "store/audit_log.hpp"

#include <algorithm>

#include "stack/security/digest.hpp"

namespace dlms::store {
namespace {

void append_netstring(std::string& text, std::string_view field) {
    text += std::to_string(field.size());
    text += ':';
    text += field;
    text += ',';
}

std::string canonical(std::int64_t sequence, const AuditRecord& record) {
    std::string text;
    append_netstring(text, std::to_string(sequence));
    append_netstring(text, name(record.phase));
    append_netstring(text, std::to_string(record.time));
    append_netstring(text, std::to_string(record.intent));
    for (const std::string* field :
         {&record.key_id, &record.source, &record.request_id, &record.meter, &record.action,
          &record.target, &record.before, &record.after, &record.result}) {
        append_netstring(text, *field);
    }
    return text;
}

}  // namespace

std::string_view name(AuditPhase phase) {
    switch (phase) {
        case AuditPhase::intent: return "intent";
        case AuditPhase::outcome: return "outcome";
        case AuditPhase::event: return "event";
    }
    return "unknown";
}

Result<AuditHash> audit_hash(const AuditHash& former, std::int64_t sequence,
                             const AuditRecord& record) {
    const std::string text = canonical(sequence, record);
    const auto digest =
        security::digest(security::DigestAlgorithm::sha256, {ByteView(former), as_bytes(text)});
    AuditHash hash{};
    if (!digest || digest->size() != hash.size()) {
        return fail(ErrorCode::defect, Layer::store);
    }
    std::ranges::copy(*digest, hash.begin());
    return hash;
}

std::optional<std::string> AuditChain::take(const AuditEntry& entry) {
    const std::string which = "entry " + std::to_string(entry.sequence);
    const std::int64_t expected = head_.sequence + 1;
    if (entry.sequence != expected) {
        return which + " stands where entry " + std::to_string(expected) + " was expected";
    }
    const auto hash = audit_hash(head_.hash, entry.sequence, entry.record);
    if (!hash) {
        return "SHA-256 could not be computed";
    }
    if (*hash != entry.hash) {
        return which + " does not have the hash that follows from it and the entry before";
    }
    if (entry.record.phase == AuditPhase::intent) {
        open_.insert(entry.sequence);
    } else if (entry.record.phase == AuditPhase::outcome && open_.erase(entry.record.intent) == 0) {
        return which + " is the outcome of entry " + std::to_string(entry.record.intent) +
               ", which is no open intent";
    }
    head_ = {entry.sequence, entry.hash};
    return std::nullopt;
}

}  // namespace dlms::store
