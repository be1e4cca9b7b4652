#pragma once
// Credentials: certificate files for tests of TLS, made on the spot.

#include <string>
#include <string_view>

#include "tests/transport/certificates.hpp"
#include "tests/transport/line_support.hpp"

namespace dlms::testing {

/// Two CAs, and what the test's first one has signed.
struct Credentials {
    Credentials() {
        ca.write_certificate(folder / "ca.pem");
        other_ca.write_certificate(folder / "other-ca.pem");
        make_identity({"meter", "DNS:meter.test,IP:127.0.0.1"}, &ca).write(folder / "meter.pem");
        make_identity({"late", "DNS:meter.test", false, -10, -5}, &ca).write(folder / "late.pem");
        make_identity({"early", "DNS:meter.test", false, 5, 10}, &ca).write(folder / "early.pem");
        make_identity({"alone", "DNS:meter.test"}).write(folder / "alone.pem");
        make_identity({"head end", ""}, &ca).write(folder / "client.pem");
        make_identity({"stranger", ""}, &other_ca).write(folder / "stranger.pem");
    }
    std::string file(std::string_view name) const { return (folder / name).string(); }

    TemporaryFolder folder;
    Identity ca = make_identity({"test CA", "", true});
    Identity other_ca = make_identity({"other CA", "", true});
};

}  // namespace dlms::testing
