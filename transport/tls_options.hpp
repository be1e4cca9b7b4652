#pragma once
// TlsOptions: whom we trust, and who we are, when we call by TLS.

#include <string>

namespace dlms::transport {

/// Our side of a connection to a meter, or to its concentrator. All files are PEM.
struct TlsOptions {
    std::string server_name = {};  ///< that the peer's certificate must have; empty: the host's
    std::string ca_file = {};      ///< CAs that we trust; empty: those of the system
    std::string certificate_file = {};  ///< our own, with its chain; empty: we have none
    std::string key_file = {};          ///< of our own; empty: it stands in certificate_file

    friend bool operator==(const TlsOptions&, const TlsOptions&) = default;
};

}  // namespace dlms::transport
