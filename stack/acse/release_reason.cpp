#include "stack/acse/release_reason.hpp"

namespace dlms::acse {

std::string_view name(ReleaseRequestReason reason) {
    switch (reason) {
        case ReleaseRequestReason::normal: return "normal";
        case ReleaseRequestReason::urgent: return "urgent";
        case ReleaseRequestReason::user_defined: return "user-defined";
    }
    return {};
}

std::string_view name(ReleaseResponseReason reason) {
    switch (reason) {
        case ReleaseResponseReason::normal: return "normal";
        case ReleaseResponseReason::not_finished: return "not-finished";
        case ReleaseResponseReason::user_defined: return "user-defined";
    }
    return {};
}

}  // namespace dlms::acse
