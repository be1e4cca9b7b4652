#pragma once
// What an ACSE decoder lets pass that the standard's tables do not hold. All off: strict.

namespace dlms::acse {

struct Tolerance {
    /// Object identifiers that are no COSEM context or mechanism are kept, so that a server can
    /// answer with the diagnostic that names them (APPL_OPEN_5/S2, APPL_OPEN_7/S3).
    bool keep_unknown_names = false;
    /// Result, diagnostic and reason values outside the standard's tables are kept: some firmware
    /// rejects with codes of its own, and an undefined RLRQ reason still asks for a release
    /// (APPL_REL_X_1).
    bool keep_unknown_codes = false;
};

}  // namespace dlms::acse
