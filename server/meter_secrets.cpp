#include "server/meter_secrets.hpp"

namespace dlms::service {

using client::SecretKind;

Result<ConnectRequest> with_kept_secrets(const ConnectRequest& request,
                                         client::KeyRecords& records) {
    const std::string& meter = request.meter_number;
    ConnectRequest complete = request.clone();
    const auto known = records.current(meter);
    if (!known) {
        return std::unexpected(known.error());
    }
    struct Place {
        SecretKind kind;
        std::optional<SecretBytes>& secret;
    };
    for (const Place& place :
         {Place{SecretKind::encryption, complete.security.encryption_key},
          Place{SecretKind::authentication, complete.security.authentication_key},
          Place{SecretKind::master, complete.security.master_key},
          Place{SecretKind::password, complete.password}}) {
        const SecretBytes* current = known->find(place.kind);
        if (!current) {
            continue;
        }
        bool gives_way = !place.secret.has_value();
        if (!gives_way) {
            const auto replaced = records.was_replaced(meter, place.kind, place.secret->reveal());
            if (!replaced) {
                return std::unexpected(replaced.error());
            }
            gives_way = *replaced;
        }
        if (gives_way) {
            place.secret = current->clone();
        }
    }
    return complete;
}

}  // namespace dlms::service
