// OBIS texts: what is accepted comes back from each of the forms that we write.

#include "fuzz/property.hpp"
#include "stack/base/hex.hpp"
#include "stack/cosem/obis_code.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    const auto code = cosem::ObisCode::parse(as_text(input));
    if (!code) {
        fuzz::require_inside(code.error(), input);
        return 0;
    }
    fuzz::require(cosem::ObisCode::parse(code->text()) == *code, "the text reads back");
    fuzz::require(cosem::ObisCode::parse(code->dotted()) == *code, "the dotted text reads back");
    fuzz::require(cosem::ObisCode::parse(to_hex(code->octets())) == *code, "the hex reads back");
    fuzz::require(cosem::ObisCode::from_octets(code->octets()) == *code, "the octets read back");
    return 0;
}
