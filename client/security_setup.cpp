#include "client/security_setup.hpp"

#include "stack/axdr/data_builder.hpp"

namespace dlms::client {
namespace {

constexpr std::uint16_t security_setup_class = 64;
constexpr std::int8_t certificates_attribute = 6;
// Methods.
constexpr std::int8_t generate_key_pair_method = 4;
constexpr std::int8_t generate_certificate_request_method = 5;
constexpr std::int8_t import_certificate_method = 6;
constexpr std::int8_t export_certificate_method = 7;
constexpr std::int8_t remove_certificate_method = 8;

Failure malformed() {
    return from_error(Error{ErrorCode::type_mismatch, Layer::client, 0});
}

Result<axdr::Data> type_number(security::CertificateUse use) {
    axdr::DataBuilder builder;
    builder.enumerated(static_cast<std::uint8_t>(use));
    return builder.finish();
}

Result<axdr::Data> identification(const CertificateIdentification& which) {
    axdr::DataBuilder builder;
    builder.structure(2).enumerated(static_cast<std::uint8_t>(which.index()));
    if (const auto* one = std::get_if<CertificateByEntity>(&which)) {
        builder.structure(3)
            .enumerated(static_cast<std::uint8_t>(one->entity))
            .enumerated(one->type)
            .octet_string(one->owner);
    } else {
        const auto& other = std::get<CertificateBySerial>(which);
        builder.structure(2).octet_string(other.serial_number).octet_string(other.issuer);
    }
    return builder.finish();
}

bool read_number(const axdr::DataView& structure, std::size_t index, std::uint8_t& into) {
    const auto element = structure.element(index);
    const auto number = element ? element->unsigned_integer()
                                : Result<std::uint64_t>(std::unexpected(element.error()));
    if (!number || *number > UINT8_MAX) {
        return false;
    }
    into = static_cast<std::uint8_t>(*number);
    return true;
}

bool read_octets(const axdr::DataView& structure, std::size_t index, ByteBuffer& into) {
    const auto element = structure.element(index);
    const auto octets =
        element ? element->octets() : Result<ByteView>(std::unexpected(element.error()));
    if (!octets) {
        return false;
    }
    into = to_buffer(*octets);
    return true;
}

}  // namespace

asio::awaitable<Outcome<std::optional<axdr::Data>>> SecuritySetup::invoke(
    std::int8_t method, Result<axdr::Data> parameter, Instant deadline) {
    if (!parameter) {
        co_return std::unexpected(from_error(parameter.error()));
    }
    const cosem::MethodDescriptor descriptor{security_setup_class, instance_, method};
    co_return co_await meter_.invoke(descriptor, std::move(*parameter), deadline);
}

asio::awaitable<Outcome<void>> SecuritySetup::command(std::int8_t method,
                                                      Result<axdr::Data> parameter,
                                                      Instant deadline) {
    const auto done = co_await invoke(method, std::move(parameter), deadline);
    if (!done) {
        co_return std::unexpected(done.error());
    }
    co_return Outcome<void>();
}

asio::awaitable<Outcome<ByteBuffer>> SecuritySetup::octets(std::int8_t method,
                                                           Result<axdr::Data> parameter,
                                                           Instant deadline) {
    const auto done = co_await invoke(method, std::move(parameter), deadline);
    if (!done) {
        co_return std::unexpected(done.error());
    }
    const auto octets = *done ? (*done)->view().octets()
                              : Result<ByteView>(fail(ErrorCode::type_mismatch, Layer::client));
    if (!octets || octets->empty()) {
        co_return std::unexpected(malformed());
    }
    co_return to_buffer(*octets);
}

asio::awaitable<Outcome<std::vector<CertificateInfo>>> SecuritySetup::certificates(
    Instant deadline) {
    ReadRequest request;
    request.attribute = {security_setup_class, instance_, certificates_attribute};
    const auto value = co_await meter_.read(std::move(request), deadline);
    if (!value) {
        co_return std::unexpected(value.error());
    }
    const axdr::DataView view = value->view();
    const auto elements = view.elements();
    if (!view.is(axdr::Tag::array) || !elements || elements->size() > most_certificates) {
        co_return std::unexpected(malformed());
    }
    std::vector<CertificateInfo> list;
    const axdr::ElementRange all = *elements;
    for (const axdr::DataView& element : all) {
        CertificateInfo& info = list.emplace_back();
        if (!element.is(axdr::Tag::structure) || !read_number(element, 0, info.entity) ||
            !read_number(element, 1, info.type) || !read_octets(element, 2, info.serial_number) ||
            !read_octets(element, 3, info.issuer) || !read_octets(element, 4, info.subject)) {
            co_return std::unexpected(malformed());
        }
        // Some meters leave out what they do not have.
        (void)read_octets(element, 5, info.subject_alternative_name);
    }
    co_return list;
}

asio::awaitable<Outcome<void>> SecuritySetup::generate_key_pair(Use use, Instant deadline) {
    co_return co_await command(generate_key_pair_method, type_number(use), deadline);
}

asio::awaitable<Outcome<ByteBuffer>> SecuritySetup::certificate_request(Use use, Instant deadline) {
    co_return co_await octets(generate_certificate_request_method, type_number(use), deadline);
}

asio::awaitable<Outcome<void>> SecuritySetup::import_certificate(ByteBuffer der, Instant deadline) {
    axdr::DataBuilder builder;
    builder.octet_string(der);
    co_return co_await command(import_certificate_method, builder.finish(), deadline);
}

asio::awaitable<Outcome<ByteBuffer>> SecuritySetup::export_certificate(
    CertificateIdentification which, Instant deadline) {
    co_return co_await octets(export_certificate_method, identification(which), deadline);
}

asio::awaitable<Outcome<void>> SecuritySetup::remove_certificate(CertificateIdentification which,
                                                                 Instant deadline) {
    co_return co_await command(remove_certificate_method, identification(which), deadline);
}

}  // namespace dlms::client
