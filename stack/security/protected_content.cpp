#include "stack/security/protected_content.hpp"

namespace dlms::security {

void write_additional_header(Writer& writer, const xdlms::GeneralHeader& header, HeaderForm form) {
    if (form == HeaderForm::with_lengths) {
        encode(writer, header);
        return;
    }
    for (const ByteView field :
         {header.transaction_id, header.originator_system_title, header.recipient_system_title,
          header.date_time, header.other_information}) {
        writer.bytes(field);
    }
}

Status open_authenticated(AesGcm& cipher, const GcmIv& iv, const xdlms::ProtectedContent& content,
                          const AdditionalParts& additional, std::span<Byte> plaintext) {
    if (content.security_control.is_encrypted()) {
        return cipher.open(iv, {additional.prefix, additional.header}, content.ciphertext,
                           content.tag, plaintext);
    }
    return cipher.open(iv, {additional.prefix, additional.header, content.ciphertext}, {},
                       content.tag, {});
}

}  // namespace dlms::security
