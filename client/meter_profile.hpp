#pragma once
// Meter profiles: what a brand's meters expect and how they differ, as data (docs: meters of
// Hexing and Hexcell). A profile is a default; every parameter of a connection overrides it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "stack/acse/mechanism.hpp"
#include "stack/association/client_association.hpp"
#include "stack/base/line_settings.hpp"
#include "stack/base/strong.hpp"
#include "stack/cosem/capture_object.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/cosem/obis_code.hpp"
#include "stack/cosem/scaler_unit.hpp"
#include "stack/xdlms/conformance.hpp"
#include "stack/xdlms/initiate.hpp"

namespace dlms::client {

/// Of the link, where the meter is reached by HDLC.
struct HdlcProfile {
    /// None: addresses have one part.
    std::optional<std::uint16_t> physical_address = std::nullopt;
    std::uint16_t max_information = 128;  ///< octets, proposed both ways
    std::chrono::milliseconds response_timeout{3000};
    LineSettings line_settings{};
    /// DISC before SNRM: the brand's meters keep a session that broke off.
    bool disconnect_first = false;
    /// Of IEC 62056-21 mode E.
    std::uint32_t starting_baud_rate = 300;
};

/// A column of a load profile that is scaled otherwise than the register that it captures.
struct ColumnScaler {
    cosem::ObisCode profile;
    cosem::CaptureObject column;
    /// The type by which the column is known to be one of these.
    axdr::Tag type{};
    cosem::ScalerUnit scaler_unit;
};

/// Where the capture period of a profile stands if its own attribute does not say it.
struct PeriodObject {
    cosem::ObisCode profile;
    cosem::AttributeDescriptor attribute;
    std::uint32_t unit = 60;  ///< seconds
};

/// How prepayment tokens are entered.
struct TokenEntry {
    enum class Form : std::uint8_t {
        digits,  ///< 20 characters
        bcd,     ///< 10 octets, two digits each
    };
    /// An attribute that is written, or (of class 115) the token gateway whose method 1 is invoked.
    std::uint16_t class_id = 115;
    cosem::ObisCode instance{0, 0, 19, 40, 0, 255};
    Form form = Form::digits;
    /// Shows the last token that was accepted.
    std::optional<cosem::AttributeDescriptor> last_token = std::nullopt;
};

struct MeterProfile {
    std::string_view name;
    ClientSap client_sap;
    ServerSap server_sap;
    acse::Mechanism mechanism;
    /// The maker's default password of mechanism 1, known to everybody; empty for none.
    std::string_view default_password;
    association::Referencing referencing = association::Referencing::logical_name;
    xdlms::Conformance proposed_conformance;
    /// Requests that may be under way at once; most meters serve one.
    std::size_t max_outstanding_requests = 1;
    /// Blocks of a general block transfer that we take at once, 1 to 63.
    std::uint8_t block_window = 1;
    std::uint16_t max_receive_pdu_size;  ///< octets that we propose to take; 0 = no limit
    std::chrono::milliseconds response_timeout;
    /// `62 00` in place of `62 03 80 01 00`.
    bool release_without_reason;
    /// Some old firmware knows no RLRQ and leaves it unanswered: wait this long and no longer.
    std::chrono::milliseconds release_timeout;
    xdlms::InitiateTolerance initiate_tolerance;
    xdlms::DataNotificationTolerance notification_tolerance;
    HdlcProfile hdlc;
    /// The object (class Data) that tells a public client the last invocation counter that the
    /// meter has accepted.
    std::optional<cosem::ObisCode> counter_object = std::nullopt;
    /// What requests of ciphered associations go in.
    association::Envelope envelope = association::Envelope::service_specific;
    std::span<const ColumnScaler> column_scalers{};
    std::span<const PeriodObject> period_objects{};
    TokenEntry token{};
};

/// What is proposed to a meter of short name referencing: read, write, unconfirmed write, blocks
/// both ways, lists, parameterized access.
inline constexpr xdlms::Conformance short_name_conformance{0x1C1A20};

/// `hexing`, `hexcell`, in any case; every other name is a generic meter.
const MeterProfile& profile_of_brand(std::string_view brand);

}  // namespace dlms::client
