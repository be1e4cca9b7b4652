#include "stack/hdlc/link_fault.hpp"

#include "stack/base/hex.hpp"
#include "stack/hdlc/control.hpp"

namespace dlms::hdlc {
namespace {

std::string number(unsigned value) {
    return std::to_string(value);
}

/// "1/17", or "16" for an address of one part.
std::string text_of(const Address& address) {
    return address.has_lower() ? number(address.upper) + '/' + number(address.lower)
                               : number(address.upper);
}

/// "I N(S)=1 N(R)=2", "SNRM", or the octet of none of them.
std::string text_of(std::uint8_t control_octet) {
    const std::optional<ControlField> control = ControlField::from_octet(control_octet);
    if (!control) {
        return "control octet " + to_hex(std::array{Byte{control_octet}});
    }
    std::string text(name(control->type));
    if (control->type == FrameType::i) {
        text += " N(S)=" + number(control->send_sequence);
    }
    if (control->type <= FrameType::rej) {
        text += " N(R)=" + number(control->receive_sequence);
    }
    return text;
}

std::string_view expected_after(std::uint8_t control_octet) {
    const std::optional<ControlField> control = ControlField::from_octet(control_octet);
    switch (control ? control->type : FrameType::ui) {
        case FrameType::snrm: return "UA";
        case FrameType::disc: return "UA or DM";
        case FrameType::i:
        case FrameType::rr: return "I, RR or RNR";
        default: return "an answer";
    }
}

std::string reasons_of(std::uint8_t bits) {
    std::string text;
    const auto add = [&](unsigned bit, std::string_view reason) {
        if ((bits & bit) != 0) {
            text += text.empty() ? "" : ", ";
            text += reason;
        }
    };
    add(1, "W: control field not known");
    add(2, "X: information where none may be");
    add(4, "Y: information too long");
    add(8, "Z: wrong N(R)");
    return text.empty() ? "no reason given" : text;
}

std::string text_of_came(const LinkFault& fault) {
    if (!fault.came) {
        return "nothing came";
    }
    std::string text = text_of(fault.came->control_octet) + " came";
    const bool is_ours = fault.sent && fault.came->source == fault.sent->destination &&
                         fault.came->destination == fault.sent->source;
    if (!is_ours) {
        text += " from " + text_of(fault.came->source) + " to " + text_of(fault.came->destination);
    }
    return text;
}

}  // namespace

std::string describe(const LinkFault& fault) {
    if (fault.defect == FrameDefect::no_llc) {
        return "the APDU that came does not begin with an LLC header such as E6 E7 00";
    }
    std::string text;
    if (fault.sent) {
        text = text_of(fault.sent->control_octet) + " to " + text_of(fault.sent->destination) +
               " from " + text_of(fault.sent->source) + " asks for " +
               std::string(expected_after(fault.sent->control_octet));
        if (fault.code == ErrorCode::sequence_error) {
            text += " with N(R)=" + number(fault.least_acknowledged);
            if (fault.most_acknowledged != fault.least_acknowledged) {
                text += " to " + number(fault.most_acknowledged);
            }
        }
        text += "; ";
    }
    text += text_of_came(fault);
    if (fault.defect == FrameDefect::parameters) {
        text +=
            ", whose negotiation parameters do not decode (" + std::string(name(fault.code)) + ')';
    } else if (fault.defect == FrameDefect::unusable_limits) {
        text += ", whose limits leave no room for an APDU";
    }
    if (fault.rejection) {
        const auto& [control_octet, counters, reasons] = *fault.rejection;
        text += ", which rejects " + text_of(control_octet) + " (" + reasons_of(reasons) + ')';
    }
    if (fault.tries > 1) {
        text += " in " + number(fault.tries) + " tries";
    }
    if (fault.dropped > 0) {
        text += "; " + std::to_string(fault.dropped) + " damaged frames or octets of noise dropped";
    }
    return text;
}

}  // namespace dlms::hdlc
