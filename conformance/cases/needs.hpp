#pragma once
// What cases need of a declaration, and the associations and objects that they take from it.

#include <string>

#include "conformance/session.hpp"
#include "conformance/suite.hpp"

namespace dlms::conformance {

inline std::string always(const Declaration&) {
    return {};
}

inline std::string over_hdlc(const Declaration& declared) {
    return declared.link == Link::hdlc ? "" : "the link is not HDLC";
}

inline std::string over_wrapper(const Declaration& declared) {
    return declared.link == Link::wrapper ? "" : "the link is not the wrapper";
}

/// Bits of services that change something: a read-only association does not offer them.
inline constexpr std::uint32_t changing =
    bit::set | bit::action | bit::attribute_0_set | bit::set_blocks | bit::action_blocks;

/// Associations that cases take; null where the meter declares none.
inline const DeclaredAssociation* find_ln(const Declaration& declared, std::uint32_t bits = 0) {
    const auto fits = [&](bool may_be_read_only) {
        return declared.find([&](const DeclaredAssociation& one) {
            return !one.short_names && !one.ciphered && !one.pre_established && one.mechanism < 2 &&
                   one.allows(bits | bit::get) && (may_be_read_only || !one.read_only);
        });
    };
    const DeclaredAssociation* best = fits(false);
    return best != nullptr || (bits & changing) != 0 ? best : fits(true);
}

inline const DeclaredAssociation* find_sn(const Declaration& declared) {
    return declared.find([](const DeclaredAssociation& one) {
        return one.short_names && !one.ciphered && !one.pre_established && one.mechanism < 2;
    });
}

/// One without ciphering that is opened by AARQ, of logical names if there is one.
inline const DeclaredAssociation* find_plain(const Declaration& declared) {
    const DeclaredAssociation* ln = find_ln(declared);
    return ln != nullptr ? ln : find_sn(declared);
}

inline const DeclaredAssociation* find_public(const Declaration& declared) {
    return declared.find([](const DeclaredAssociation& one) {
        return one.mechanism == 0 && !one.ciphered && !one.pre_established;
    });
}

inline const DeclaredAssociation* find_lls(const Declaration& declared) {
    return declared.find([](const DeclaredAssociation& one) {
        return one.mechanism == 1 && !one.ciphered && !one.pre_established;
    });
}

inline const DeclaredAssociation* find_hls(const Declaration& declared) {
    return declared.find([](const DeclaredAssociation& one) {
        return one.mechanism >= 2 && !one.short_names && !one.pre_established;
    });
}

/// A ciphered one of logical names whose global keys are declared.
inline const DeclaredAssociation* find_ciphered(const Declaration& declared) {
    return declared.find([&](const DeclaredAssociation& one) {
        return one.ciphered && !one.short_names && !one.pre_established &&
               !declared.unicast_key.empty() && !declared.authentication_key.empty();
    });
}

inline std::string with_plain(const Declaration& declared) {
    return find_plain(declared) ? "" : "no association without ciphering is declared";
}
inline std::string with_ln(const Declaration& declared) {
    return find_ln(declared) ? "" : "no plain association with logical names is declared";
}
inline std::string with_sn(const Declaration& declared) {
    return find_sn(declared) ? "" : "no association with short names is declared";
}
inline std::string with_public(const Declaration& declared) {
    return find_public(declared) ? "" : "no association without authentication is declared";
}
inline std::string with_lls(const Declaration& declared) {
    return find_lls(declared) ? "" : "no association with LLS is declared";
}
inline std::string with_hls(const Declaration& declared) {
    return find_hls(declared) ? "" : "no association with HLS is declared";
}
inline std::string with_ciphered(const Declaration& declared) {
    return find_ciphered(declared) ? "" : "no association with ciphering and its keys is declared";
}

template <std::uint32_t Bits>
std::string with_bits(const Declaration& declared) {
    const DeclaredAssociation* found = find_ln(declared, Bits);
    return found != nullptr && found->allows(Bits)
               ? ""
               : "no plain association with logical names offers what the case is about";
}

/// The association that with_bits() found.
template <std::uint32_t Bits>
const DeclaredAssociation& ln(Tester& tester) {
    return *find_ln(tester.declared(), Bits);
}
inline const DeclaredAssociation& ln(Tester& tester) {
    return *find_ln(tester.declared());
}

/// A declared object; the case is inapplicable without it.
inline const DeclaredObject& object(Tester& tester, std::string_view name) {
    const DeclaredObject* found = tester.declared().object(name);
    if (found == nullptr) {
        inapplicable("the declaration names no object '" + std::string(name) + "'");
    }
    return *found;
}

/// The case is inapplicable unless the meter may be changed so.
inline void need_permission(Tester& tester, std::string_view what) {
    if (!tester.declared().allows(what)) {
        inapplicable("the declaration does not allow '" + std::string(what) + "'");
    }
}

}  // namespace dlms::conformance
