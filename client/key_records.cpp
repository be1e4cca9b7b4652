#include "client/key_records.hpp"

#include <algorithm>

namespace dlms::client {

bool MeterSecrets::empty() const {
    return std::ranges::none_of(secrets_, [](const auto& secret) { return secret.has_value(); });
}

MeterSecrets MeterSecrets::clone() const {
    return of_kinds_in(*this);
}

MeterSecrets MeterSecrets::of_kinds_in(const MeterSecrets& others) const {
    MeterSecrets result;
    for (const SecretKind kind : all_secret_kinds) {
        if (find(kind) && others.find(kind)) {
            result.set(kind, find(kind)->reveal());
        }
    }
    return result;
}

}  // namespace dlms::client
