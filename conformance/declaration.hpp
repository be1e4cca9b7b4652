#pragma once
// Declaration: what a meter claims, as the certification tool has it in its conformance test
// information. docs/conformance_suite.md documents the file.

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlms::conformance {

enum class Link : std::uint8_t { wrapper, hdlc };

/// Octets in hexadecimal: upper case, without separators. Cases are written in them.
using Hex = std::string;

struct DeclaredAssociation {
    std::string name;
    std::uint16_t client_sap = 0;
    std::uint16_t server_sap = 1;
    bool short_names = false;
    bool ciphered = false;                   ///< an application context with ciphering
    std::uint8_t mechanism = 0;              ///< authentication mechanism 0-6
    Hex secret;                              ///< password, or secret of mechanisms 2, 3, 4 and 6
    std::uint32_t conformance = 0;           ///< 24 bits, bit 0 of the standard the highest
    std::uint16_t max_receive_pdu_size = 0;  ///< of the meter; 0: no limit
    Hex client_system_title;                 ///< where the context or the mechanism needs one
    std::uint8_t protection = 0x30;          ///< of ciphered APDUs: security control without suite
    bool pre_established = false;
    bool read_only = false;
    std::vector<std::uint8_t> users;  ///< user_list, where the association has one

    bool allows(std::uint32_t bits) const { return (conformance & bits) == bits; }
};

/// Conformance bits, as masks of the 24.
namespace bit {
inline constexpr std::uint32_t general_protection = 0x400000;
inline constexpr std::uint32_t general_block_transfer = 0x200000;
inline constexpr std::uint32_t read = 0x100000;
inline constexpr std::uint32_t write = 0x080000;
inline constexpr std::uint32_t unconfirmed_write = 0x040000;
inline constexpr std::uint32_t attribute_0_set = 0x008000;
inline constexpr std::uint32_t priority = 0x004000;
inline constexpr std::uint32_t attribute_0_get = 0x002000;
inline constexpr std::uint32_t get_blocks = 0x001000;
inline constexpr std::uint32_t set_blocks = 0x000800;
inline constexpr std::uint32_t action_blocks = 0x000400;
inline constexpr std::uint32_t multiple_references = 0x000200;
inline constexpr std::uint32_t information_report = 0x000100;
inline constexpr std::uint32_t data_notification = 0x000080;
inline constexpr std::uint32_t access = 0x000040;
inline constexpr std::uint32_t parameterized_access = 0x000020;
inline constexpr std::uint32_t get = 0x000010;
inline constexpr std::uint32_t set = 0x000008;
inline constexpr std::uint32_t selective_access = 0x000004;
inline constexpr std::uint32_t event_notification = 0x000002;
inline constexpr std::uint32_t action = 0x000001;
}  // namespace bit

struct DeclaredObject {
    std::uint16_t class_id = 0;
    Hex logical_name;
    std::uint8_t index = 2;                  ///< of the attribute or method
    Hex parameter;                           ///< of a method: a Data
    std::optional<std::uint16_t> base_name;  ///< where it is used by short names

    /// Class, logical name and index: a descriptor.
    Hex descriptor() const;
    /// The descriptor of another attribute or method of the same object.
    Hex descriptor(std::uint8_t other_index) const;
};

struct DeclaredHdlc {
    std::uint8_t address_octets = 1;
    std::uint16_t lower_address = 16;
    std::uint16_t max_information_receive = 128;  ///< of the meter
    std::uint16_t max_information_transmit = 128;
    std::uint8_t window_receive = 1;
    std::uint8_t window_transmit = 1;
    std::uint16_t inter_octet_ms = 1000;  ///< of an unfinished frame, on this line
    std::uint16_t inactivity_s = 0;       ///< 0: never, or not to be waited for
};

struct DeclaredTiming {
    std::chrono::milliseconds response{5000};  ///< an answer is missing after it
    std::chrono::milliseconds silence{1000};   ///< no answer for so long is silence
    std::chrono::seconds whole_case{120};
    /// A client SAP that is not declared, whose AARQ (or DISC) the meter answers behind all that
    /// was asked before on its connection. Silence need not be waited for then.
    std::optional<std::uint16_t> probe_client;
};

struct LogicalDevice {
    std::uint16_t sap = 1;
    std::string name;
};

struct Declaration {
    std::string meter;
    Link link = Link::wrapper;
    DeclaredTiming timing;
    DeclaredHdlc hdlc;
    std::uint16_t wrapper_inactivity_s = 0;  ///< 0: never, or not to be waited for
    std::optional<std::uint16_t> udp_port;
    std::vector<LogicalDevice> logical_devices;
    Hex system_title;
    std::uint8_t suite = 0;
    Hex unicast_key;
    Hex authentication_key;
    Hex master_key;
    /// Invocation counters below it were used with the unicast key before.
    std::uint32_t least_counter = 1;
    std::vector<DeclaredAssociation> associations;
    std::map<std::string, DeclaredObject, std::less<>> objects;
    /// Objects of a list that COSEM_X_Y judges: one of each class, then the first; 0 for all.
    std::size_t most_objects = 0;
    std::vector<std::string> allowed;
    std::vector<std::string> claims;

    /// Whether the meter may be changed in this way: "write", "execute", "relay", "clock",
    /// "profile", "wrong_passwords", "keys", "policy".
    bool allows(std::string_view what) const;
    /// Whether the meter claims one of the choices that the catalogue leaves open.
    bool has_claim(std::string_view what) const;
    const DeclaredObject* object(std::string_view name) const;

    /// The first association that fits; null for none.
    template <class Fits>
    const DeclaredAssociation* find(Fits fits) const {
        for (const DeclaredAssociation& one : associations) {
            if (fits(one)) {
                return &one;
            }
        }
        return nullptr;
    }
};

/// Errors: a sentence that names the place in the file, what was expected and what came.
std::expected<Declaration, std::string> parse_declaration(std::string_view json);

}  // namespace dlms::conformance
