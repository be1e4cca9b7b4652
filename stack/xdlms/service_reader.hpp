#pragma once
// What the decoders of the services share.

#include "stack/axdr/length.hpp"
#include "stack/base/reader.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"
#include "stack/cosem/access_result.hpp"
#include "stack/cosem/action_result.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/invoke_id_and_priority.hpp"

namespace dlms::xdlms {

/// Takes the tag; the reader fails when it is another.
inline void read_tag(Reader& reader, ApduTag tag) {
    const std::size_t where = reader.offset();
    if (reader.u8() != static_cast<std::uint8_t>(tag)) {
        reader.fail_at(ErrorCode::unknown_tag, where);
    }
}

/// Takes tag and choice; the choice is 0, and the reader failed, when the tag is another.
inline std::uint8_t read_choice(Reader& reader, ApduTag tag) {
    read_tag(reader, tag);
    return reader.u8();
}

/// The end of every decoder: what was read, as the variant `Apdu` or itself, if nothing is left.
template <class Apdu, class T>
Result<Apdu> finish(Reader& reader, T&& value) {
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return Apdu(std::forward<T>(value));
}

/// The end of a decoder that met a choice which the standard does not have.
inline std::unexpected<Error> refuse_choice(Reader& reader) {
    reader.fail_at(ErrorCode::unknown_choice, 1);
    return reader.failure();
}

/// What GET, SET and ACTION begin with.
inline void write_service(Writer& writer, ApduTag tag, std::uint8_t choice,
                          InvokeIdAndPriority invoke_id_and_priority) {
    const Byte octets[]{static_cast<Byte>(tag), choice, invoke_id_and_priority.raw()};
    writer.bytes(octets);
}

inline InvokeIdAndPriority read_invoke_id_and_priority(Reader& reader) {
    return InvokeIdAndPriority(reader.u8());
}

/// Takes a Data-Access-Result; a code outside the standard's table is refused (unknown_value).
inline cosem::DataAccessResult read_data_access_result(Reader& reader) {
    const std::size_t where = reader.offset();
    const auto result = static_cast<cosem::DataAccessResult>(reader.u8());
    if (!cosem::is_known(result)) {
        reader.fail_at(ErrorCode::unknown_value, where);
    }
    return result;
}

/// Takes an Action-Result; a code outside the standard's table is refused (unknown_value).
inline cosem::ActionResult read_action_result(Reader& reader) {
    const std::size_t where = reader.offset();
    const auto result = static_cast<cosem::ActionResult>(reader.u8());
    if (!cosem::is_known(result)) {
        reader.fail_at(ErrorCode::unknown_value, where);
    }
    return result;
}

/// What read_data_access_result() refuses makes the writer fail; so do the writers below.
inline void write(Writer& writer, cosem::DataAccessResult result) {
    if (!cosem::is_known(result)) {
        writer.fail();
    }
    writer.u8(static_cast<std::uint8_t>(result));
}

inline void write(Writer& writer, cosem::ActionResult result) {
    if (!cosem::is_known(result)) {
        writer.fail();
    }
    writer.u8(static_cast<std::uint8_t>(result));
}

/// Takes the OCTET STRING that holds a date-time: 12 octets, or none. Another length is refused
/// (inner_length_mismatch).
inline ByteView read_date_time_octets(Reader& reader) {
    const std::size_t where = reader.offset();
    const ByteView octets = axdr::read_octet_string(reader);
    if (!octets.empty() && octets.size() != 12) {
        reader.fail_at(ErrorCode::inner_length_mismatch, where);
    }
    return octets;
}

inline void write_date_time_octets(Writer& writer, ByteView octets) {
    if (!octets.empty() && octets.size() != 12) {
        writer.fail();
    }
    axdr::write_octet_string(writer, octets);
}

/// Fails with list_count_mismatch, at `where`, when two lists that belong together differ.
inline void expect_same_count(Reader& reader, std::size_t where, std::size_t a, std::size_t b) {
    if (reader.ok() && a != b) {
        reader.fail_at(ErrorCode::list_count_mismatch, where);
    }
}

inline void expect_same_count(Writer& writer, std::size_t a, std::size_t b) {
    if (a != b) {
        writer.fail();
    }
}

}  // namespace dlms::xdlms
