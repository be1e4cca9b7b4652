#include "cli/advice.hpp"

#include "cli/exit_status.hpp"

namespace dlms::cli {
namespace {

using client::FailureCode;

std::string_view access_advice(cosem::DataAccessResult result) {
    switch (result) {
        case cosem::DataAccessResult::object_undefined:
        case cosem::DataAccessResult::object_class_inconsistent:
            return "Check the OBIS code and the class: CLASS/OBIS, for example 8/0-0:1.0.0.255.";
        case cosem::DataAccessResult::read_write_denied:
        case cosem::DataAccessResult::scope_of_access_violated:
            return "This client may not do that: try another --client, or --auth low with the "
                   "password.";
        case cosem::DataAccessResult::type_unmatched:
            return "The meter expects another type: name it with --type.";
        case cosem::DataAccessResult::temporary_failure: return "Try again later.";
        default: return {};
    }
}

/// Where the error says more than the code.
std::string_view error_advice(const client::Failure& failure) {
    if (!failure.error || failure.code == FailureCode::outcome_unknown) {
        return {};
    }
    switch (failure.error->code) {
        case ErrorCode::counter_too_low:
            return "Of a meter that was reset or replaced the numbers begin anew with new keys, or "
                   "with another file of --counters; else somebody may be replaying.";
        case ErrorCode::counter_exhausted:
            return "Another --system-title counts anew: with it change the meter's keys (dlms "
                   "keys), after which ours counts anew too";
        case ErrorCode::counter_not_reserved:
            return "Is the disk full, or the file of --counters not ours to write?";
        case ErrorCode::authentication_failed:
        case ErrorCode::reflected_challenge:
            return "Check that the secret or the keys are the meter's; else somebody answers in "
                   "its place.";
        default: return {};
    }
}

}  // namespace

ExitStatus exit_status(const client::Failure& failure) {
    switch (failure.code) {
        case FailureCode::connect_refused:
        case FailureCode::connect_timeout:
        case FailureCode::host_unreachable:
        case FailureCode::not_allowed_target:
        case FailureCode::serial_unavailable:
        case FailureCode::line_busy:
        case FailureCode::link_rejected:
        case FailureCode::timeout:
        case FailureCode::connection_lost:
        case FailureCode::cancelled: return ExitStatus::line;
        case FailureCode::association_rejected:
        case FailureCode::authentication_failed:
        case FailureCode::deciphering_failed:
        case FailureCode::counter_rejected: return ExitStatus::association;
        case FailureCode::malformed_answer:
        case FailureCode::protocol_violation:
        case FailureCode::unsupported: return ExitStatus::protocol;
        case FailureCode::service_refused:
        case FailureCode::access_refused: return ExitStatus::refused;
        case FailureCode::invalid_request: return ExitStatus::usage;
        case FailureCode::outcome_unknown: return ExitStatus::unknown;
        case FailureCode::internal: break;
    }
    return ExitStatus::internal;
}

std::string_view advice(const client::Failure& failure) {
    if (failure.access_result) {
        return access_advice(*failure.access_result);
    }
    if (const std::string_view exact = error_advice(failure); !exact.empty()) {
        return exact;
    }
    switch (failure.code) {
        case FailureCode::connect_refused:
        case FailureCode::connect_timeout:
        case FailureCode::host_unreachable:
            return "Meters listen on port 4059 unless told otherwise: HOST:PORT.";
        case FailureCode::association_rejected:
            return "Try another --client (Hexcell 17, Hexing 1, public 16), --server or --brand.";
        case FailureCode::authentication_failed:
            return "Check --auth, and the password (environment DLMS_PASSWORD, or --password-file) "
                   "or the secret, keys and certificates of a high level. Several wrong ones lock "
                   "some meters for a while.";
        case FailureCode::deciphering_failed:
            return "Check the keys, --suite and the titles; another --security than the meter's, "
                   "or a number below those that the meter has seen (--counter-obis "
                   "0-0:43.1.0.255), may be behind it.";
        case FailureCode::counter_rejected:
            return "Name the object that tells the meter's last invocation counter: "
                   "--counter-obis 0-0:43.1.0.255.";
        case FailureCode::timeout:
            return "The meter may be slow (--timeout 60), may know no such --client or --server, "
                   "or may want another link (--hdlc, --udp; else the wrapper over TCP); -v shows "
                   "the octets.";
        case FailureCode::connection_lost:
            return "Meters close the connection on an unknown --client or --server, or when "
                   "another head end is connected.";
        case FailureCode::malformed_answer:
        case FailureCode::protocol_violation:
            // What is wrong with a value has nothing to do with the link.
            if (failure.error && failure.error->layer == Layer::cosem) {
                return {};
            }
            return "Is this a DLMS meter, and is the link the right one (--hdlc, --udp; else the "
                   "wrapper over TCP)? -v shows the octets.";
        case FailureCode::outcome_unknown: return "Read the value back before writing again.";
        default: return {};
    }
}

std::string explain(const client::Failure& failure) {
    std::string text = describe(failure);
    const std::string_view next = advice(failure);
    if (!next.empty()) {
        text += text.ends_with('?') ? " " : ". ";
        text += next;
    }
    return text;
}

}  // namespace dlms::cli
