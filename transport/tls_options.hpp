#pragma once
// TlsOptions: whom we trust, and who we are, when we call by TLS.

#include <memory>
#include <string>

namespace dlms::transport {

class TlsContext;

/// What was made of the files of a TlsOptions, for as long as these stay as they are.
/// Single-threaded.
struct TlsMemory {
    std::shared_ptr<const TlsContext> context;
    std::string files;  ///< their names, and when they were written
};

/// Our side of a connection to a meter, or to its concentrator. All files are PEM.
struct TlsOptions {
    std::string server_name = {};  ///< that the peer's certificate must have; empty: the host's
    std::string ca_file = {};      ///< CAs that we trust; empty: those of the system
    std::string certificate_file = {};  ///< our own, with its chain; empty: we have none
    std::string key_file = {};          ///< of our own; empty: it stands in certificate_file

    /// Copies share it, so that the files are read once for all connections.
    std::shared_ptr<TlsMemory> memory = std::make_shared<TlsMemory>();

    friend bool operator==(const TlsOptions& a, const TlsOptions& b) {
        return a.server_name == b.server_name && a.ca_file == b.ca_file &&
               a.certificate_file == b.certificate_file && a.key_file == b.key_file;
    }
};

}  // namespace dlms::transport
